"""What time it is. Tests hand in a clock of their own."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the time, in UTC and aware of it."""


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def is_recent(moment: datetime, now: datetime, span: timedelta) -> bool:
    """Return whether a stored moment is less than `span` ago.

    One in the future is not: a clock that ran ahead wrote it, and nobody knows when that was.
    """
    return timedelta() <= now - moment < span
