"""The one module that calls services: off the event loop, one write after the other.

Screens import the shop's words from here, and nothing else of it.
"""
from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from shopkeeper import (
    Account,
    Address,
    AuthenticationFailed,
    BrowsePage,
    Card,
    Cart,
    CartLine,
    Category,
    Choice,
    EmailTaken,
    EmptyCart,
    Facet,
    FacetValue,
    IdempotencyMismatch,
    InvalidInput,
    LoginRequired,
    Money,
    NotFound,
    Option,
    Order,
    OrderLine,
    OutOfStock,
    Page,
    PaymentDeclined,
    PriceChanged,
    Product,
    ProductCard,
    Query,
    Quote,
    Session,
    SessionExpired,
    SessionInfo,
    ShopError,
    Sort,
    TooManyAttempts,
    Variant,
    brand,
    cvc_problem,
    data_folder,
    expiry_problem,
    number_problem,
    state_folder,
)
from shopkeeper.money import percentage
from shopkeeper.text import unaccented, visible
from tui.shared_session import SharedSession
from tui.state import TerminalState

if TYPE_CHECKING:
    from shopkeeper import Derivation as Derivation
    from shopkeeper import Shop as Shop
    from shopkeeper.crash import Report as Report

__all__ = [
    "Account", "Address", "AuthenticationFailed", "Backend", "BrowsePage", "Card", "Cart", "CartLine", "Category",
    "Choice", "EmailTaken", "EmptyCart", "Facet", "FacetValue", "IdempotencyMismatch", "InvalidInput", "LoginRequired",
    "Money", "NotFound", "Option", "Order", "OrderLine", "OutOfStock", "Page", "PaymentDeclined", "PriceChanged",
    "Product", "ProductCard", "Query", "Quote", "SessionExpired", "SessionInfo", "ShopError", "Sort",
    "TooManyAttempts", "Variant", "brand", "cvc_problem", "data_folder", "expiry_problem", "explain", "number_problem",
    "percentage", "report_crash", "unaccented", "visible",
]


def explain(bill: Cart | Order) -> tuple[Derivation, ...]:
    """How a total comes about."""
    from shopkeeper import explain

    return explain(bill)


def report_crash(error: BaseException, actions: Iterable[str]) -> Report:
    """Writes a report of what broke the app, and what was done before."""
    from shopkeeper.crash import report

    return report(error, actions)


P = ParamSpec("P")
T = TypeVar("T")


class Backend:
    """The shop as the screens see it: every verb is awaited, and raises the `ShopError`s of the service.

    Args:
        shop: An open shop, or what opens one.
        folder: Where this terminal's state is kept; none: the user's own folder.
        on_busy: Told how many calls are under way, whenever that changes.
    """

    def __init__(
        self, shop: Shop | Callable[[], Shop], folder: Path | None = None, on_busy: Callable[[int], None] | None = None
    ) -> None:
        self._given = shop
        self._shop: Shop | None = None
        self._shared: SharedSession | None = None
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="shop")
        self._writing = asyncio.Lock()
        self._under_way = 0
        self._changes: int | None = None
        self._leaving = threading.Event()
        self._on_busy = on_busy or (lambda _count: None)
        self.state = TerminalState(folder or state_folder())

    @property
    def shop(self) -> Shop:
        """The open shop."""
        assert self._shop is not None, "screens call services only after `open`"
        return self._shop

    @property
    def account(self) -> Account | None:
        """Who is logged in."""
        return self._session.account if self._session else None

    @property
    def _session(self) -> Session | None:
        return self._shared.now if self._shared else None

    async def open(self) -> None:
        """Opens the shop and brings back the session."""
        await self._call(self._open)

    async def shop_name(self) -> str:
        """What the shop is called."""
        return await self._call(lambda: self.shop.settings.name)

    def has_changed(self) -> bool:
        """Whether anything in the shop is another than when this was asked last, whoever changed it.

        This one is not awaited: it takes microseconds, and waits for nobody.
        """
        if self._leaving.is_set():
            return False
        before, self._changes = self._changes, self.shop.changes()
        return self._changes != before

    def close(self) -> None:
        """Closes the shop, if it was opened here."""
        self._leaving.set()
        self._threads.shutdown(wait=True)
        if self._shop is not None:
            self._shop.stop_reconciling()
        if self._shop is not None and callable(self._given):
            self._shop.close()

    async def back_up_daily(self) -> None:
        """Makes the daily backup of a shop that was opened here, if one is due. Leaving does not wait for it."""
        if callable(self._given):
            make = partial(self.shop.upkeep.daily_backup, stop=self._leaving.is_set)
            await asyncio.get_running_loop().run_in_executor(self._threads, make)

    # What is sold

    async def browse(self, query: Query, *, limit: int, start: int = 0, around: int | None = None) -> BrowsePage:
        """One page of what matches: the one that has the product `around`, else the one from position `start` on."""
        return await self._call(self.shop.catalog.browse, query, limit=limit, start=start, around=around)

    def is_preparing(self) -> bool:
        """Whether the shop is making its search index. This one is not awaited either."""
        return not self._leaving.is_set() and self.shop.catalog.is_preparing()

    async def product(self, handle: str) -> Product:
        """A product with all its variants."""
        return await self._call(self.shop.catalog.product, handle)

    async def currency(self) -> str:
        """The shop's currency."""
        return await self._call(lambda: self.shop.settings.currency)

    # Who is shopping

    async def register(self, email: str, password: str, *, name: str) -> Account:
        """Makes an account, logged in; a guest's cart comes along."""
        return await self._sign_in(partial(self.shop.accounts.register, email, password, name=name))

    async def login(self, email: str, password: str) -> Account:
        """Logs in; a guest's cart comes along."""
        return await self._sign_in(partial(self.shop.accounts.login, email, password))

    async def logout(self) -> None:
        """Ends the session. The cart stays with the account."""
        await self._write(self._sharing.end)

    def password_problem(self, password: str, *, email: str, name: str) -> str:
        """What is wrong with a password, or an empty string. Call it from a thread: it takes a moment."""
        return self.shop.accounts.password_problem(password, email=email, name=name)

    # An account of one's own

    async def sessions(self) -> tuple[SessionInfo, ...]:
        """Where the account is logged in, the last used first."""
        return await self._call(lambda: self.shop.accounts.sessions(self._or_guest()))

    async def end_session(self, session_id: str) -> None:
        """Ends one of the account's other sessions."""
        await self._write(lambda: self.shop.accounts.end_session(self._or_guest(), session_id))

    async def logout_everywhere(self) -> None:
        """Ends all sessions of the account."""
        await self._write(lambda: self._sharing.end_by(self.shop.accounts.logout_everywhere))

    async def change_password(self, current: str, new: str) -> None:
        """Another password. The account's other sessions end."""
        await self._write(
            lambda: self._sharing.renew_by(lambda session: self.shop.accounts.change_password(session, current, new)))

    async def change_details(self, *, name: str, email: str, password: str) -> Account:
        """Another name or email; the password is needed for another email."""
        return await self._write(
            lambda: self.shop.accounts.change_details(self._or_guest(), name=name, email=email, password=password))

    async def save_my_data(self, path: Path) -> None:
        """Writes all that the shop keeps of the account into a file that nobody else can read."""
        await self._call(lambda: self.shop.privacy.export_to(self._or_guest(), path))

    async def delete_account(self, password: str) -> None:
        """Deletes the account. Its orders stay, made anonymous."""
        await self._write(
            lambda: self._sharing.end_by(lambda session: self.shop.privacy.delete_account(session, password)))

    # The cart

    async def cart(self) -> Cart | None:
        """The cart; `None` for a guest who never put anything in.

        Whose session ended or began while it was read gets the cart of the one there is now.
        """
        while (session := self._session) is not None:
            cart = await self._call(lambda: self.shop.cart.view(self._or_guest()))
            if self._session is session:
                return cart
        return None

    async def cart_if_any(self) -> Cart | None:
        """The cart, if there is one to be seen. What is wrong is found out, and told, by whoever asks for something."""
        session = self._session
        if session is None:
            return None
        try:
            cart = await asyncio.get_running_loop().run_in_executor(self._threads, self.shop.cart.view, session)
        except ShopError:
            return None
        return cart if self._session is session else None

    async def add(self, variant_id: int, quantity: int = 1) -> Cart:
        """Adds to the cart."""
        return await self._write(lambda: self.shop.cart.add(self._or_guest(), variant_id, quantity))

    async def set_quantity(self, variant_id: int, quantity: int) -> Cart:
        """Sets how many of a line."""
        return await self._write(lambda: self.shop.cart.set_quantity(self._or_guest(), variant_id, quantity))

    async def remove(self, variant_id: int) -> Cart:
        """Takes a line out."""
        return await self._write(lambda: self.shop.cart.remove(self._or_guest(), variant_id))

    async def clear(self) -> Cart:
        """Empties the cart."""
        return await self._write(lambda: self.shop.cart.clear(self._or_guest()))

    # Checkout and orders

    async def quote(self) -> Quote:
        """The cart as it would be charged now."""
        return await self._call(lambda: self.shop.checkout.quote(self._or_guest()))

    async def place(self, card: Card, *, expected_total: Money, key: str, address: Address | None) -> Order:
        """Pays. `key` is the idempotency key of this attempt."""
        return await self._write(
            lambda: self.shop.checkout.place(
                self._or_guest(), card, expected_total=expected_total, idempotency_key=key, address=address
            )
        )

    async def history(self, *, cursor: str | None = None) -> Page[Order]:
        """One page of orders, newest first."""
        return await self._call(lambda: self.shop.orders.history(self._or_guest(), cursor=cursor))

    async def order(self, number: str) -> Order:
        """One order as it was."""
        return await self._call(lambda: self.shop.orders.get(self._or_guest(), number))

    async def order_if_any(self, number: str) -> Order | None:
        """One order, if it can be read now. What is wrong is found out, and told, by whoever asks for something."""
        session = self._session
        if session is None:
            return None
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self.shop.orders.get, session, number)
        except ShopError:
            return None

    async def cancel(self, number: str) -> Order:
        """Cancels an order and gives the money back."""
        return await self._write(lambda: self.shop.orders.cancel(self._or_guest(), number))

    async def save_receipt(self, number: str, path: Path) -> None:
        """Writes an order's receipt into a file."""
        await self._call(lambda: self.shop.orders.save_receipt(self._or_guest(), number, path))

    async def reorder(self, number: str) -> Cart:
        """Puts into the cart what can still be had of an order."""
        return await self._write(lambda: self.shop.orders.reorder(self._or_guest(), number))

    # How

    async def in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does anything slow that is not a service call, off the event loop."""
        return await self._call(work, *args, **kwargs)

    async def _call(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        self._count(1)
        try:
            return await loop.run_in_executor(self._threads, self._within, partial(verb, *args, **kwargs))
        finally:
            self._count(-1)

    async def _write(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        # In the order the keys were pressed; and shielded, for a write that began is not undone by leaving a screen.
        async with self._writing:
            writing = asyncio.ensure_future(self._call(verb, *args, **kwargs))
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                writing.add_done_callback(_tell_unheard)
                raise

    async def _sign_in(self, verb: Callable[..., Session]) -> Account:
        def sign_in() -> Account:
            session = verb(guest=self._session)
            self._sharing.keep(session)
            assert session.account is not None  # a sign-in is into an account
            return session.account

        return await self._write(sign_in)

    def _open(self) -> None:
        self._shop = self._given() if callable(self._given) else self._given
        self._shared = SharedSession(self._shop, self.state)
        if self.state.has_tokens:
            self._shared.resume()
        self._shop.start_reconciling()

    @property
    def _sharing(self) -> SharedSession:
        assert self._shared is not None, "screens call services only after `open`"
        return self._shared

    def _within(self, verb: Callable[[], T]) -> T:
        return self._shared.within(verb) if self._shared else verb()

    def _or_guest(self) -> Session:
        return self._sharing.or_guest()

    def _count(self, change: int) -> None:
        self._under_way += change
        self._on_busy(self._under_way)


def _tell_unheard(done: asyncio.Future[T]) -> None:
    """Nobody waits for this write any more: that it was refused is of no interest, that it is broken is."""
    error = None if done.cancelled() else done.exception()
    if error is not None and not isinstance(error, ShopError):
        done.get_loop().call_exception_handler({"message": "A write broke.", "exception": error})
