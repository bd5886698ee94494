"""The backups that a shop makes of itself: where they are, what they are called, and how many are kept.

They are in a folder `backups` (0700) beside the database, named with the shop's file, why they were made, when (UTC),
and the schema. The last seven daily ones are kept, and the last five that were made before a migration. One that a
clock dated in the future counts as older than all others, so that it never takes the place of a new one.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from shopkeeper import log
from shopkeeper.database.side_files import BACKUP_FOLDER, BACKUP_NAME

Reason = Literal["daily", "migration"]

KEPT: dict[Reason, int] = {"daily": 7, "migration": 5}

_TIME = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them, as its name tells."""

    path: Path
    reason: Reason
    at: datetime


def folder_of(database: Path) -> Path:
    """Where a database's backups are kept."""
    return database.resolve().parent / BACKUP_FOLDER


def place_for(database: Path, reason: Reason, at: datetime, revision: str) -> Path:
    """The path of a new one."""
    return folder_of(database) / f"{database.resolve().name}-{reason}-{at.astimezone(UTC):{_TIME}}-schema-{revision}.db"


def kept(database: Path, reason: Reason | None = None) -> list[Kept]:
    """Return the backups of this database, by their dates, latest first: those made for one reason, or all."""
    name = database.resolve().name
    found = [each for path in folder_of(database).glob("*.db") if (each := _kept(name, path))]
    wanted = [each for each in found if reason in {None, each.reason}]
    return sorted(wanted, key=lambda each: each.at, reverse=True)


def remove_old(database: Path, reason: Reason, now: datetime) -> None:
    """Remove those made for this reason but the newest. One that cannot be removed stays, and is logged."""
    newest_first = sorted(kept(database, reason), key=lambda backup: backup.at > now)  # stable: by date otherwise
    for old in newest_first[KEPT[reason]:]:
        try:
            old.path.unlink(missing_ok=True)
        except OSError as error:
            log.warn("backup_not_removed", backup=str(old.path), reason=error.strerror)


def _kept(name: str, path: Path) -> Kept | None:
    told = BACKUP_NAME.fullmatch(path.name)
    if told is None or told["owner"] != name or path.is_symlink() or not path.is_file():
        return None
    reason: Reason = "daily" if told["reason"] == "daily" else "migration"
    try:
        return Kept(path, reason, datetime.strptime(told["at"], _TIME).replace(tzinfo=UTC))
    except ValueError:  # a 13th month: not ours
        return None
