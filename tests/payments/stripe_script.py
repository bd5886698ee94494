"""A server that answers from a script as Stripe would, for what localstripe cannot do, and notes each request."""
from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Mapping[str, Any]] | Literal["cut", "hang"]
"""A status and a body; `cut`: the connection is closed without an answer; `hang`: it stays open without one."""


@dataclass(frozen=True)
class Request:
    """What was asked: `POST /v1/refunds`, with which parameters and headers."""

    what: str
    form: Mapping[str, str]
    headers: Mapping[str, str]


def intent(status: str, **more: object) -> dict[str, Any]:
    """A payment intent as Stripe shows it."""
    return {"id": "pi_1", "object": "payment_intent", "status": status, "last_payment_error": None} | more


class StripeScript:
    """What it answers to each call, all well to begin with; change `answers` to have it otherwise."""

    def __init__(self, base: str, ended: threading.Event) -> None:
        self.base = base
        self.ended = ended
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {
            "POST /v1/payment_methods": (200, {"id": "pm_1", "object": "payment_method"}),
            "POST /v1/payment_intents": (200, intent("requires_confirmation")),
            "POST /v1/payment_intents/pi_1/confirm": (200, intent("succeeded")),
            "POST /v1/payment_intents/pi_1/cancel": (200, intent("canceled")),
            "GET /v1/payment_intents/pi_1": (200, intent("succeeded")),
            "GET /v1/refunds": (200, {"object": "list", "data": [], "has_more": False, "url": "/v1/refunds"}),
            "POST /v1/refunds": (200, {"id": "re_1", "object": "refund", "status": "succeeded"}),
        }

    @property
    def asked(self) -> list[str]:
        """The calls, in their order."""
        return [each.what for each in self.requests]

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answers[request.what]


@contextmanager
def playing() -> Iterator[StripeScript]:
    """Starts the server on a free port of 127.0.0.1, and stops it."""
    ended = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        script = StripeScript(f"http://127.0.0.1:{server.server_port}", ended)
        server.script = script  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            ended.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._play()

    def do_POST(self) -> None:
        self._play()

    def _play(self) -> None:
        script: StripeScript = self.server.script  # type: ignore[attr-defined]
        address = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode() or address.query
        answer = script.answer(Request(f"{self.command} {address.path}", dict(parse_qsl(sent)), dict(self.headers)))
        if answer == "hang":
            script.ended.wait()
        if isinstance(answer, str):
            self.close_connection = True
            return
        body = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: object) -> None:
        """Tests are quiet."""
