"""Checkout: where to, how paid, and once."""
from __future__ import annotations

from uuid import uuid4

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.backend import (
    Address,
    Card,
    Cart,
    EmptyCart,
    IdempotencyMismatch,
    InvalidInput,
    Money,
    Order,
    OutOfStock,
    PaymentDeclined,
    PriceChanged,
    Quote,
    SessionExpired,
    ShopError,
)
from tui.commands import CHECKOUT, FIELD, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.entry import EntryScreen
from tui.text import clean
from tui.widgets.bought import Bought
from tui.widgets.card_fields import CardNumberInput, CvcInput, ExpiryInput
from tui.widgets.field import Field
from tui.widgets.keybar import KeyBar
from tui.widgets.pay_button import PayButton
from tui.widgets.topbar import TopBar
from tui.widgets.totals import Totals

_CHANGES_TOLD = 2
_STEPS = ("Address", "Payment", "Review")
_ADDRESS = {"name": "Name", "street": "Street", "city": "City", "postal-code": "Postal code", "country": "Country"}

Attempt = tuple[Card, Address | None, Money]


class CheckoutScreen(EntryScreen):
    """One page: address, card, review. What is shown as the total is what is charged, or nothing is."""

    CSS_PATH = "../styles/checkout.tcss"
    AUTO_FOCUS = ""  # which field is to be typed into is known once the shop has answered
    BINDINGS = bindings(CHECKOUT)
    commands = (*FIELD, *CHECKOUT)

    def __init__(self) -> None:
        super().__init__()
        self._cart: Cart | None = None
        self._attempt: Attempt | None = None
        self._key = ""
        self._order: Order | None = None

    def body(self) -> ComposeResult:
        number = CardNumberInput()
        entries = {name: Input(id=name) for name in _ADDRESS}
        yield Static(id="breadcrumb")
        with Horizontal(id="page"):
            with VerticalScroll(id="form", can_focus=False):
                with Vertical(id="address"):
                    yield Field("Name", entries["name"])
                    yield Field("Street", entries["street"])
                    with Horizontal(classes="side-by-side"):
                        yield Field("Postal code", entries["postal-code"])
                        yield Field("City", entries["city"])
                    yield Field("Country", entries["country"])
                with Vertical(id="card"):
                    yield Field("Card number", number)
                    with Horizontal(classes="side-by-side"):
                        yield Field("Expiry", ExpiryInput())
                        yield Field("CVC", CvcInput(number))
            with Vertical(id="review", classes="panel") as review:
                review.border_title = "Review"
                with VerticalScroll(id="bought", can_focus=False):
                    yield Bought()
                yield Totals("f4")
                yield PayButton(id="pay", classes="main")
                yield Static(id="notice", markup=False)

    def on_mount(self) -> None:
        self.query_one("#address").display = False
        self.restore_draft()
        self._show_step()
        self._quote()

    @work(group=BEFORE_NEXT_KEY)
    async def _quote(self) -> None:
        with self.telling_errors():
            try:
                quote = await self.backend.quote()
            except EmptyCart as error:
                self._back_to_cart(error.message)
                return
            self._show(quote.cart)
            self._notice(_told(quote))
            try:
                await self._fill_in()
            finally:
                if self.focused is None:  # else the shopper has clicked into a field
                    self._first_to_fill().focus()

    def _show(self, cart: Cart) -> None:
        self._cart = cart
        self.query_one("#address").display = cart.requires_shipping
        self.query_one(Bought).lines = cart.lines
        self.query_one(Totals).show(cart)
        self.query_one(PayButton).amount = str(cart.total)
        self._show_step()

    # Fields

    async def _fill_in(self) -> None:
        """Where the last parcel went, this one may go, too."""
        account = self.shop_app.account
        orders = (await self.backend.history()).items
        last = next((order.address for order in orders if order.address is not None), None)
        known = [last.name, last.street, last.city, last.postal_code, last.country] if last else [
            account.name if account else ""]
        for name, value in zip(_ADDRESS, known, strict=False):
            entry = self._entry(name)
            if not entry.value:  # else it was typed, here or before
                entry.value = clean(value)

    def _entry(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _fields(self) -> list[Field]:
        """The fields to fill, from top to bottom."""
        ships = self._cart is not None and self._cart.requires_shipping
        return [field for field in self.query(Field) if ships or field.entry.id not in _ADDRESS]

    def _first_to_fill(self) -> Input:
        return next((field.entry for field in self._fields() if not field.entry.value), self._entry("card-number"))

    def _problem(self, entry: Input) -> str:
        if isinstance(entry, CardNumberInput | ExpiryInput | CvcInput):
            return entry.problem
        return "" if entry.value.strip() else f"Type the {_ADDRESS[entry.id or ''].lower()}."

    def _field_of(self, entry: Input) -> Field:
        return next(field for field in self.query(Field) if field.entry is entry)

    @on(Input.Blurred)
    def _check(self, event: Input.Blurred) -> None:
        # A field that was only passed through is not wrong yet: paying asks for it.
        if event.input.value:
            self._field_of(event.input).complain(self._problem(event.input))

    @on(Input.Submitted)
    def _to_paying(self) -> None:
        self.query_one(PayButton).focus()

    def on_descendant_focus(self) -> None:
        self._show_step()

    def _show_step(self) -> None:
        ships = self._cart is None or self._cart.requires_shipping
        focused = self.focused.id if self.focused else None
        here = "Address" if focused in _ADDRESS else "Review" if focused == "pay" else "Payment"
        steps = [(step, "$accent bold" if step == here else "$muted") for step in _STEPS[0 if ships else 1:]]
        self.query_one("#breadcrumb", Static).update(Content.styled(" › ", "$muted").join(
            Content.styled(*step) for step in steps))

    # Paying

    @on(Button.Pressed, "#pay")
    def action_pay(self) -> None:
        """Pays what is shown, once; first every field must be right."""
        if self.under_way:
            return
        if self._cart is None:
            self._quote()  # it failed before
            return
        wrong = [field for field in self._fields() if self._problem(field.entry)]
        for field in wrong:
            field.complain(self._problem(field.entry))
        if wrong:
            wrong[0].entry.focus()
            return
        attempt = (self._card(), self._address(), self._cart.total)
        if attempt != self._attempt:
            self._attempt, self._key = attempt, uuid4().hex
        self._set_paying(True)
        self.run_to_end(self._pay(attempt, self._key))

    async def _pay(self, attempt: Attempt, key: str) -> None:
        card, address, total = attempt
        try:
            self._order = order = await self.backend.place(card, expected_total=total, key=key, address=address)
        except ShopError as error:
            if self.is_left:
                self._tell_elsewhere(error)
            if not self.is_gone:
                await self._explain(error)
            return
        self.drop_draft()
        with self.telling_errors():
            self.shop_app.cart = await self.backend.cart()
        if self.come_to_front():
            self._show_receipt(order)
        else:
            self.shop_app.tell(f"We have your order {order.number}. Press o to see it.")

    def _tell_elsewhere(self, error: ShopError) -> None:
        if isinstance(error, PaymentDeclined):
            reason = f"Payment failed. {error.reason} Your cart is unchanged."
            self.shop_app.tell(reason, severity="error")
        else:
            self.tell_error(error)

    async def _explain(self, error: ShopError) -> None:
        if isinstance(error, PriceChanged):
            await self._show_new_price(error.total)
            return
        self._set_paying(False)
        match error:
            case PaymentDeclined():
                self._attempt = None
                self._field_of(self._entry("card-number")).complain(error.reason)
                self._notice("Not paid. Your cart is as it was.")
                self._entry("card-number").focus()
            case OutOfStock() | EmptyCart():
                with self.telling_errors():
                    self.shop_app.cart = await self.backend.cart()
                self._back_to_cart(error.message)
            case InvalidInput():
                self._tell_fields(error)
            case SessionExpired():
                self.tell_error(error)
            case _:
                if isinstance(error, IdempotencyMismatch):
                    self._attempt = None
                self._notice(error.message)
                self.query_one(PayButton).focus()

    async def _show_new_price(self, total: Money) -> None:
        was = self._cart.total if self._cart else total
        try:
            quote = await self.backend.quote()
        except ShopError as refused:
            self.tell_error(refused)
            quote = None
        if self.is_gone:
            return
        self._set_paying(False)
        if quote is not None:
            self.shop_app.cart = quote.cart
            self._show(quote.cart)
            self._notice(f"The total was {was} and is {quote.total} now. Pay again to accept it.\n{_told(quote)}")
            self.query_one(PayButton).focus()

    def _tell_fields(self, error: InvalidInput) -> None:
        by_id = {name.removeprefix("address.").replace("_", "-"): problem for name, problem in error.fields.items()}
        told = [field for field in self._fields() if field.entry.id in by_id]
        for field in told:
            field.complain(by_id[field.entry.id or ""])
        if told:
            told[0].entry.focus()
        else:
            self._notice(error.message)

    def _card(self) -> Card:
        expiry = self.query_one(ExpiryInput)
        return Card(self._entry("card-number").value, expiry.month, expiry.year, self._entry("cvc").value)

    def _address(self) -> Address | None:
        if self._cart is None or not self._cart.requires_shipping:
            return None
        typed = {name: self._entry(name).value.strip() for name in _ADDRESS}
        return Address(typed["name"], typed["street"], typed["city"], typed["postal-code"], typed["country"])

    def _set_paying(self, paying: bool) -> None:
        self.under_way = paying
        self.query_one(PayButton).paying = paying
        if paying:
            self._notice("")
        for part in (self.query_one("#form"), self.query_one(TopBar), self.query_one(KeyBar)):
            part.disabled = paying

    def on_key(self, event: events.Key) -> None:
        """While paying, keys do nothing; escape explains."""
        if not self.under_way:
            return
        event.stop()
        if event.key == "escape":
            self._notice("The payment is on its way and cannot be called back. It takes a moment.")

    def _notice(self, text: str) -> None:
        notice = self.query_one("#notice", Static)
        notice.update(Content("\n".join(clean(line) for line in text.splitlines())))
        self.query_one("#review").set_class(bool(text), "-told")

    def action_explain(self) -> None:
        """Shows how the total comes about."""
        if self._cart is not None:
            self.shop_app.explain(self._cart)

    # Leaving

    def action_leave(self) -> None:
        """One step back. The address is kept for when the shopper comes again."""
        self.dismiss()

    def shown(self) -> None:
        if self._order is not None:  # it was left before the answer came
            self._show_receipt(self._order)

    def _show_receipt(self, order: Order) -> None:
        from tui.screens.receipt import ReceiptScreen

        self.app.switch_screen(ReceiptScreen(order))

    def _back_to_cart(self, why: str) -> None:
        from tui.screens.cart import CartScreen

        self.shop_app.tell(why, severity="warning")
        if self.come_to_front():
            self.app.pop_screen()
            self.shop_app.go(CartScreen)


def _told(quote: Quote) -> str:
    """The first of what changed: the total and the button must stay in sight."""
    more = len(quote.changes) - _CHANGES_TOLD
    return "\n".join([*quote.changes[:_CHANGES_TOLD], *([f"… and {more} more"] if more > 0 else [])])
