"""The file behind the log: private, of a limited size, and shared by every process that has a shop open."""
from __future__ import annotations

import fcntl
import os
from io import TextIOWrapper
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from shopkeeper.files import private_descriptor, private_folder

_SIZE = 1_000_000  # bytes of a file
_OLD_ONES = 4


class LogFile(RotatingFileHandler):
    """A log of at most five files. What cannot be written is left out: a shop does not stop for its log.

    Python's own knows nothing of other processes: once one of them has put a new file in place, the others would go on
    in the old one, and each would put one away once more.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_SIZE, backupCount=_OLD_ONES, encoding="ascii", delay=True)
        self._path = path

    def _open(self) -> TextIOWrapper:
        private_folder(self._path.parent)
        # Not to wait for a reader, should it be a pipe.
        flags = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK
        return os.fdopen(private_descriptor(self._path, flags), "a", encoding="ascii")

    def shouldRollover(self, record: LogRecord) -> bool:  # noqa: N802 (its name in the standard library)
        if self.stream is not None and not self._in_place(self.stream.fileno()):
            self._let_go()
        return bool(super().shouldRollover(record))

    def doRollover(self) -> None:  # noqa: N802
        assert self.stream is not None  # `shouldRollover` looked how long it is
        held = os.dup(self.stream.fileno())  # the lock lasts until this is closed, too
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._in_place(held):
                super().doRollover()
            else:
                self._let_go()
        except BlockingIOError:
            pass  # another process puts it away, or was stopped while it does: this line still goes here
        finally:
            os.close(held)

    def handleError(self, record: LogRecord) -> None:  # noqa: N802
        """Says nothing: there is nobody to tell, and the terminal belongs to the screen."""

    def _in_place(self, descriptor: int) -> bool:
        """Whether this is what stands at the path."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _let_go(self) -> None:
        """The next line opens what stands at the path by then."""
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
