"""Who asked for what, as JSON lines: never a token, a query's words or a body."""
from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopkeeper.api.problems import answer, new_id
from shopkeeper.crash import report

log = logging.getLogger("shopkeeper.api")

_ID = re.compile(rb"[0-9a-f]{16,32}")


class AccessLog:
    """The outermost layer: gives each request its id, tells it in `X-Request-Id`, and logs how it was answered.

    A proxy in front may have given the id already: then both logs know the request by one name.
    Of what breaks inside a report is written, and the log says under that id where; the answer has no word of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = _id_of(scope), time.perf_counter(), 0
        scope.setdefault("state", {})["id"] = request_id

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode()),
                                      (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception as error:
            log.error("%s", json.dumps({"id": request_id, "report": report(error).place}))
            if status:
                raise
            await answer("internal_error", "Something in the shop is broken. Nothing half done is kept.",
                         request_id)(scope, receive, told)
        finally:
            log.info("%s", _line(scope, request_id, status, time.perf_counter() - began))


def _id_of(scope: Scope) -> str:
    given: bytes = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _ID.fullmatch(given) else new_id()


def _line(scope: Scope, request_id: str, status: int, seconds: float) -> str:
    return json.dumps({
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "id": request_id, "method": scope["method"],
        "path": scope["path"], "status": status, "ms": round(seconds * 1000, 2),
        "client": scope["client"][0] if scope.get("client") else None})
