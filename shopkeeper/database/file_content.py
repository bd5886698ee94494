"""Tells whether a SQLite file was cut or overwritten in place: then it is still the same file by device and inode.

While a shop is open, only SQLite changes its file, and in known ways: the header at its beginning keeps the format, the
page size and the shop's mark, its change counter goes up, and the file never shrinks below the pages that it counts.
The write-ahead log is never cut below the frames that SQLite will look for in it.
"""
from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import ClassVar
from zlib import crc32

from shopkeeper.database.driver import sqlite_driver

_HEADER_BYTES = 100
_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_LOG_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")

_MAX_BYTES = 1 << 63

_READ_ATTEMPTS = 3  # a header is not read in one piece while SQLite writes it
_READ_PAUSE = 0.001  # seconds

FileId = tuple[int, int]
"""Device and inode."""


def mark_of(shop_id: str) -> int:
    """Return the number (31 bits, not 0) that a shop's file bears as `user_version`."""
    return crc32(shop_id.encode()) & 0x7FFFFFFF or 1


class DatabaseContent:
    """What is known of a database's file from its size and its header."""

    def __init__(self, path: str) -> None:
        self._file = _SharedFile(path)
        self._header = b""
        self._size = 0
        self._mark = 0
        self._updating = Lock()

    def expect_mark(self, mark: int) -> None:
        """Note which mark the header bears, now or as soon as SQLite has brought it in from the log."""
        self._mark = mark

    def has_size(self, size: int) -> bool:
        """Whether the file, which has `size` bytes now, is as large as it has to be."""
        return size == self._size or self._is_grown()

    def has_header(self) -> bool:
        """Whether the file begins as this database does."""
        return os.pread(self._file.descriptor, _HEADER_BYTES, 0) == self._header or self._is_successor()

    def close(self) -> None:
        """Let go of the file. No connection of this database may be open any more."""
        self._file.close()

    def _read_header(self) -> bytes:
        return os.pread(self._file.descriptor, _HEADER_BYTES, 0)

    def _is_grown(self) -> bool:
        with self._updating:
            if not _is_wal(self._header):  # without a log, SQLite lets the file grow for a moment
                return True
            size = os.fstat(self._file.descriptor).st_size
            if size < self._size and size < _bytes_counted(self._read_header()):
                return False
            self._size = size
            return True

    def _is_successor(self) -> bool:
        for attempt in range(_READ_ATTEMPTS):
            if attempt:
                time.sleep(_READ_PAUSE)
            with self._updating:
                header = self._read_header()
                if not self._header or self._follows(header):
                    self._header = header
                    return True
        return False

    def _follows(self, header: bytes) -> bool:
        previous = self._header
        if header[:18] != previous[:18]:  # the format and the page size
            return False
        mark, previous_mark = _number(header, 60), _number(previous, 60)
        if mark != previous_mark and (previous_mark or (self._mark and mark != self._mark)):
            return False
        return not _is_wal(previous) or (_is_wal(header) and _number(header, 24) >= _number(previous, 24))


class LogContent:
    """What is known of a write-ahead log from its size and its header. SQLite holds no lock on this file."""

    def __init__(self, path: str, database: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._database = database
        self._header = b""
        self._size = 0

    def has_size(self, size: int) -> bool:
        """Whether the log, which has `size` bytes now, has all that was written to it."""
        if size < self._size and os.fstat(self._descriptor).st_size < _log_bytes(self._database):
            return False
        self._size = size  # another thread's may be larger: then less is noticed until the next look
        return True

    def has_header(self) -> bool:
        """Whether the log is empty, or begins as one does."""
        header = os.pread(self._descriptor, _LOG_HEADER_BYTES, 0)
        if header == self._header or not header:
            return True
        if not header.startswith(_LOG_MAGIC):
            return False
        self._header = header
        return True

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
        self._descriptor = -1


class _SharedFile:
    """A file that is open for reading once in this process, however many databases ask.

    It stays open until the last of them is closed: to close any descriptor of a file drops the locks that SQLite has on
    it in this process (sqlite.org/howtocorrupt.html).
    """

    _open: ClassVar[dict[FileId, tuple[int, int]]] = {}  # users and descriptor
    _counting: ClassVar[Lock] = Lock()

    def __init__(self, path: str) -> None:
        with self._counting:
            status = Path(path).stat()
            self._id = status.st_dev, status.st_ino
            users, self.descriptor = self._open.get(self._id, (0, -1))
            if not users:
                self.descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            self._open[self._id] = users + 1, self.descriptor

    def close(self) -> None:
        with self._counting:
            users, descriptor = self._open.pop(self._id)
            if users > 1:
                self._open[self._id] = users - 1, descriptor
            else:
                os.close(descriptor)


def _log_bytes(database: Path) -> int:
    """How many bytes a log takes that has all frames that SQLite will look for in it."""
    driver = sqlite_driver()
    address = f"{database.as_uri()}?mode=rw"
    try:
        with closing(driver.connect(address, uri=True, isolation_level=None, check_same_thread=False)) as connection:
            page_size: int = connection.execute("PRAGMA page_size").fetchone()[0]
            frames: int = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[1]
    except driver.DatabaseError:  # what is left of it cannot be read
        return _MAX_BYTES
    return _LOG_HEADER_BYTES + frames * (_FRAME_HEADER_BYTES + page_size) if frames > 0 else 0


def _is_wal(header: bytes) -> bool:
    return header[18:20] == b"\x02\x02"


def _bytes_counted(header: bytes) -> int:
    """How many bytes the pages that a header counts take; what has no header has lost all."""
    if not header.startswith(b"SQLite format 3\0"):
        return _MAX_BYTES
    page_size = int.from_bytes(header[16:18], "big")
    return _number(header, 28) * (65536 if page_size == 1 else page_size)


def _number(header: bytes, at: int) -> int:
    return int.from_bytes(header[at:at + 4], "big")
