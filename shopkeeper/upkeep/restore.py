"""Puts a backup in the place of a shop, and sets the shop that was there aside.

Nobody may have the shop open meanwhile. A crash at any moment leaves the old shop or the new one, whole, under its
name: the new one is finished in private, the old one gets a second name, and one renaming exchanges them. What SQLite
keeps beside a database (its write-ahead log) is brought into the old one first, and never applied to the new one.

Sessions of accounts end: a backup knows sessions that were logged out since, and a token that was dead would live
again. Whoever was logged in logs in once more. Guests' sessions stay, for they are all that leads to a guest's cart,
and lead to nothing else.
"""
from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from shopkeeper import log
from shopkeeper.accounts.sessions import end_all_of_accounts
from shopkeeper.catalog.tables import catalog_index
from shopkeeper.clock import Clock, system_clock
from shopkeeper.config import database_address
from shopkeeper.database.address import file_of, target
from shopkeeper.database.driver import journal_mode, sqlite_driver
from shopkeeper.database.engine import EMPTY_OR_OURS, Database
from shopkeeper.database.lock import held_alone
from shopkeeper.database.migrate import migrate
from shopkeeper.database.side_files import SQLITE_SIDE_FILES, side_file
from shopkeeper.errors import DatabaseUnavailable, RestoreRefused
from shopkeeper.files import make_private_folder
from shopkeeper.orders.numbers import go_on_behind
from shopkeeper.upkeep.checks import SHOP_CHECKS
from shopkeeper.upkeep.files import into_one_file, private_place, put_in_place, sqlite_file, sync
from shopkeeper.upkeep.inspection import take_in
from shopkeeper.upkeep.laws import Finding

_BEYOND_READING = ("not a database", "malformed")


@dataclass(frozen=True, slots=True)
class Restored:
    """The shop's database, and where the one before it is set aside; `None`: there was none."""

    database: Path
    aside: Path | None


def restore(url: str | None, backup: Path, *, clock: Clock = system_clock) -> Restored:
    """Puts a backup in the place of the shop at `url` (none: the user's own), brought up to date.

    Raises:
        RestoreRefused: The backup is none or breaks a law, or the shop is open; the shop is as it was.
        SchemaTooNew: A newer program made the backup.
        DatabaseUnavailable: There is no place for the shop; the message says why.
    """
    named = file_of(target(database_address(url)))
    if named is None:
        raise RestoreRefused("This shop is on a PostgreSQL server: restore it with pg_restore.")
    database = Path(os.path.realpath(named))
    if database.is_dir():
        raise RestoreRefused(f"{database} is a folder, not a database.")
    if Path(os.path.realpath(backup)) == database:
        raise RestoreRefused(f"{backup} is the shop itself.")
    try:
        make_private_folder(database.parent)
        with held_alone(database), private_place(database.parent) as made:
            take_in(backup, made)
            _bring_up_to_date(made, backup)
            _complete(database)
            _go_on_behind(made, database)
            _use_journal(made)
            aside = _exchange(made, database, clock())
    except OSError as error:
        raise RestoreRefused(f"{database} cannot be replaced: {error.strerror}.") from error
    except sqlite_driver().DatabaseError as error:
        raise RestoreRefused(f"{database} cannot be replaced: {error}.") from error
    log.event("restored", database=str(database), backup=str(backup), aside=str(aside) if aside else None)
    return Restored(database, aside)


def _bring_up_to_date(made: Path, backup: Path) -> None:
    try:
        findings = _migrated(made)
    except (DatabaseUnavailable, IntegrityError) as error:
        raise RestoreRefused(f"{backup} cannot be brought up to date: {error}") from error
    if findings:
        raise RestoreRefused(f"{backup} breaks a law of the shop. {findings[0].message} {_way_on(backup)}")
    with sqlite_file(made) as plain:
        into_one_file(plain)


def _use_journal(made: Path) -> None:
    """Sets the mode in which the shop is opened; what SQLite puts beside a database is gone afterwards."""
    with sqlite_file(made) as plain:
        plain.execute(f"PRAGMA journal_mode = {journal_mode(sqlite_driver().sqlite_version_info)}")


def _way_on(backup: Path) -> str:
    return (f"Take another backup; `shopkeeper --db {backup} doctor` says all that is wrong with this one. If there is"
            " no other, open a copy of it as a shop, by --db: it is as wrong as the backup.")


def _migrated(made: Path) -> list[Finding]:
    """Brings the new database up to date, ends its sessions and drops what is derived; what is wrong with it."""
    database = Database.open(str(made))
    try:
        migrate(database)
        with database.read() as connection:
            if findings := [finding for check in SHOP_CHECKS for finding in check.find(connection)]:
                return findings
        with database.write() as connection:
            end_all_of_accounts(connection)
            connection.execute(delete(catalog_index))  # made again: a stranger's is not believed
        return []
    finally:
        database.close()


def _exchange(made: Path, database: Path, now: datetime) -> Path | None:
    """Gives what is there a second name, and the new database its first one; the second name.

    What is beside it is gone afterwards. Where something fails, the shop that was there has its one name again.
    """
    stem = f"{database.name}-replaced-{now:%Y%m%dT%H%M%S.%fZ}"
    aside = {path: database.with_name(f"{stem}{suffix}") for suffix in ("", *SQLITE_SIDE_FILES)
             if (path := side_file(database, suffix)).exists()}
    try:
        for old, other in aside.items():
            os.link(old, other)
        sync(database.parent)
        for old in aside.keys() - {database}:
            old.unlink()
        sync(database.parent)
        put_in_place(made, database)
    except OSError:
        with suppress(OSError):
            _take_back(database, aside)
        raise
    return aside.get(database)


def _take_back(database: Path, aside: Mapping[Path, Path]) -> None:
    if database.exists() and not (database in aside and database.samefile(aside[database])):
        return  # the new one is there already: nothing of the old one may be beside it
    for old, other in aside.items():
        if other.exists():
            if not old.exists():
                os.link(other, old)
            other.unlink()


def _go_on_behind(made: Path, replaced: Path) -> None:
    with sqlite_file(made) as new:
        if replaced.exists():
            try:
                with sqlite_file(replaced, "mode=ro&immutable=1") as old:
                    go_on_behind(new, old)
                return
            except (sqlite_driver().DatabaseError, UnicodeDecodeError):
                pass  # it is beyond reading
        go_on_behind(new, None)


def _complete(database: Path) -> None:
    """Brings what SQLite keeps beside a database into it. One that is beyond reading stays as it is."""
    if not database.exists():
        return
    driver = sqlite_driver()
    try:
        with sqlite_file(database) as connection:
            connection.execute("PRAGMA busy_timeout = 1000")  # whoever reads longer than that has it open
            if not connection.execute(EMPTY_OR_OURS).fetchone()[0]:
                raise RestoreRefused(f"{database} is a database, but not a shop's.")
            into_one_file(connection)
    except UnicodeDecodeError:  # SQLite repeats a part of a damaged schema
        return
    except driver.DatabaseError as error:
        if "locked" in str(error):
            raise RestoreRefused(f"Another program has {database} open. Close it, then try again.") from error
        if not any(words in str(error) for words in _BEYOND_READING):
            raise DatabaseUnavailable(f"{database} cannot be set aside: {error}.") from error
