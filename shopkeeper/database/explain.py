"""Turns what a database and its driver say into what a person can act on."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InvalidRequestError,
    ProgrammingError,
)

from shopkeeper.database.types import DamagedValue
from shopkeeper.disks import full_disk_advice, is_full
from shopkeeper.errors import DatabaseUnavailable, ShopDamaged

_FULL = "disk is full"
_REASONS = {
    "file is not a database": "is not a shop's database.",
    "locked": "is in use by another program that does not let go. Try again in a moment.",
    "readonly": "is read-only. A shop needs to write to it and its folder.",
    "unable to open": "cannot be opened.",
    _FULL: "cannot grow: the disk is full. Make room and try again.",
    "disk I/O": "cannot be read or written: the disk reports an error.",
}

_OF_DAMAGE = ("no such table", "no such column", "no such index", "no such module", "Could not decode",
              "unsupported file format", "vtable constructor failed", "has no column named")
"""Parts of what SQLite says where a file is not what a shop's is."""

SIGNS_OF_DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, InvalidRequestError,
                   IntegrityError)
"""What Python and SQLAlchemy raise where a row is not what it has to be; or where the program is broken itself."""


@contextmanager
def explained(place: str, find_damage: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Raises DatabaseUnavailable for what the driver says of the database at this place, and ShopDamaged for damage.

    `find_damage` is asked where something went wrong that may come of damage; what it finds is told. Where it finds
    nothing, what went wrong is raised as it was.
    """
    try:
        yield
    except DamagedValue as error:
        raise damaged(place, find_damage() or str(error)) from error
    except SIGNS_OF_DAMAGE as error:
        if found := find_damage():
            raise damaged(place, found) from error
        raise  # what was asked is wrong, not the database: the rooms know what it means
    except (DataError, ProgrammingError):
        raise
    except (DatabaseError, InterfaceError) as error:
        if _is_damage(error):
            raise damaged(place, find_damage() or str(error.orig)) from error
        reason = _full_disk(place, str(error.orig)) or _reason(str(error.orig), type(error).__name__)
        if reason is None:
            raise
        raise DatabaseUnavailable(f"{place} {reason}") from error


def _is_damage(error: DatabaseError | InterfaceError) -> bool:
    # The driver's plain DatabaseError is SQLite's SQLITE_CORRUPT, or that the file is no database at all.
    is_corrupt = type(error) is DatabaseError and "file is not a database" not in str(error.orig)
    return is_corrupt or any(words in str(error.orig) for words in _OF_DAMAGE)


def damaged(place: str, what: str) -> ShopDamaged:
    """The error that says what of a database is damaged, and what to do."""
    return ShopDamaged(f"{place} is damaged: {what}. Restore a backup.")


def _full_disk(place: str, driver_says: str) -> str:
    """The reason where the file's disk is full, which SQLite tells in several ways; else nothing."""
    path = Path(place)
    if not path.is_absolute() or "locked" in driver_says:
        return ""
    if _FULL in driver_says or is_full(path):
        return f"cannot grow: {full_disk_advice(path)}, and try again."
    return ""


def _reason(driver_says: str, kind: str) -> str | None:
    for words, reason in _REASONS.items():
        if words in driver_says:
            return reason
    return f"cannot be used: {driver_says}" if kind in {"OperationalError", "InterfaceError"} else None
