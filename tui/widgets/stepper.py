"""A quantity with a minus and a plus that can be clicked."""
from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from tui.widgets.action_text import ActionText, clickable


class Stepper(ActionText):
    """Shows `− [ 2 ] +`."""

    DEFAULT_CSS = """
    Stepper { width: auto; height: 1; }
    """

    value: reactive[int] = reactive(1)

    @dataclass
    class Changed(Message):
        """Another quantity was asked for."""

        value: int

    def __init__(self, *, most: int = 999, id: str | None = None) -> None:  # noqa: A002 (Textual's word)
        super().__init__(id=id)
        self.most = most

    def watch_value(self, value: int) -> None:
        fewer, more = clickable(Content(" − "), "fewer"), clickable(Content(" + "), "more")
        self.update(fewer + Content.styled(f"[ {value} ]", "bold") + more)

    def action_more(self) -> None:
        """One more, up to the most that can be had."""
        self._step(1)

    def action_fewer(self) -> None:
        """One fewer, down to one."""
        self._step(-1)

    def _step(self, steps: int) -> None:
        value = max(1, min(self.most, self.value + steps))
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(value))
