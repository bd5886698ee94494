"""Takes in a file that nobody trusts: whether it is a shop's backup is told before anything of it is used.

The file is copied first, into a private folder: nobody can exchange or change it between the look and the use. The copy
is opened read-only and immutable, with SQLite's defenses on. Its schema has to be, word for word, what the migrations
make for the revision that it says it has: so it brings no view, trigger, generated column or virtual table of its own,
and nothing in it is executed. Only then its pages and rows are checked, on a connection that could write: on another
one, SQLite does not look at the tables' constraints.
"""
from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.migrate import revisions
from shopkeeper.database.side_files import side_file
from shopkeeper.errors import RestoreRefused, SchemaTooNew
from shopkeeper.upkeep.checks import FILE_CHECKS
from shopkeeper.upkeep.files import new_private_file, sqlite_file
from shopkeeper.upkeep.schema import Schema, schema_of, schema_problems

_MAGIC = b"SQLite format 3\0"
_SMALLEST = 512  # bytes: SQLite's smallest page

_DEFENSES = ("PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON", "PRAGMA query_only = ON")
_REVISION = re.compile("[0-9]{4}")


def take_in(file: Path, copy: Path) -> str:
    """Copies a backup to `copy` if it is one of a shop; its revision.

    Raises:
        RestoreRefused: It is none, or not whole; the message says why.
        SchemaTooNew: A newer program made it.
    """
    try:
        _check_whole(file)
        _copy(file, copy)
        with _defended(copy, "mode=ro&immutable=1") as connection:
            revision = _checked_schema(file, connection)
        with _defended(copy, "mode=rw") as connection:
            damage = next((problem for find in FILE_CHECKS for problem in find(connection)), None)
    except OSError as error:
        raise RestoreRefused(f"{file} cannot be read: {error.strerror}.") from error
    except (sqlite_driver().DatabaseError, UnicodeDecodeError) as error:
        raise RestoreRefused(f"{file} is damaged: {error}. Take another backup.") from error
    if damage:
        raise RestoreRefused(f"{file} is damaged: {damage}. Take another backup.")
    return revision


def _check_whole(file: Path) -> None:
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise RestoreRefused(f"{file} is no regular file. Name the backup itself.")
    if any(each.exists() and each.stat().st_size for each in (side_file(file, "-wal"), side_file(file, "-journal"))):
        raise RestoreRefused(f"{file} is a database in use, of which this file is only a part. `shopkeeper backup`"
                             " makes a whole one.")


@contextmanager
def _defended(copy: Path, options: str) -> Iterator[Any]:
    """A connection of the driver's that trusts nothing in the file, and changes nothing."""
    with sqlite_file(copy, options) as connection:
        for defense in _DEFENSES:
            connection.execute(defense)
        yield connection


def _copy(file: Path, copy: Path) -> None:
    # Whatever took the file's name meanwhile: a link is not followed, and a pipe does not make us wait.
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as given, os.fdopen(new_private_file(copy), "wb") as taken:
        size, free = os.fstat(descriptor).st_size, shutil.disk_usage(copy.parent).free
        if given.read(len(_MAGIC)) != _MAGIC or size < _SMALLEST:
            raise RestoreRefused(f"{file} is not a shop's backup.")
        if free < 2 * size:  # while it is brought up to date, it may be there twice
            raise RestoreRefused(f"To restore {file} takes {2 * size:,} bytes, and the disk has {free:,} left.")
        given.seek(0)
        shutil.copyfileobj(given, taken)


def _checked_schema(file: Path, connection: Any) -> str:
    revision = _revision(file, connection, schema_of(connection))
    for problem in schema_problems(connection, revision):
        raise RestoreRefused(f"{file} is not a shop's backup: {problem}.")
    return revision


def _revision(file: Path, connection: Any, given: Schema) -> str:
    told = []
    if any(kind == "table" and sql.startswith("CREATETABLEalembic_version(") for kind, _, _, sql in given):
        told = connection.execute("SELECT version_num FROM alembic_version").fetchall()  # a table: nothing is executed
    if len(told) != 1 or not isinstance(told[0][0], str):
        raise RestoreRefused(f"{file} is not a shop's backup.")
    revision: str = told[0][0]
    if revision in revisions():
        return revision
    if _REVISION.fullmatch(revision) and revision > revisions()[-1]:
        raise SchemaTooNew(f"{file} was made by a newer program (schema {revision}; this one knows up to"
                           f" {revisions()[-1]}). Update shopkeeper.", found=revision, known=revisions()[-1])
    raise RestoreRefused(f"{file} is not a shop's backup: no shop has the schema {revision!r}.")
