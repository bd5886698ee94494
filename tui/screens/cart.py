"""The cart: what is in it, how many, and what it comes to."""
from __future__ import annotations

import asyncio
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui.backend import Cart, CartLine, OutOfStock, ShopError
from tui.commands import CART, Command, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.base import ShopScreen
from tui.text import counted
from tui.widgets.cart_lines import CartLines
from tui.widgets.totals import Totals

_BLOCKING = {"sold_out", "unavailable"}
_AROUND_LINES = 13
"""Rows of the screen that lines cannot have: the bars, the heading, the totals and the button."""


class CartScreen(ShopScreen):
    """The cart. Quantities change on the screen at once; the shop is told the latest, and its answer is the truth."""

    CSS_PATH = "../styles/cart.tcss"
    BINDINGS = bindings(CART)
    commands = CART

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[int, int] = {}
        self._telling: set[int] = set()
        self._all_told = asyncio.Event()
        self._all_told.set()
        self._removed: list[CartLine] = []

    def body(self) -> ComposeResult:
        with Vertical(id="page"):
            yield Static(id="heading", markup=False)
            yield CartLines(id="lines", markup=False)
            with Vertical(id="sums"):
                yield Totals()
                yield Button("Check out", id="checkout", classes="main")
        yield Static(_empty(), id="empty")

    def offers(self, command: Command) -> bool:
        return bool(self._removed) if command.id == "cart.undo" else bool(self._truth())

    def on_mount(self) -> None:
        self.query_one(CartLines).focus()
        self.watch(self.app, "cart", self._show)

    def on_resize(self) -> None:
        self.query_one(CartLines).styles.max_height = max(3, self.size.height - _AROUND_LINES)

    def shown(self) -> None:
        self._refresh()

    @work
    async def _refresh(self) -> None:
        with self.telling_errors():
            cart = await self.backend.cart()
            if cart is not None:
                self.shop_app.take_cart(cart)
            self._show(self.shop_app.cart)

    # What is shown

    def _show(self, cart: Cart | None) -> None:
        lines = tuple(self._as_wanted(line) for line in cart.lines) if cart else ()
        self.query_one(CartLines).lines = lines
        self.query_one("#page").display = bool(lines)
        self.query_one("#empty").display = not lines
        self.refresh_bindings()
        if cart is None or not lines:
            return
        if self.focused is None:
            self.query_one(CartLines).focus()
        things = counted(sum(line.quantity for line in lines), "thing", "things")
        aside = f"   {things} · {counted(len(lines), 'line', 'lines')}"
        self.query_one("#heading", Static).update(Content.assemble(("Cart", "bold"), (aside, "$muted")))
        self.query_one(Totals).show(cart)
        self.query_one("#checkout", Button).label = Content(f"Check out   {cart.total}")

    def _as_wanted(self, line: CartLine) -> CartLine:
        quantity = self._wanted.get(line.variant_id, line.quantity)
        return replace(line, quantity=quantity, total=line.unit_price * quantity)

    # Quantities

    def action_more(self) -> None:
        self._step_current(1)

    def action_fewer(self) -> None:
        self._step_current(-1)

    def _step_current(self, steps: int) -> None:
        line = self.query_one(CartLines).line
        if line is not None:
            self.action_step(line.variant_id, steps)

    def action_step(self, variant_id: int, steps: int) -> None:
        """So many more, or fewer, of a line; never none: that is what removing is for."""
        line = self._line(variant_id)
        if line is None:
            return
        quantity = line.quantity + steps
        if quantity < 1:
            self.shop_app.tell("One is the least. delete takes it out.")
            return
        self._wanted[variant_id] = quantity
        self._show(self.shop_app.cart)
        if variant_id not in self._telling:
            self._telling.add(variant_id)
            self._all_told.clear()
            self.run_to_end(self._tell_shop(variant_id))

    async def _tell_shop(self, variant_id: int) -> None:
        """Tells the shop the quantity until it knows the latest one."""
        cart: Cart | None = None
        try:
            told = 0
            while (quantity := self._wanted.get(variant_id, told)) != told:
                told = quantity
                cart = await self._set_quantity(variant_id, told)
        except ShopError as error:
            self.tell_error(error)
            cart = await self.backend.cart_if_any()
        finally:
            self._wanted.pop(variant_id, None)
            self._telling.discard(variant_id)
            if not self._telling:
                self._all_told.set()
        if cart is not None:
            self.shop_app.take_cart(cart)
        if not self.is_gone:
            self._show(self.shop_app.cart)

    async def _set_quantity(self, variant_id: int, quantity: int) -> Cart | None:
        """The cart, or nothing where fewer can be had: then that many are wanted from here on."""
        try:
            return await self.backend.set_quantity(variant_id, quantity)
        except OutOfStock as error:
            before = next((line.quantity for line in self._truth() if line.variant_id == variant_id), 0)
            if not before < error.available < quantity:
                raise
            self.shop_app.tell(error.message, severity="warning")
            self._wanted[variant_id] = error.available
            return None

    # Taking out, putting back

    def action_remove(self) -> None:
        line = self.query_one(CartLines).line
        if line is not None:
            self.action_remove_line(line.variant_id)

    def action_remove_line(self, variant_id: int) -> None:
        """Takes a line out; `undo` puts it back."""
        line = self._line(variant_id)
        if line is not None:
            self._wanted.pop(variant_id, None)
            self.run_to_end(self._remove(line), before_next_key=True)

    async def _remove(self, line: CartLine) -> None:
        with self.telling_errors():
            self.shop_app.take_cart(await self.backend.remove(line.variant_id))
            if line not in self._removed:
                self._removed.append(line)
                self.refresh_bindings()
                self.shop_app.tell(f"{line.title} is out of your cart. u puts it back.")

    def action_undo(self) -> None:
        if self._removed:
            self.run_to_end(self._put_back(self._removed.pop()), before_next_key=True)
        else:
            self.shop_app.tell("There is nothing to put back.")

    async def _put_back(self, line: CartLine) -> None:
        try:
            self.shop_app.take_cart(await self._add_what_there_is(line))
        except ShopError as error:
            self._removed.append(line)  # it can be tried again
            self.tell_error(error)
        self.refresh_bindings()

    async def _add_what_there_is(self, line: CartLine) -> Cart:
        try:
            return await self.backend.add(line.variant_id, line.quantity)
        except OutOfStock as error:
            if not error.available:
                raise
            self.shop_app.tell(error.message, severity="warning")
            return await self.backend.add(line.variant_id, error.available)

    # Going on

    def action_explain(self) -> None:
        """Shows how the total comes about."""
        if self.shop_app.cart is not None:
            self.shop_app.explain(self.shop_app.cart)

    def action_open(self) -> None:
        line = self.query_one(CartLines).line
        if line is not None:
            self.shop_app.open_product(line.handle)

    @on(CartLines.OptionSelected)
    @on(Button.Pressed, "#checkout")
    def action_check_out(self) -> None:
        """Over to paying; a guest signs in first."""
        lines = self._truth()
        if not lines:
            return
        for index, line in enumerate(lines):
            if any(warning.code in _BLOCKING for warning in line.warnings):
                self.query_one(CartLines).highlighted = index
                self.shop_app.tell("Take out what cannot be had first: delete does.", severity="warning")
                return
        self._check_out()

    @work(group=BEFORE_NEXT_KEY)
    async def _check_out(self) -> None:
        from tui.screens.checkout import CheckoutScreen

        await self._all_told.wait()  # not for a worker: that would be cancelled if this screen is left
        if self.app.screen is self:
            self.shop_app.signed_in(lambda: self.shop_app.go(CheckoutScreen))

    def _truth(self) -> tuple[CartLine, ...]:
        cart = self.shop_app.cart
        return cart.lines if cart else ()

    def _line(self, variant_id: int) -> CartLine | None:
        """A line as it is shown."""
        return next((each for each in self.query_one(CartLines).lines if each.variant_id == variant_id), None)


def _empty() -> Content:
    keys = "[@click=app.catalog][$accent]b[/] browse[/]   [@click=app.orders][$accent]o[/] orders[/]"
    return Content.from_markup(f"Your cart is empty.\n\n{keys}")
