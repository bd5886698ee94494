"""Writes to pipes, terminals and other devices, which may take no data: nobody waits for ever, or for a second time."""
from __future__ import annotations

import errno
import select
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO
from typing import BinaryIO

DEVICE_TIMEOUT_SECONDS = 5.0


@contextmanager
def buffered_stream(descriptor: int, *, timeout_seconds: float | None) -> Iterator[BinaryIO]:
    """Write to a descriptor through a buffer, and close it.

    What is left in the buffer after an error or ctrl+c is dropped: to write it would be to wait once more.

    Args:
        descriptor: It is non-blocking if there is a timeout.
        timeout_seconds: How long one write may take no data; `None`: as long as its reader likes.

    Raises:
        OSError: It cannot be written; `ETIMEDOUT`: it takes no data.
    """
    raw = FileIO(descriptor, "wb") if timeout_seconds is None else _TimedFile(descriptor, timeout_seconds)
    try:
        stream = BufferedWriter(raw)
        yield stream
        stream.flush()
    finally:
        raw.close()


class _TimedFile(FileIO):
    """A non-blocking file, of which each write waits until it can take data."""

    def __init__(self, descriptor: int, timeout_seconds: float) -> None:
        super().__init__(descriptor, "wb")
        self._milliseconds = round(timeout_seconds * 1000)

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]  # any buffer, as FileIO takes it
        while True:
            ready = select.poll()
            ready.register(self, select.POLLOUT)
            if not ready.poll(self._milliseconds):
                raise OSError(errno.ETIMEDOUT, "nothing reads from it")
            count = super().write(data)
            if count is not None:  # else another writer was faster
                return count
