"""One order, as it was when bought."""
from __future__ import annotations

from collections.abc import Iterable

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.backend import Order
from tui.commands import ORDER, Command, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.base import ShopScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.followed_order import FollowedOrders
from tui.screens.save_receipt import save_receipt
from tui.text import when
from tui.widgets.paper import OrderPaper, how_paid, money_news, state_of


class OrderScreen(FollowedOrders):
    """An order to look at, buy again or cancel.

    Args:
        order: The order, or its number.
    """

    CSS_PATH = "../styles/order.tcss"
    BINDINGS = bindings(ORDER)
    commands = ORDER
    place = "Orders"

    def __init__(self, order: Order | str) -> None:
        super().__init__()
        self._number = order if isinstance(order, str) else order.number
        self._order = None if isinstance(order, str) else order

    def body(self) -> ComposeResult:
        yield VerticalScroll(id="order")

    def on_mount(self) -> None:
        self.query_one("#order").focus()
        if self._order is not None:
            self._show(self._order)
        self._read()

    def followed_orders(self) -> Iterable[Order]:
        return () if self._order is None else (self._order,)

    async def show_changed(self, order: Order) -> None:
        self._show(order)

    @work(group=BEFORE_NEXT_KEY)
    async def _read(self) -> None:
        with self.telling_errors():
            order = await self.backend.order(self._number)
            if order != self._order:
                self._show(order)

    def _show(self, order: Order) -> None:
        self._order = order
        self.refresh_bindings()
        self._lay_out(order)

    @work(exclusive=True, group="show")
    async def _lay_out(self, order: Order) -> None:
        page = self.query_one("#order")
        async with self.batch():
            await page.remove_children()
            await page.mount(Static(_head(order), id="head"), *_news(order), OrderPaper(order),
                             Static(_next(order), id="onward"))

    def offers(self, command: Command) -> bool:
        return self._order is None or command.id in _possible(self._order)

    def action_reorder(self) -> None:
        """Puts what can still be had into the cart, and goes there."""
        buy_again(self, self._number)

    def action_explain(self) -> None:
        """Shows how the total comes about."""
        if self._order is not None:
            self.shop_app.explain(self._order)
        else:
            self._read()  # it failed before

    def action_save(self) -> None:
        """Writes the receipt into a file."""
        if self._order is not None:
            save_receipt(self, self._order)
        else:
            self._read()

    def action_cancel(self) -> None:
        """Cancels, once asked again."""
        if self._order is None or self._order.status != "placed":
            self.shop_app.tell("Only an order that is paid and not yet sent can be cancelled.", severity="warning")
            return
        question = f"Cancel order {self._number} and get the money back?"
        self.app.push_screen(ConfirmScreen(question, yes="Cancel the order", no="Keep it"), self._cancel_if)

    def _cancel_if(self, sure: bool | None) -> None:
        if sure:
            self.run_to_end(self._cancel())

    async def _cancel(self) -> None:
        with self.telling_errors():
            order = await self.backend.cancel(self._number)
            if not self.is_gone:
                self._show(order)
            self.shop_app.tell(f"Order {order.number} is cancelled; {order.total} goes back to your card.")


def buy_again(screen: ShopScreen, number: str) -> None:
    """Puts what can still be had of an order into the cart, shows the cart, and says what could not be had."""
    screen.run_to_end(_buy_again(screen, number), before_next_key=True)


async def _buy_again(screen: ShopScreen, number: str) -> None:
    from tui.screens.cart import CartScreen

    with screen.telling_errors():
        cart = await screen.backend.reorder(number)
        missing = [warning.message for warning in cart.warnings if warning.code == "not_added"]
        screen.shop_app.cart = cart
        for message in missing:
            screen.shop_app.tell(message, severity="warning")
        if not missing:
            screen.shop_app.tell(f"What you bought with {number} is in your cart again.")
        if screen.come_to_front():
            screen.shop_app.go(CartScreen)


def _head(order: Order) -> Content:
    return Content.assemble(
        ("Order ", "$muted"), (order.number, "bold"), "   ", state_of(order), "\n",
        (f"{when(order.placed_at)} · {how_paid(order)}", "$muted"),
    )


def _news(order: Order) -> Iterable[Static]:
    news = money_news(order)
    return (Static(news, id="news"),) if news.plain else ()


def _possible(order: Order) -> set[str]:
    """The ids of the commands that this order allows."""
    impossible = {"order.save": not order.digest, "order.cancel": order.status != "placed"}
    return {each.id for each in ORDER if not impossible.get(each.id)}


def _next(order: Order) -> Content:
    ways = [("order.reorder", "[@click=screen.reorder][$accent]r[/] buy again[/]"),
            ("order.save", "[@click=screen.save][$accent]s[/] save receipt[/]"),
            ("order.cancel", "[@click=screen.cancel][$accent]x[/] cancel[/]")]
    return Content.from_markup("    ".join(text for id_, text in ways if id_ in _possible(order)))
