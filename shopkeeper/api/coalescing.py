"""Write the head and the body of an answer together.

uvicorn writes them one after the other, and uvloop sends each at once. A process that was killed between the two would
leave its caller, or the proxy in front, with a head that promises a body and none.
"""
from __future__ import annotations

import asyncio
from typing import Any

MAX_HELD_BYTES = 64 * 1024
"""More than this is not held back: flow control has to see it."""


class CoalescingTransport(asyncio.Transport):
    """A transport that sends what is written in one turn of the event loop with one call to the system."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold `data` until the turn ends or too much is held."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(bytes(data))
        if self._held_size() > MAX_HELD_BYTES:
            self._flush()

    def close(self) -> None:
        """Close the connection after what was written is sent."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection at once: nothing more is sent."""
        self._held.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size() + self._held_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def _held_size(self) -> int:
        return sum(map(len, self._held))

    def _flush(self) -> None:
        data = b"".join(self._held)
        self._held.clear()
        if data and not self._transport.is_closing():
            self._transport.write(data)
