"""Textual's list of options, made safe for a window of any size and for keys that come early."""
from __future__ import annotations

from textual import events
from textual.widgets import OptionList

from tui.commands import SELECT, bindings


class ShopOptionList(OptionList):
    """A list on which page up and page down do nothing while it has no lines: it is hidden, or was not painted yet."""

    BINDINGS = bindings(SELECT)

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]

    async def _on_click(self, event: events.Click) -> None:
        # The row that was clicked may have gone since it was painted.
        if event.style.meta.get("option", 0) >= self.option_count:
            event.prevent_default()
