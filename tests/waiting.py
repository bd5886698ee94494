"""Waits for what comes soon, without a guess at when."""
from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds to wait for anything at most: the machine may be busy, and no wait is longer than what it waits for."""


def wait_until(until: Callable[[], bool], complaint: str) -> None:
    """Returns as soon as it is so; fails with the complaint if it never is."""
    latest = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < latest, complaint
        time.sleep(0.01)
