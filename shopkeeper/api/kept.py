"""Answers that are given again while nothing at all was changed in the database.

To ask whether anything was takes SQLite a few microseconds: `Shop.changes`. What it cannot tell is the time: so nothing
is kept for longer than a moment, in which a session may have come to its end.
"""
from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopkeeper import SessionExpired
from shopkeeper.api.conditional import matches
from shopkeeper.api.credentials import read_token
from shopkeeper.shop import Shop

_A_MOMENT = 1.0  # seconds
_MOST = 1000
_LARGEST = 256 * 1024  # bytes of one answer

_Key = tuple[str, bytes, str | None]


@dataclass(frozen=True, slots=True)
class _Answer:
    changes: int
    until: float
    headers: list[tuple[bytes, bytes]]
    body: bytes


class KeptAnswers:
    """Keeps what was answered to a GET with 200 and an entity tag, for each caller."""

    def __init__(self, app: ASGIApp, *, shop: Shop) -> None:
        self._app = app
        self._shop = shop
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_of(scope)
        changes = self._shop.changes() if key else None
        if key is None or changes is None:
            await self._app(scope, receive, send)
            return
        kept = self._answers.get(key)
        if kept and kept.changes == changes and kept.until > time.monotonic():
            self._answers.move_to_end(key)
            await _send(kept, Headers(scope=scope), send)
        else:
            await self._app(scope, receive, _Listener(self, key, changes, send).hear)

    def keep(self, key: _Key, answer: _Answer) -> None:
        """Keeps an answer; the one that was asked for least lately goes."""
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > _MOST:
            self._answers.popitem(last=False)


class _Listener:
    """Passes an answer on, and keeps it if it can be kept."""

    def __init__(self, kept: KeptAnswers, key: _Key, changes: int, send: Send) -> None:
        self._kept, self._key, self._changes, self._send = kept, key, changes, send
        self._headers: list[tuple[bytes, bytes]] | None = None

    async def hear(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            tagged = any(name == b"etag" for name, _ in message["headers"])
            self._headers = list(message["headers"]) if message["status"] == 200 and tagged else None
        elif self._headers is not None and not message.get("more_body") and len(message["body"]) <= _LARGEST:
            self._kept.keep(self._key, _Answer(
                self._changes, time.monotonic() + _A_MOMENT, self._headers, message["body"]))
        await self._send(message)


def _key_of(scope: Scope) -> _Key | None:
    """Return what an answer is kept by; None where a route has to answer."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/ecommerce/"):
        return None
    try:
        return scope["path"], scope["query_string"], read_token(Headers(scope=scope))
    except SessionExpired:
        return None


async def _send(kept: _Answer, asked: Headers, send: Send) -> None:
    headers = MutableHeaders(raw=list(kept.headers))
    known = matches(asked, headers["etag"])
    if known:
        del headers["content-length"], headers["content-type"]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b"" if known else kept.body})
