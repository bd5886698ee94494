"""The receipt: thank you, and what was paid."""
from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.backend import Order
from tui.commands import RECEIPT, bindings
from tui.screens.followed_order import FollowedOrders
from tui.screens.save_receipt import save_receipt
from tui.text import clean, when
from tui.widgets.paper import OrderPaper, how_paid, money_news

_HAILS = {"awaiting_payment": "We have your order", "cancelled": "Payment failed"}


class ReceiptScreen(FollowedOrders):
    """What a shopper gets for their money.

    Args:
        order: The order as checkout gave it.
    """

    CSS_PATH = "../styles/receipt.tcss"
    BINDINGS = bindings(RECEIPT)
    commands = RECEIPT

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order

    def body(self) -> ComposeResult:
        with VerticalScroll(id="receipt"):
            yield Static(self._thanks(), id="thanks")
            yield OrderPaper(self._order)
            yield Static(self._onward(), id="onward")

    def followed_orders(self) -> Iterable[Order]:
        return (self._order,)

    async def show_changed(self, order: Order) -> None:
        self._order = order
        self.query_one("#thanks", Static).update(self._thanks())
        self.query_one("#onward", Static).update(self._onward())

    def action_explain(self) -> None:
        """Shows how the total comes about."""
        self.shop_app.explain(self._order)

    def action_save(self) -> None:
        """Writes the receipt into a file."""
        save_receipt(self, self._order)

    def on_mount(self) -> None:
        self.query_one("#receipt").focus()

    def _thanks(self) -> Content:
        order = self._order
        account = self.shop_app.account
        name = clean(account.name) if account else ""
        hail = _HAILS.get(order.status, "Thank you")
        news = money_news(order)
        return Content.assemble(
            (f"{hail}, {name}." if name else f"{hail}.", "bold"), "\n",
            ("Order ", "$muted"), (order.number, "$accent bold"),
            (f" · {when(order.placed_at)} · {how_paid(order)}", "$muted"),
            "\n\n" if news.plain else "", news,
        )

    def _onward(self) -> Content:
        save = "[@click=screen.save][$accent]s[/] save receipt[/]    " if self._order.digest else ""
        return Content.from_markup(f"{save}[@click=app.orders][$accent]o[/] all orders[/]"
                                   "    [@click=app.catalog][$accent]b[/] keep browsing[/]")
