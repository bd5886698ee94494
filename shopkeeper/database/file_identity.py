"""Tells whether a SQLite file is still the one at its path: SQLite goes on writing to one that was moved or removed."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from shopkeeper.errors import DatabaseReplaced

_SIBLINGS = ("-wal", "-shm")

_FileId = tuple[int, int]
"""Device and inode."""


class FileIdentity:
    """The file that a database had when it was opened, and those beside it that SQLite has in use.

    It takes one `stat` call for each. It opens no file: to close one would drop SQLite's own locks.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._file = _file_id(self._path)
        self._siblings: Mapping[str, _FileId] = {}
        self._connections = 0
        self._counting = Lock()

    def check(self) -> None:
        """Raises DatabaseReplaced where another file than the database's, or none, is at its path."""
        if _file_id(self._path) != self._file:
            raise _replaced(self._path)

    def check_all(self) -> None:
        """Raises DatabaseReplaced as `check`, and where a sibling in use was replaced: what is in it would be lost."""
        self.check()
        for name, file in self._siblings.items():
            if _file_id(name) != file:
                raise _replaced(name)

    def add_connection(self) -> None:
        """Notes that a connection has read the file. In WAL mode, the siblings stay from the first to the last one."""
        with self._counting:
            self._connections += 1
            if self._connections == 1:
                names = [os.path.realpath(self._path) + suffix for suffix in _SIBLINGS]
                self._siblings = {name: file for name in names if (file := _file_id(name))}

    def remove_connection(self) -> None:
        """Notes that a connection was closed."""
        with self._counting:
            self._connections -= 1
            if not self._connections:
                self._siblings = {}


def _replaced(name: str) -> DatabaseReplaced:
    return DatabaseReplaced(f"{name} was moved, replaced or removed while the shop was open. Nothing is saved any more:"
                            " put it back, or close the shop and open it again.")


def _file_id(path: str) -> _FileId | None:
    try:
        status = os.stat(path)  # noqa: PTH116 (Path.stat takes twice as long)
    except OSError:
        return None
    return status.st_dev, status.st_ino
