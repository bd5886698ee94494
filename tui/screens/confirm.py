"""Asks once more before something that cannot be taken back."""
from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tui.commands import CONFIRM, bindings
from tui.screens.dialog import Dialog
from tui.text import plain
from tui.widgets.keybar import KeyBar


class ConfirmScreen(Dialog[bool]):
    """A question with two buttons. Doing nothing is what has the focus.

    Args:
        question: What is about to happen.
        yes: What the button that does it says.
        no: What the other one says.
    """

    CSS_PATH = "../styles/confirm.tcss"
    BINDINGS = bindings(CONFIRM)
    commands = CONFIRM

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            with Horizontal():
                yield Button(plain(self._yes), id="yes")
                yield Button(plain(self._no), id="no")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def close(self) -> None:
        self.dismiss(False)

    def action_answer(self, sure: bool) -> None:
        """Answers by a key."""
        self.dismiss(sure)
