"""What a caller may not do: send too much, send too slowly, ask too often. Before anything is parsed."""
from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopkeeper import SessionExpired
from shopkeeper.api.credentials import read_token
from shopkeeper.api.problems import answer

LARGEST_BODY = 64 * 1024
"""Bytes of a request's body."""

SLOWEST_BODY = 15.0
"""Seconds within which a request's body has to be there."""

MOST_AT_ONCE = 500
"""Requests that are worked on at once; more are told to come again."""

_MOST_CALLERS = 10_000  # remembered at once; who was quiet longest is forgotten first


class RateLimit:
    """So many requests a minute for each caller, in a bucket that holds as many as ten seconds bring.

    Each process counts for itself.
    """

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._size = max(10.0, per_minute / 6)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str, now: float) -> float:
        """Seconds until this caller may ask again; 0: it may now, and that counts."""
        left, since = self._buckets.pop(caller, (self._size, now))
        left = min(self._size, left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate


class Limits:
    """Refuses before the application sees it: 413, 408, 429, 503. Health checks are never refused."""

    def __init__(self, app: ASGIApp, *, per_token: int, per_address: int) -> None:
        self._app = app
        self._under_way = 0
        self._tokens = RateLimit(per_token) if per_token else None
        self._addresses = RateLimit(per_address) if per_address else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in {"/healthz", "/readyz"}:
            await self._app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait:
            await answer("rate_limited", "Too many requests. Wait a little.", scope["state"]["id"],
                         headers={"Retry-After": str(int(wait) + 1)})(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_whole_body(scope, receive), SLOWEST_BODY)
        except TimeoutError:
            await answer("body_too_slow", f"The body was not there within {SLOWEST_BODY:.0f} seconds.",
                         scope["state"]["id"], headers={"Connection": "close"})(scope, receive, send)
            return
        except ClientDisconnect:
            return  # a part of a body is none, and nobody waits for an answer
        if body is None:
            await answer("body_too_large", f"A body has at most {LARGEST_BODY // 1024} KiB.",
                         scope["state"]["id"], headers={"Connection": "close"})(scope, receive, send)
            return
        if self._under_way >= MOST_AT_ONCE:
            await answer("unavailable", "The shop has too much to do now. Try again in a moment.", scope["state"]["id"],
                         headers={"Retry-After": "1"})(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, _again(body, receive), send)
        finally:
            self._under_way -= 1

    def _wait(self, scope: Scope) -> float:
        now = time.monotonic()
        address = scope["client"][0] if scope.get("client") else ""
        wait = self._addresses.wait(address, now) if self._addresses else 0.0
        token = _token_of(scope)
        if self._tokens and token and not wait:
            wait = self._tokens.wait(sha256(token.encode()).hexdigest(), now)
        return wait


def _token_of(scope: Scope) -> str | None:
    try:
        return read_token(Headers(scope=scope))
    except SessionExpired:
        return None  # it is refused further in, and counts for its address alone


async def _whole_body(scope: Scope, receive: Receive) -> bytes | None:
    """The body; none if it is too large. Raises ClientDisconnect."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        return None
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > LARGEST_BODY:
            return None
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever comes."""
    told = False

    async def once() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
