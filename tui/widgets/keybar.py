"""The keys at the foot: a screen's five most useful commands, and help. Each can be clicked."""
from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tui.commands import Command
from tui.widgets.action_text import ActionText, clickable


class KeyBar(ActionText):
    """One line of keys."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; padding: 0 2; color: $muted; background: $background; }
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        self._shown = [*commands]
        super().__init__(_keys(self._shown), id="keys")

    def show(self, commands: Iterable[Command]) -> None:
        """Shows the keys of these commands: those that can be had now."""
        if self._shown != (now := [*commands]):
            self._shown = now
            self.update(_keys(now), layout=False)


def _keys(commands: Iterable[Command]) -> Content:
    shown = [(each.key_in_words, each.label, each.target) for each in commands]
    shown.append(("?", "help", "app.help"))
    return Content("    ").join([_key(*each) for each in shown])


def _key(key: str, label: str, action: str) -> Content:
    shown = Content.assemble((key, "$accent"), " ", label)
    return clickable(shown, action) if action else shown
