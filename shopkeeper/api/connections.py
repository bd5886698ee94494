"""Connections: what comes in on them is there soon and is not large, and who says nothing makes room for others.

uvicorn alone would wait forever for a request, and count who sends none among those whom it serves: so many connections
that are merely open would keep everybody else out.
"""
from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shopkeeper.api.coalescing import CoalescingTransport

LARGEST_HEAD = 64 * 1024
"""Bytes of a request's first line and headers."""

SLOWEST_HEAD = 10.0
"""Seconds within which they have to be there. `limits.SLOWEST_BODY` is for what comes after."""

SLOWEST_READER = 10.0
"""Seconds within which somebody who does not read what is answered has to go on reading."""

MOST_SILENT = 1000
"""Connections of which no whole request has come: of more, the one that is longest so is closed."""


class Connection(HttpToolsProtocol):
    """A connection of uvicorn that does not wait forever."""

    _silent: ClassVar[dict[Connection, None]] = {}  # those without a whole request, in the order in which they came
    _read = 0
    _deadline: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(CoalescingTransport(transport, self.loop))
        self._is_silent()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._silent.pop(self, None)
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._read += len(data)
        super().data_received(data)
        if self._deadline and self._read > LARGEST_HEAD:
            self.send_400_response("The head of this request is too large.")

    def on_message_begin(self) -> None:
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.cycle.response_complete:
            self._silent.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.cycle.response_complete:  # else the next request is there already
            self._is_silent()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._reading = self.loop.call_later(SLOWEST_READER, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def _is_silent(self) -> None:
        self._silent[self] = None
        if len(self._silent) > MOST_SILENT:
            longest = next(iter(self._silent))
            del self._silent[longest]
            longest.transport.abort()

    def _await_head(self) -> None:
        self._stop_waiting()
        self._read = 0
        self._deadline = self.loop.call_later(SLOWEST_HEAD, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _stop_watching(self) -> None:
        if self._reading:
            self._reading.cancel()
            self._reading = None
