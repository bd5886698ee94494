"""An order on paper: what was bought, how it adds up, where it goes."""
from __future__ import annotations

from contextlib import suppress

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from tui.backend import Order
from tui.text import clean
from tui.widgets.bought import Bought
from tui.widgets.totals import Totals

STATES = {
    "placed": ("● paid", "$success"),
    "fulfilled": ("▶ sent", "$secondary"),
    "cancelled": ("○ cancelled", "$muted"),
    "awaiting_payment": ("◌ waiting for payment", "$warning"),
}
"""An order's status in a word, with a glyph and a color of the theme."""


class OrderPaper(Vertical):
    """Lines, totals and address of one order, as it was."""

    DEFAULT_CSS = """
    OrderPaper {
        height: auto;
        & > .goes-to { height: auto; color: $muted; }
        & > Vertical { height: auto; width: 100%; align-horizontal: right; margin: 1 0; }
    }
    """

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order

    def compose(self) -> ComposeResult:
        yield Bought()
        with Vertical():
            yield Totals()
        yield Static(_goes_to(self._order), classes="goes-to")

    def on_mount(self) -> None:
        with suppress(NoMatches):  # who left meanwhile took all of it along
            self.query_one(Bought).lines = self._order.lines
            self.query_one(Totals).show(self._order)


def paid_with(order: Order) -> str:
    """`paid with Visa ending 4242`."""
    paid = order.payment
    return f"paid with {paid.brand} ending {paid.last4}" if paid.last4 else f"paid with {paid.brand}"


def _goes_to(order: Order) -> Content:
    address = order.address
    if address is None:
        return Content("")
    parts = (address.name, address.street, f"{address.postal_code} {address.city}", address.country)
    return Content("Goes to  " + ", ".join(clean(part) for part in parts))
