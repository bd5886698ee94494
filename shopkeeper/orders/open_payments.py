"""Which payments are not settled yet, as conditions on `payment`. Opening a shop asks this, and mostly nothing more.

Partial indexes are over them; the planner needs the very same words.
"""
from __future__ import annotations

from sqlalchemy import Connection, text

OPEN_PAYMENT = text("state IN ('submitting', 'unknown') OR refunding = 1")
"""The outcome is not known, or it is being given back."""

GIVEN_UP = text("state = 'declined' AND reference = ''")
"""The portal never saw it: of what it declined it gave a reference."""

_ANY = text(f"SELECT EXISTS (SELECT 1 FROM payment WHERE {OPEN_PAYMENT}) OR"  # noqa: S608 (our own words)
            f" EXISTS (SELECT 1 FROM payment WHERE {GIVEN_UP})")


def is_any_open(connection: Connection) -> bool:
    """Whether there may be something to settle."""
    return bool(connection.scalar(_ANY))
