"""Turns what a database and its driver say into what a person can act on."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError

from shopkeeper.errors import DatabaseUnavailable

_REASONS = {
    "file is not a database": "is not a shop's database.",
    "malformed": "is damaged. Restore a backup.",
    "locked": "is in use by another program that does not let go. Try again in a moment.",
    "readonly": "is read-only. A shop needs to write to it and its folder.",
    "unable to open": "cannot be opened.",
    "disk is full": "cannot grow: the disk is full. Make room and try again.",
    "disk I/O": "cannot be read or written: the disk reports an error.",
}


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Raises DatabaseUnavailable for what the driver says of the database at this place."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise  # what was asked is wrong, not the database: the rooms know what it means
    except (DatabaseError, InterfaceError) as error:
        reason = _reason(str(error.orig), type(error).__name__)
        if reason is None:
            raise
        raise DatabaseUnavailable(f"{place} {reason}") from error


def _reason(driver_says: str, kind: str) -> str | None:
    for words, reason in _REASONS.items():
        if words in driver_says:
            return reason
    return f"cannot be used: {driver_says}" if kind in {"OperationalError", "InterfaceError"} else None
