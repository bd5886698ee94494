"""What time it is. Tests hand in a clock of their own."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time, in UTC and aware of it."""


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)
