"""The keys at the foot: a screen's five most useful commands, and help. Each can be clicked."""
from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from tui.commands import Command


class KeyBar(Static):
    """One line of keys."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom; height: 1; padding: 0 2; color: $muted; background: $background;
        link-color: $muted; link-background: $background; link-style: none;
        link-color-hover: $background; link-background-hover: $accent; link-style-hover: none;
    }
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        shown = [(each.key_in_words, each.label, _target(each)) for each in commands if each.foot]
        shown.append(("?", "help", "app.help"))
        parts = [_key(*each) for each in shown]
        super().__init__(Content("    ").join(parts), id="keys")


def _target(command: Command) -> str:
    return command.action if not command.action or "." in command.action else f"screen.{command.action}"


def _key(key: str, label: str, action: str) -> Content:
    # All of it is ours, none from outside: markup is safe here.
    text = f"[$accent]{key}[/] {label}"
    return Content.from_markup(f"[@click={action}]{text}[/]" if action else text)
