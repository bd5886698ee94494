"""How a total comes about: each amount with its derivation, to the last minor unit."""
from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from tui.backend import Cart, Order, explain
from tui.columns import GAP, left, right, widest
from tui.commands import EXPLAIN, bindings
from tui.screens.dialog import Dialog
from tui.text import plain
from tui.widgets.keybar import KeyBar
from tui.widgets.rows import Sheet
from tui.widgets.scroll_panel import ScrollPanel

if TYPE_CHECKING:
    from tui.backend import Derivation


class ExplainScreen(Dialog[None]):
    """A panel over the screen whose total it explains.

    Args:
        bill: The cart or the order.
    """

    CSS_PATH = "../styles/explain.tcss"
    BINDINGS = bindings(EXPLAIN)
    commands = EXPLAIN

    def __init__(self, bill: Cart | Order) -> None:
        super().__init__()
        self._bill = bill

    def compose(self) -> ComposeResult:
        panel = ScrollPanel(id="explain", classes="panel")
        panel.border_title = Content(f"How {self._bill.total} comes about")
        panel.border_subtitle = "escape closes"
        with panel:
            yield Derivations(explain(self._bill))
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#explain").focus()


class Derivations(Sheet):
    """What an amount is called and comes to; below, how.

    Args:
        steps: The amounts, in the order in which one follows from the other.
    """

    def __init__(self, steps: tuple[Derivation, ...]) -> None:
        super().__init__()
        self._steps = steps

    def drawn(self, width: int) -> Content:
        amounts = widest(str(step.amount) for step in self._steps)
        rows = []
        for step in self._steps:
            label = left(plain(step.label, "bold"), max(1, width - amounts - GAP))
            rows.append(Content.assemble(label, " " * GAP, right(str(step.amount), amounts)))
            rows.extend(plain(step.how, "$muted").wrap(max(8, width - GAP)))
        return Content("\n").join(rows)
