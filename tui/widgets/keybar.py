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
        shown = [(each.key_in_words, each.label, each.target) for each in commands if each.foot]
        shown.append(("?", "help", "app.help"))
        parts = [_key(*each) for each in shown]
        super().__init__(Content("    ").join(parts), id="keys")


def _key(key: str, label: str, action: str) -> Content:
    shown = Content.assemble((key, "$accent"), " ", label)
    return clickable(shown, action) if action else shown
