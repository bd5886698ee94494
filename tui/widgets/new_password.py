"""A field for a new password, with advice while it is typed."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual import on, work
from textual.widgets import Input

from tui.widgets.field import Field, SecretInput

_PAUSE = 0.25
"""Seconds without a key after which a password is looked at."""


class NewPassword(Field):
    """Says what is wrong with it, and when it is good.

    Args:
        label: As of every field.
        entry: As of every field.
        problem: Asks what is wrong with a password; an empty string: nothing.
    """

    def __init__(self, label: str, entry: SecretInput, problem: Callable[[str], Awaitable[str]]) -> None:
        super().__init__(label, entry)
        self._problem = problem

    @on(Input.Changed)
    @work(exclusive=True)
    async def _advise(self, event: Input.Changed) -> None:
        await asyncio.sleep(_PAUSE)
        advice = await self._problem(event.value) or "● A good password." if event.value else ""
        if not self.has_class("-wrong"):
            self.advise(advice)
