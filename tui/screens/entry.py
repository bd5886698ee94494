"""A screen to type into. What was typed is kept for this visit when it is left, but never a password or a card."""
from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.widgets import Input

from tui.screens.base import ShopScreen
from tui.widgets.field import UncopiedInput


class EntryScreen(ShopScreen):
    """Forms and checkout. A subclass calls `restore_draft` once its inputs are mounted, and `drop_draft` when sent."""

    keeps_letters = True

    draft_name: ClassVar[str] = ""
    """Forms with the same name share a draft; empty: the name of the class."""

    under_way = False
    """Whether the shop is being asked, and has not answered yet."""

    _draft: dict[str, str] | None = None

    def restore_draft(self) -> None:
        """Fill in what was typed here before."""
        self._draft = self.shop_app.drafts.of(self.shop_app.account, self.draft_name or type(self).__name__)
        self._initial = {entry.id: entry.value for entry in self.query(Input)}
        for entry in self.query(Input):
            entry.value = self._draft.get(entry.id or "", entry.value)

    def drop_draft(self) -> None:
        """Forget what was typed: the shop has it now."""
        if self._draft is not None:
            self._draft.clear()
        self._draft = None

    @on(Input.Changed)
    def _keep_draft(self, event: Input.Changed) -> None:
        entry = event.input
        if self._draft is None or entry.id is None or isinstance(entry, UncopiedInput):
            return
        if entry.value == self._initial.get(entry.id):
            self._draft.pop(entry.id, None)
        else:
            self._draft[entry.id] = entry.value

    def on_screen_suspend(self) -> None:
        if self.is_left and not self.under_way:
            for entry in self.query(UncopiedInput):
                entry.clear()
