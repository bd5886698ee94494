"""The field in which one types what one is looking for."""
from __future__ import annotations

from textual.events import Key
from textual.widgets import Input

from tui.commands import SEARCH, bindings


class SearchInput(Input):
    """An input that swallows the key which leads to it, where that can be nothing else."""

    BINDINGS = bindings(SEARCH)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key == "slash" or super().check_consume_key(key, character)  # Textual does not know its character

    def on_key(self, event: Key) -> None:
        if event.key == "slash" and self.selected_text == self.value:
            event.stop()
            event.prevent_default()
