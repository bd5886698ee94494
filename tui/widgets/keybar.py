"""The keys at the foot: what can be done where the focus is. Each can be clicked."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Button

from tui.commands import EVERYWHERE, PRESS, Command
from tui.widgets.action_text import ActionText, clickable

_GAPS = (4, 2)
"""Cells between two keys: the first that leaves room for all."""

_KEY_NAMES = {"question_mark": "?", "slash": "/", "equals_sign": "="}
_AT_THE_END = [command for command in EVERYWHERE if command.id in ("help", "palette", "quit")]
_LABELS_AT_THE_END = {command.label for command in _AT_THE_END}


class ActiveKey(NamedTuple):
    """A command that can be given now.

    Attributes:
        key: Its key, as people read it.
        label: What it does, in a word or two.
        action: The action it runs.
        node: On which node.
    """

    key: str
    label: str
    action: str
    node: DOMNode


class KeyBar(ActionText):
    """One line of keys. It follows the focus, so that it never offers a key that would be typed or do nothing.

    While something lies over its screen, it is empty.
    """

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; padding: 0 2; color: $muted; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__(id="keys", markup=False)
        self.keys: tuple[ActiveKey, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.follow())
        self.app.screen_change_signal.subscribe(self, lambda _screen: self.follow(), immediate=True)
        self.follow()

    def watch_disabled(self, disabled: bool) -> None:
        super().watch_disabled(disabled)
        self.follow()

    def follow(self) -> None:
        """Show the keys that act now."""
        if not self.is_attached:
            return
        keys: tuple[ActiveKey, ...] = ()  # they would do nothing while something lies over the screen
        if self.screen.is_active:
            keys = tuple(_keys_of_everywhere(self.screen, always=True) if self.disabled else active_keys(self.screen))
        if keys != self.keys:
            self.keys = keys
            self.refresh()

    async def action_choose(self, at: int) -> None:
        """Run the command of the key that was clicked."""
        if at < len(self.keys):
            await self.app.run_action(self.keys[at].action, self.keys[at].node)

    def render(self) -> Content:
        return _in_a_line(self.keys, self.content_size.width)


def active_keys(screen: Screen[object]) -> Iterator[ActiveKey]:
    """Yield what can be done where the focus is: what this screen offers, then what is offered everywhere."""
    bindings = screen.active_bindings
    if isinstance(screen.focused, Button):
        yield ActiveKey(PRESS.key, PRESS.label, PRESS.action, screen.focused)
    offers = getattr(screen, "offers", lambda _command: True)
    for command in getattr(screen, "commands", ()):
        for key in command.key.split(","):
            active = bindings.get(key)
            if command.foot and active and active.binding.id == command.id and offers(command):
                yield ActiveKey(_in_words(command, key), command.label, active.binding.action, active.node)
                break
    yield from _keys_of_everywhere(screen)


def _keys_of_everywhere(screen: Screen[object], *, always: bool = False) -> Iterator[ActiveKey]:
    """Yield help, the menu and quit; with `always`, those that act even while the shop is being asked."""
    bindings = screen.active_bindings
    for command in _AT_THE_END:
        if always and not command.priority:
            continue
        for key in command.key.split(","):
            active = bindings.get(key)
            if active and active.binding.id == command.id:
                yield ActiveKey(_in_words(command, key), command.label, active.binding.action, active.node)
                break


def _in_words(command: Command, key: str) -> str:
    first = key == command.key.split(",")[0]
    return command.key_in_words if first else _KEY_NAMES.get(key, key)


def _in_a_line(keys: Sequence[ActiveKey], width: int) -> Content:
    """Return as many keys as fit, whole: the first and the last of the screen, help and the menu before the others."""
    items = _items(keys)
    everywhere = sum(key.label in _LABELS_AT_THE_END for key in keys)
    here, end = items[:len(items) - everywhere], items[len(items) - everywhere:]
    menu = [item if len(end) < 2 else _label(keys, len(keys) - everywhere + 1) for item in end[1:2]]
    while True:
        for tail in (end, end[:2], end[:1] + menu):
            for gap in _GAPS:
                line = Content(" " * gap).join([*here, *tail])
                if line.cell_length <= width or (not here and gap == _GAPS[-1] and tail is not end):
                    return line
        del here[-2 if len(here) > 1 else -1]


def _items(keys: Sequence[ActiveKey]) -> list[Content]:
    """Return what is shown of the keys; neighbors with one label share it: `+ − quantity`."""
    items = []
    for _, group in groupby(enumerate(keys), lambda numbered: numbered[1].label):
        numbered = list(group)
        parts = [clickable(Content.styled(key.key, "$accent"), f"choose({at})") for at, key in numbered]
        items.append(Content(" ").join([*parts, _label(keys, numbered[-1][0])]))
    return items


def _label(keys: Sequence[ActiveKey], at: int) -> Content:
    return clickable(Content(keys[at].label), f"choose({at})")
