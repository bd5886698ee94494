"""Database files that are made in private, checked, and put in place whole or not at all."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from shopkeeper import log
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.side_files import SIDE_FILES, side_file


@contextmanager
def private_place(folder: Path, prefix: str = ".shopkeeper-") -> Iterator[Path]:
    """Yield where to make a database in private, in a new folder (0700) within `folder`.

    Both are gone afterwards. They are removed by their names: a program that has too many files open cannot list a
    folder.
    """
    private = Path(mkdtemp(prefix=prefix, dir=folder))
    database = private / "made.db"
    try:
        yield database
    finally:
        try:
            for path in (database, *(side_file(database, suffix) for suffix in SIDE_FILES)):
                path.unlink(missing_ok=True)
            private.rmdir()
        except OSError as error:  # the caller's own error says more
            log.warn("not_removed", folder=str(private), reason=error.strerror)


def new_private_file(path: Path) -> int:
    """A file that is its owner's alone (0600) from its first byte; the descriptor to write it."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def put_in_place(made: Path, path: Path) -> None:
    """Gives a finished file its name. After a power cut it has the name whole, or what was there before has it."""
    sync(made)
    made.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file, or what a folder lists, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def sqlite_file(path: Path, options: str = "mode=rw") -> Iterator[Any]:
    """A connection of the driver's to a file that exists, apart from any shop."""
    with closing(sqlite_driver().connect(f"{path.absolute().as_uri()}?{options}", uri=True,
                                         isolation_level=None)) as connection:
        yield connection


def into_one_file(connection: Any) -> None:
    """Brings all of a database into its one file, so that nothing beside it is needed."""
    connection.execute("PRAGMA journal_mode = DELETE")
