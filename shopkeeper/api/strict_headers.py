"""Refuse headers that two readers could take for different things, before a layer or a route reads them."""
from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shopkeeper.api.problems import answer

_SINGLE_HEADERS = {
    "authorization": "session_expired",
    "content-encoding": "malformed_request",
    "content-type": "malformed_request",
    "host": "malformed_request",
    "idempotency-key": "missing_idempotency_key",
    "if-match": "malformed_request",
    "if-none-match": "malformed_request",
}
"""What a request has once at most, and the code of the problem otherwise. nginx refuses most of them, too."""


class StrictHeaders:
    """Answers a request that repeats such a header, or whose body is compressed, before anything else reads it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = _find_problem(Headers(scope=scope)) if scope["type"] == "http" else None
        if problem:
            await answer(*problem, scope["state"]["id"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _find_problem(headers: Headers) -> tuple[str, str] | None:
    """Return the code of what is wrong and a sentence about it."""
    names = headers.keys()
    if len(set(names)) < len(names):
        for name, code in _SINGLE_HEADERS.items():
            if names.count(name) > 1:
                return code, f"Send one {name.title()} header, not several."
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return "unsupported_media_type", "Send the body as it is, without Content-Encoding."
    return None
