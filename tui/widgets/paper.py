"""An order on paper: what was bought, how it adds up, where it goes."""
from __future__ import annotations

from contextlib import suppress

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from tui.backend import Order
from tui.text import clean, plain, when
from tui.widgets.bought import Bought
from tui.widgets.totals import Totals

STATES = {
    "placed": ("● paid", "$success"),
    "fulfilled": ("▶ sent", "$secondary"),
    "cancelled": ("○ cancelled", "$muted"),
    "awaiting_payment": ("◌ waiting for payment", "$warning"),
}
"""An order's status in a word, with a glyph and a color of the theme."""


_UPDATES = "This page updates by itself."

_NOT_PAID = ("○ not paid", "$muted")


def state_of(order: Order) -> tuple[str, str]:
    """What an order has come to, as in `STATES`."""
    return _NOT_PAID if order.status == "cancelled" and order.payment.state == "declined" else STATES[order.status]


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


def how_paid(order: Order) -> str:
    """`paid with Visa ending 4242`, `refunded to Visa ending 4242`, `not paid`."""
    if order.status == "awaiting_payment":
        return "not paid yet"
    if order.payment.state != "succeeded":
        return "not paid"
    return paid_with(order).replace("paid with", "refunded to") if order.status == "cancelled" else paid_with(order)


def money_news(order: Order) -> Content:
    """What became of the money, and of the parcel, where there is more to say than that it is paid."""
    style = "$warning" if order.status == "awaiting_payment" or order.payment.refunding else "$muted"
    return plain(_news(order), style)


def _news(order: Order) -> str:
    paid = order.payment
    if order.status == "awaiting_payment":
        return f"We are still waiting for the portal's answer; you will not be charged twice.\n{_UPDATES}"
    if paid.refunding:
        return f"Your refund of {paid.amount} is under way.\n{_UPDATES}"
    if order.status == "cancelled" and paid.state == "declined":
        refund = f" It was charged late all the same, and {paid.refunded} was refunded." if paid.refunded else ""
        not_charged = "" if "not charged" in paid.reason or refund else " Your card was not charged."
        return f"Payment failed. {paid.reason}{not_charged}{refund}"
    if order.status == "cancelled":
        day = f" {when(order.cancelled_at)}" if order.cancelled_at else ""
        return f"Cancelled{day}. {paid.refunded} was refunded."
    return f"Sent {when(order.fulfilled_at)}." if order.fulfilled_at else ""


def _goes_to(order: Order) -> Content:
    address = order.address
    if address is None:
        return Content("")
    parts = (address.name, address.street, f"{address.postal_code} {address.city}", address.country)
    return Content("Goes to  " + ", ".join(clean(part) for part in parts))
