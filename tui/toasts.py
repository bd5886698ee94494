"""Which toasts were seen: they go with the screen that they were seen on, and lie over nothing on the next one."""
from __future__ import annotations

import time
from collections.abc import Iterable

from textual.events import Event
from textual.notifications import Notification


class SeenToasts:
    """The toasts that stood on the screen when the last key was pressed, or the last click was made.

    What is told because of that key comes after it, and stays where the key leads.
    """

    def __init__(self) -> None:
        self._pressed_at = time.time()

    def note(self, event: Event) -> None:
        """Remember when this key was pressed, which may have waited since."""
        self._pressed_at = time.time() - (time.monotonic() - event.time)

    def among(self, toasts: Iterable[Notification]) -> list[Notification]:
        """Return those that were seen."""
        return [toast for toast in toasts if toast.raised_at < self._pressed_at]
