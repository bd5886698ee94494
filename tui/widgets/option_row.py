"""One option of a product and its choices, in a line that wraps."""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tui.backend import Option
from tui.choosing import Choosing
from tui.columns import flow, left
from tui.commands import OPTION, bindings
from tui.text import clean
from tui.widgets.action_text import ActionText, clickable
from tui.widgets.fitted import FittedContent

LABEL_WIDTH = 12
"""Columns that option labels stand in."""


class OptionRow(ActionText, can_focus=True):
    """`Size   S   M  [ L ]  XL`: what cannot be had is struck, and the reason stands behind."""

    DEFAULT_CSS = """
    OptionRow {
        height: auto; padding: 0 0 0 1; border-left: outer $background;
        &:focus { border-left: outer $accent; background: $panel; }
    }
    """

    BINDINGS = [
        *bindings(OPTION),
        Binding("up", "app.focus_previous", show=False),
        Binding("down,enter", "app.focus_next", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Another choice was taken."""

        code: str
        label: str

    def __init__(self, option: Option, choosing: Choosing) -> None:
        super().__init__(classes="option")
        self.option = option
        self._choosing = choosing

    @property
    def chosen(self) -> str:
        """The label that is chosen."""
        return self._choosing.chosen[self.option.code]

    def on_mount(self) -> None:
        self.show(self._choosing)

    def show(self, choosing: Choosing) -> None:
        """Shows what is chosen, and what goes with it."""
        self._choosing = choosing
        words = [self._choice(index) for index in range(len(self.option.choices))]
        why_not = choosing.why_not(self.option.code, choosing.chosen[self.option.code])
        if why_not:
            words.append(Content.styled(f" {clean(why_not)}", "$warning"))
        label = Content.styled(clean(self.option.label), "$muted")
        self.update(FittedContent(partial(_beside_label, label, words)))

    def _choice(self, index: int) -> Content:
        choice = self.option.choices[index]
        standing = self._choosing.standing(self.option.code, choice.label)
        words = clean(choice.label)
        swatch = Content.styled("■ ", choice.hex) if choice.hex else Content("")
        if choice.label == self._choosing.chosen[self.option.code]:
            shown = Content.assemble(("[ ", "$accent bold"), swatch, (words, "$accent bold"), (" ]", "$accent bold"))
        else:
            shown = Content.assemble("  ", swatch, (words, "" if standing == "available" else "$muted strike"), "  ")
        return clickable(shown, f"choose({index})") + " "

    def action_step(self, steps: int) -> None:
        """Takes the choice so many steps to the right."""
        self._take(self._choosing.beside(self.option, steps))

    def action_choose(self, index: int) -> None:
        """Takes the choice that was clicked."""
        self.focus()
        self._take(self.option.choices[index].label)

    def _take(self, label: str) -> None:
        if label != self._choosing.chosen[self.option.code]:
            self.post_message(self.Chosen(self.option.code, label))


def _beside_label(label: Content, words: list[Content], width: int) -> Content:
    """The choices in lines of this width, none broken, beside the label; a long label stands above them."""
    if label.cell_length < LABEL_WIDTH:
        return flow([left(label, LABEL_WIDTH), *words], width, LABEL_WIDTH)
    return Content("\n").join([label, flow([Content(" " * LABEL_WIDTH), *words], width, LABEL_WIDTH)])
