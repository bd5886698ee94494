"""Who has a shop's file open, so that nobody puts another in its place meanwhile.

Each program that has it open holds a lock on a small file beside it, together with all others; to replace the
database takes the lock alone. The lock ends with its process. It is not taken on the database itself: SQLite's own
locks are the process's (POSIX), and to close any other descriptor of the same file would drop them.
"""
from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopkeeper.errors import DatabaseUnavailable

_PATIENCE, _PAUSE = 10, 0.05  # seconds
_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.ENOSPC}


def lock_file(database: Path) -> Path:
    """The file beside a database that tells who has it open."""
    real = database.resolve()
    return real.with_name(f"{real.name}-lock")


class OpenLock:
    """Held for as long as a program has the database open.

    Raises:
        DatabaseUnavailable: Another program is replacing it.
    """

    def __init__(self, database: Path) -> None:
        try:
            self._descriptor: int | None = _locked(lock_file(database), fcntl.LOCK_SH)
        except BlockingIOError:
            raise DatabaseUnavailable(f"{database} is being replaced by a backup. Try again in a moment.") from None
        except OSError as error:
            raise DatabaseUnavailable(f"{lock_file(database)} cannot be locked: {error.strerror}.") from error

    def release(self) -> None:
        """Lets go. To do it again changes nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def turn(database: Path, work: str) -> Iterator[None]:
    """While nobody else does that work on the database, which takes more than one transaction.

    Waits ten seconds for who does it. Raises DatabaseUnavailable where that is not enough.
    """
    real = database.resolve()
    file = real.with_name(f"{real.name}-{work}-lock")
    waited_until = time.monotonic() + _PATIENCE
    while True:
        try:
            descriptor = _locked(file, fcntl.LOCK_EX)
            break
        except BlockingIOError:
            if time.monotonic() > waited_until:
                raise DatabaseUnavailable(f"Another {work} is under way. Try again when it has ended.") from None
            time.sleep(_PAUSE)
        except OSError as error:
            raise DatabaseUnavailable(f"{file} cannot be locked: {error.strerror}.") from error
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def held_alone(database: Path) -> Iterator[None]:
    """While nobody else has the database open. Raises DatabaseUnavailable where somebody has, or OSError."""
    try:
        descriptor = _locked(lock_file(database), fcntl.LOCK_EX)
    except BlockingIOError:
        raise DatabaseUnavailable(f"Another program has {database} open. Close it, then try again.") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(path: Path, how: int) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        if how != fcntl.LOCK_SH or error.errno not in _UNWRITABLE or not path.exists():
            raise
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)  # enough to be seen by who wants it alone
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
