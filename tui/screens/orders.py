"""What was bought: every order, newest first."""
from __future__ import annotations

from collections.abc import Iterable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker

from tui.backend import Order, Page
from tui.commands import ORDERS, Command, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.followed_order import FollowedOrders
from tui.text import counted
from tui.widgets.order_list import OrderList


class OrdersScreen(FollowedOrders):
    """The history. More of it is read as its end comes near."""

    CSS_PATH = "../styles/orders.tcss"
    BINDINGS = bindings(ORDERS)
    commands = ORDERS
    place = "Orders"

    def __init__(self) -> None:
        super().__init__()
        self._next: str | None = None
        self._reading_on: Worker[None] | None = None

    def body(self) -> ComposeResult:
        with Vertical(id="page"):
            yield Static(id="heading", markup=False)
            yield OrderList(id="orders")
        yield Static(Content.from_markup(
            "You have not bought anything yet.\n\n[@click=app.catalog][$accent]b[/] browse[/]"
            "   [@click=app.cart][$accent]c[/] cart[/]"), id="empty")

    def offers(self, command: Command) -> bool:  # noqa: ARG002 (all need an order)
        return bool(self.query_one(OrderList).orders)

    def on_mount(self) -> None:
        self.query_one("#empty").display = False
        self.query_one(OrderList).focus()

    def followed_orders(self) -> Iterable[Order]:
        return self.query_one(OrderList).orders

    async def show_changed(self, order: Order) -> None:
        shown = self.query_one(OrderList)
        shown.show(tuple(order if known.number == order.number else known for known in shown.orders))

    def shown(self) -> None:
        if self._reading_on is not None:
            self._reading_on.cancel()
        self._read_again()

    @work(group=BEFORE_NEXT_KEY)
    async def _read_again(self) -> None:
        """Read the orders from the newest on, as many as are shown."""
        with self.telling_errors():
            page = await self.backend.history()
            orders = page.items
            while page.next_cursor is not None and len(orders) < len(self.query_one(OrderList).orders):
                page = await self.backend.history(cursor=page.next_cursor)
                orders += page.items
            self._show(orders, page)

    @on(OrderList.NearEnd)
    def _read_on_unless_reading(self) -> None:
        if self._next is not None and (self._reading_on is None or self._reading_on.is_finished):
            self._reading_on = self._read_on(self._next)

    @work
    async def _read_on(self, cursor: str) -> None:
        with self.telling_errors():
            page = await self.backend.history(cursor=cursor)
            self._show((*self.query_one(OrderList).orders, *page.items), page)

    def _show(self, orders: tuple[Order, ...], page: Page[Order]) -> None:
        shown = self.query_one(OrderList)
        self._next = page.next_cursor
        shown.show(orders)
        heading = Content.assemble(("Orders", "bold"), (f"   {counted(page.total, 'order', 'orders')}", "$muted"))
        self.query_one("#heading", Static).update(heading)
        self.query_one("#page").display = bool(page.total)
        self.query_one("#empty").display = not page.total
        self.refresh_bindings()
        if page.total and self.focused is None:  # an empty list was hidden, and lost it
            shown.focus()

    def action_open(self) -> None:
        order = self.query_one(OrderList).order
        if order is not None:
            self._open(order)

    @on(OrderList.OptionSelected)
    def _selected(self, event: OrderList.OptionSelected) -> None:
        self._open(self.query_one(OrderList).orders[event.option_index])

    def _open(self, order: Order) -> None:
        from tui.screens.order import OrderScreen

        if self.app.screen is self:  # a double click opens it once
            self.app.push_screen(OrderScreen(order))

    def action_reorder(self) -> None:
        """Puts what can still be had into the cart, and goes there."""
        from tui.screens.order import buy_again

        order = self.query_one(OrderList).order
        if order is not None:
            buy_again(self, order.number)
