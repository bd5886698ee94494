"""What stands above a screen for a moment: the help, a price breakdown, a question."""
from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.events import Click
from textual.screen import ModalScreen

from tui.commands import Command
from tui.navigation import BaseScreen

T = TypeVar("T")


class Dialog(ModalScreen[T], BaseScreen[T]):
    """A panel over the screen below, with the keys that act here at the foot. A click beside the panel closes it.

    A subclass yields a `KeyBar` behind its panel.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog Toast { display: none; }
    """

    commands: ClassVar[tuple[Command, ...]] = ()
    """What can be done here, and nothing else."""

    def on_click(self, event: Click) -> None:
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            event.stop()
            self.close()

    def close(self) -> None:
        """Leave everything as it is."""
        self.dismiss()

    def action_close(self) -> None:
        """Close by a key."""
        self.close()
