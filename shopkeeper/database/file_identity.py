"""Tells whether a SQLite file is still the one at its path: SQLite goes on writing to one that was moved or removed."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from shopkeeper.database.file_content import DatabaseContent, FileId, LogContent
from shopkeeper.errors import DatabaseReplaced

_LOG = "-wal"
_SIBLINGS = (_LOG, "-shm")


class FileIdentity:
    """The file that a database had when it was opened, and those beside it that SQLite has in use.

    It takes one `stat` call for each, and reads the beginnings of the database and its log. It opens the database's
    file once: to close it would drop SQLite's own locks.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._file = _file_id(_status(self._path))
        self._content = DatabaseContent(self._path) if self._file else None
        self._siblings: Mapping[str, FileId] = {}
        self._log: LogContent | None = None
        self._is_log_lost = False
        self._connections = 0
        self._counting = Lock()

    def check(self) -> None:
        """Raises DatabaseReplaced where another file than the database's, or none, is at its path, or it was cut."""
        status = _status(self._path)
        if _file_id(status) != self._file:
            raise _replaced(self._path)
        if status and self._content and not self._content.has_size(status.st_size):
            raise _overwritten(self._path)

    def check_content(self) -> None:
        """Raises DatabaseReplaced as `check`, and where the file was overwritten in place."""
        self.check()
        if self._content and not self._content.has_header():
            raise _overwritten(self._path)

    def check_all(self) -> None:
        """Raises DatabaseReplaced as `check_content`, and where a sibling in use was replaced or cut."""
        self.check_content()
        for name, file in self._siblings.items():
            status = _status(name)
            if _file_id(status) != file:
                raise _replaced(name)
            if status and self._log and name.endswith(_LOG) and (
                    self._is_log_lost or not self._log.has_size(status.st_size)):
                raise _overwritten(name)

    def check_committed(self) -> None:
        """Raises DatabaseReplaced as `check`, and where the log does not begin as one, so that nobody can read it."""
        self.check()
        if self._log and not self._log.has_header():
            self._is_log_lost = True
            raise _overwritten(self._log_path)

    def expect_mark(self, mark: int) -> None:
        """Notes the mark that the file bears."""
        if self._content:
            self._content.expect_mark(mark)

    def add_connection(self) -> None:
        """Notes that a connection has read the file. In WAL mode, the siblings stay from the first to the last one."""
        with self._counting:
            self._connections += 1
            if self._connections == 1:
                names = [os.path.realpath(self._path) + suffix for suffix in _SIBLINGS]
                self._siblings = {name: file for name in names if (file := _file_id(_status(name)))}
                self._log = LogContent(self._log_path, Path(self._path)) if self._log_path in self._siblings else None

    def remove_connection(self) -> None:
        """Notes that a connection was closed."""
        with self._counting:
            self._connections -= 1
            if not self._connections:
                self._siblings = {}
                log, self._log = self._log, None
                if log:
                    log.close()

    def close(self) -> None:
        """Lets go of the database's file, once no connection is open any more."""
        if self._content:
            self._content.close()

    @property
    def _log_path(self) -> str:
        return f"{os.path.realpath(self._path)}{_LOG}"


def _replaced(name: str) -> DatabaseReplaced:
    return DatabaseReplaced(f"{name} was moved, replaced or removed while the shop was open. Nothing is saved any more:"
                            " put it back, or close the shop and open it again.")


def _overwritten(name: str) -> DatabaseReplaced:
    return DatabaseReplaced(f"{name} was overwritten or cut while the shop was open. Nothing is saved any more: close"
                            " the shop, then restore a backup with `shopkeeper restore`.")


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 (Path.stat takes twice as long)
    except OSError:
        return None


def _file_id(status: os.stat_result | None) -> FileId | None:
    return (status.st_dev, status.st_ino) if status else None
