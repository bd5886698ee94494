"""A backup of a shop that is open: one complete file, checked before it takes its name.

It shows the shop as it was at one moment, every order acknowledged before included. SQLite's online backup copies it in
steps within one reading transaction: in WAL mode nobody waits for it, and no writer makes it begin anew. (Without WAL,
writers wait for as long as the copying takes.)
"""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from shopkeeper import log
from shopkeeper.config import database_address
from shopkeeper.database.address import file_of, target
from shopkeeper.database.damage import damaged_pages
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import revision_of
from shopkeeper.database.side_files import SIDE_FILES, SQLITE_SIDE_FILES, side_file
from shopkeeper.disks import full_disk_advice
from shopkeeper.errors import BackupFailed, InvalidInput
from shopkeeper.output_files import open_stream, output_errors, regular_file
from shopkeeper.upkeep.checks import file_findings, shop_findings
from shopkeeper.upkeep.files import into_one_file, new_private_file, private_place, put_in_place, sqlite_file
from shopkeeper.upkeep.laws import Finding

Stop = Callable[[], bool]
"""Asked again and again while a backup is made: whether nobody wants it any more."""

_ON_A_SERVER = "This shop is on a PostgreSQL server: back it up with pg_dump."

_STEP = 1000  # pages; after each, and so often while checking, `Stop` is asked
_STEP_OF_CHECK = 100_000  # instructions of SQLite's machine


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, and how many bytes it has. `findings` are what keeps it from being restored."""

    path: Path
    size: int
    findings: tuple[Finding, ...] = ()


def back_up(database: Database, path: Path, *, stop: Stop | None = None) -> Backup:
    """Makes a backup at `path` (0600), or writes it to a stream that `path` names, as `write_file` does.

    A regular file that is there is replaced, once the new one is whole.

    Raises:
        BackupFailed: With what is wrong and what to do. What was at `path` is as it was, and nothing else is left.
        DatabaseUnavailable: The shop cannot be read, or its file was moved, replaced or overwritten meanwhile.
        BrokenPipeError: Nobody reads standard output any more.
    """
    if database.path is None:
        raise BackupFailed(_ON_A_SERVER)
    try:
        with output_errors(path):
            file = regular_file(path)
            if file is None:
                size = _into_stream(database, database.path, path, stop)
            else:
                _check_place(database.path, file)
                with private_place(file.parent) as copy:
                    _make_checked(database, copy, stop)
                    size = copy.stat().st_size
                    put_in_place(copy, file)
        log.event("backed_up", database=database.place, backup=str(path))
        return Backup(path, size)
    except InvalidInput as error:
        raise BackupFailed(error.message) from error
    except sqlite_driver().DatabaseError as error:
        why = full_disk_advice(path) if "full" in str(error) else error
        raise BackupFailed(f"{path} cannot be written: {why}.") from error


def back_up_as_it_is(url: str | None, path: Path) -> Backup:
    """A backup of the shop at `url` (none: the user's own), which is neither made, migrated nor settled for it.

    One of a shop that is wrong in itself is made, and tells what is wrong: it may be all that is left.

    Raises as `back_up`.
    """
    address = database_address(url)
    if file_of(target(address)) is None:
        raise BackupFailed(_ON_A_SERVER)
    database = Database.open_as_it_is(address)
    try:
        with database.read() as connection:
            schema = revision_of(connection)
            if schema is None:
                raise BackupFailed(f"{database.place} is empty: there is nothing to keep.")
            findings = (*file_findings(connection), *shop_findings(connection, schema))
        return replace(back_up(database, path), findings=findings)
    finally:
        database.close()


def _into_stream(database: Database, source: Path, path: Path, stop: Stop | None) -> int:
    """Write a backup to a stream, once it is whole; how many bytes it has."""
    with open_stream(path) as stream, private_place(Path(gettempdir()), "shopkeeper-") as copy:
        if stream.isatty():
            raise BackupFailed("A backup is not text for a terminal. Name a file, or send standard output to one.")
        _check_room(source, copy.parent)
        _make_checked(database, copy, stop)
        with copy.open("rb") as made:
            shutil.copyfileobj(made, stream)
        return copy.stat().st_size


def _make_checked(database: Database, copy: Path, stop: Stop | None) -> None:
    os.close(new_private_file(copy))
    _copy(database, copy, stop)
    _check(copy, stop)


def _check_place(database: Path, path: Path) -> None:
    own = database.resolve()
    if path.resolve() in {own, *(side_file(own, suffix) for suffix in SIDE_FILES)}:
        raise BackupFailed(f"{path} is the shop itself. Name another file.")
    if any(os.path.lexists(side_file(path, suffix)) for suffix in SQLITE_SIDE_FILES):
        raise BackupFailed(f"{path} is a database in use. Name another file.")
    _check_room(own, path.parent)


def _check_room(database: Path, folder: Path) -> None:
    needed = sum(each.stat().st_size for each in (database, side_file(database, "-wal")) if each.exists())
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFailed(f"The backup needs {needed:,} bytes, and the disk of {folder} has {free:,} left."
                           " Make room, or name a file on another disk.")


def _copy(database: Database, copy: Path, stop: Stop | None) -> None:
    def after_step(_status: int, _left: int, _total: int) -> None:
        if stop and stop():
            raise BackupFailed("The backup was stopped.")

    with sqlite_file(copy) as taken, database.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")  # from here on, the transaction sees no change
        taken.execute("PRAGMA journal_mode = OFF")  # until it is whole, nobody misses it
        taken.execute("PRAGMA synchronous = OFF")
        source: Any = connection.connection.driver_connection
        source.backup(taken, pages=_STEP, progress=after_step)
        database.check_files()  # else a part of the pages may be another file's
        into_one_file(taken)


def _check(copy: Path, stop: Stop | None) -> None:
    with sqlite_file(copy) as connection:
        connection.set_progress_handler(stop, _STEP_OF_CHECK)
        try:
            found = damaged_pages(connection)
        except sqlite_driver().OperationalError:
            if stop and stop():
                raise BackupFailed("The backup was stopped.") from None
            raise
    if found:
        raise BackupFailed(f"The shop's database is damaged: {found[0]}. Restore an earlier backup.")
