"""What every key does, out of the same records as the keys themselves."""
from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from tui.commands import EVERYWHERE, HELP, Command, bindings
from tui.screens.base import ShopScreen
from tui.screens.dialog import Dialog
from tui.text import plain
from tui.widgets.keybar import KeyBar
from tui.widgets.scroll_panel import ScrollPanel


class HelpScreen(Dialog[None]):
    """The keys of a screen, then those that work everywhere.

    Args:
        below: The screen to explain.
    """

    CSS_PATH = "../styles/help.tcss"
    BINDINGS = bindings(HELP)
    commands = HELP

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._here = below.commands if isinstance(below, ShopScreen) else ()
        self._bound = {binding.id for binding in below.BINDINGS if isinstance(binding, Binding)}

    def compose(self) -> ComposeResult:
        panel = ScrollPanel(id="help", classes="panel")
        panel.border_title = "What every key does"
        panel.border_subtitle = "escape closes"
        taken = {key for command in self._here if command.id in self._bound for key in command.key.split(",")}
        with panel:
            yield from _section("Here", self._here)
            yield from _section("Everywhere", (each for each in EVERYWHERE if each.key and each.key not in taken))
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#help").focus()


def _section(title: str, commands: Iterable[Command]) -> ComposeResult:
    rows = [
        Horizontal(Static(plain(each.key_in_words), classes="key"), Static(plain(each.help)), classes="row")
        for each in commands
    ]
    if rows:
        yield Static(plain(title), classes="section")
        yield from rows
