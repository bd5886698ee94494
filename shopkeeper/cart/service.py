"""Carts: what shoppers put in, take out, and bring along when they sign in."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete

from shopkeeper.accounts.model import Session
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.lines import LINE_LIMIT, Line, most
from shopkeeper.cart.model import Cart, CartWarning, Wish
from shopkeeper.cart.open_cart import OpenCart
from shopkeeper.cart.tables import cart
from shopkeeper.catalog.model import Sellable, called
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import CartChanged, InvalidInput, NotFound, OutOfStock
from shopkeeper.settings import Settings


class Carts:
    """The one open cart of each shopper, guest or account. It is made when first needed."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, accounts: Accounts) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._accounts = accounts

    def view(self, session: Session) -> Cart:
        """The cart as it is now. Raises SessionExpired."""
        with self._database.read() as connection:
            return self.read(connection, self._accounts.shopper(connection, session).id)

    def add(self, session: Session, variant_id: int, quantity: int = 1, *, if_version: int | None = None) -> Cart:
        """The cart with so many more of a variant. `if_version` is the version that the caller saw, if that matters.

        Raises:
            CartChanged: It is another by now.
            NotFound: There is no such variant for sale.
            InvalidInput: Not 1 to 999 a line.
            OutOfStock: There are fewer; `available` is how many there are.
        """
        if quantity < 1:
            raise InvalidInput(fields={"quantity": "Add 1 or more."})

        def more(mine: OpenCart) -> None:
            before = mine.lines.get(variant_id)
            in_cart = before.quantity if before else 0
            _check_limits(_for_sale(mine, variant_id), in_cart + quantity, in_cart)
            _put(mine, variant_id, in_cart + quantity)

        return self._changed(session, more, if_version)

    def set_quantity(self, session: Session, variant_id: int, quantity: int, *,
                     if_version: int | None = None) -> Cart:
        """The cart with exactly so many of a variant that is in it; 0 removes it.

        Fewer than before are taken even where stock is shorter still: the line keeps its warning. `if_version` is as
        in `add`.

        Raises:
            CartChanged: It is another by now.
            NotFound: It is not in the cart, or no longer for sale and more of it are wanted.
            InvalidInput: Not 0 to 999.
            OutOfStock: There are fewer; `available` is how many there are.
        """
        if quantity < 0:
            raise InvalidInput(fields={"quantity": "Take 0 or more."})
        if quantity == 0:
            return self.remove(session, variant_id, if_version=if_version)

        def exactly(mine: OpenCart) -> None:
            before = mine.lines.get(variant_id)
            if before is None:
                raise NotFound("This is not in your cart. Add it first.")
            if quantity > before.quantity:
                _check_limits(_for_sale(mine, variant_id), quantity, before.quantity)
            _put(mine, variant_id, quantity)

        return self._changed(session, exactly, if_version)

    def remove(self, session: Session, variant_id: int, *, if_version: int | None = None) -> Cart:
        """The cart without a variant; removing what is not in it is no error. Raises CartChanged, as `add`."""
        return self._changed(session, lambda mine: mine.lines.pop(variant_id, None), if_version)

    def clear(self, session: Session) -> Cart:
        """The cart with nothing in it."""
        return self._changed(session, lambda mine: mine.lines.clear())

    # What takes part in another room's transaction

    def read(self, connection: Connection, shopper_id: int) -> Cart:
        """A shopper's cart as the transaction sees it; an empty one of version 0 where there never was one."""
        return self._open(connection, shopper_id).view()

    def merge(self, connection: Connection, guest_id: int, account_id: int) -> None:
        """Moves what a guest wants into the account's cart: quantities add up, as far as stock goes.

        No variant is lost: of one that is sold out, one stays in the cart with its warning. The guest's cart
        is gone afterwards, so merging it again changes nothing.
        """
        guests, mine = self._open(connection, guest_id), self._open(connection, account_id)
        sellables = guests.sellables()
        for id_, line in guests.lines.items():
            mine.lines[id_] = _merged(mine.lines.get(id_), line, sellables[id_])
        mine.save(self._clock())
        connection.execute(delete(cart).where(cart.c.id == guests.id))

    def discard(self, connection: Connection, shopper_id: int) -> None:
        """Ends a shopper's cart, with all that is in it."""
        connection.execute(delete(cart).where(cart.c.shopper_id == shopper_id))

    def take_out(self, connection: Connection, shopper_id: int, bought: Mapping[int, int]) -> None:
        """Takes what was bought out of the cart; what was put in meanwhile stays."""
        mine = self._open(connection, shopper_id)
        for id_, quantity in bought.items():
            line = mine.lines.get(id_)
            if line and line.quantity > quantity:
                left = line.quantity - quantity
                mine.lines[id_] = Line(left, left, line.price_minor)
            elif line:
                del mine.lines[id_]
        mine.save(self._clock())

    def refill(self, connection: Connection, shopper_id: int, wishes: Sequence[Wish]) -> Cart:
        """The cart with what can be had of what is wished for; its warnings say what could not be added."""
        mine = self._open(connection, shopper_id)
        sellables = mine.sellables([wish.variant_id for wish in wishes])
        missing = []
        for wish in wishes:
            before, sold = mine.lines.get(wish.variant_id), sellables.get(wish.variant_id)
            in_cart = before.quantity if before else 0
            added = min(wish.quantity, max(most(sold) - in_cart, 0)) if sold and sold.live else 0
            if added:
                _put(mine, wish.variant_id, in_cart + added)
            if added < wish.quantity:
                missing.append(CartWarning("not_added", _shortfall(wish, sold, added, in_cart)))
        mine.save(self._clock())
        filled = mine.view()
        return replace(filled, warnings=(*filled.warnings, *missing))

    # Steps

    def _changed(self, session: Session, change: Callable[[OpenCart], object], if_version: int | None = None) -> Cart:
        with self._database.write() as connection:
            mine = self._open(connection, self._accounts.visitor(connection, session).id)
            if if_version not in {None, mine.version}:
                raise CartChanged(mine.version)
            change(mine)
            mine.save(self._clock())
            return mine.view()

    def _open(self, connection: Connection, shopper_id: int) -> OpenCart:
        return OpenCart(connection, shopper_id, self._settings.read(connection))


def _for_sale(mine: OpenCart, variant_id: int) -> Sellable:
    sold = mine.sellables([variant_id]).get(variant_id) if 0 < variant_id < 2**63 else None
    if sold is None or not sold.live:
        raise NotFound("This is not for sale any more." if sold else "There is no such variant.")
    return sold


def _put(mine: OpenCart, variant_id: int, quantity: int) -> None:
    """A shopper who sets a quantity has seen price and stock: what was to be told of them is told."""
    mine.lines[variant_id] = Line(quantity, quantity, mine.sellables([variant_id])[variant_id].price.minor)


def _merged(mine: Line | None, guests: Line, sold: Sellable) -> Line:
    asked = guests.quantity + (mine.quantity if mine else 0)
    # What can no longer be bought at all keeps its quantity: its warning says all there is to say.
    quantity = max(1, min(asked, most(sold) if sold.live else LINE_LIMIT))
    wanted = max(asked, guests.wanted, mine.wanted if mine else 0)
    return Line(quantity, wanted, mine.price_minor if mine else guests.price_minor)


def _check_limits(sold: Sellable, quantity: int, in_cart: int) -> None:
    already = f"; you have {in_cart} in your cart" if in_cart else ""
    if quantity > LINE_LIMIT:
        raise InvalidInput(fields={"quantity": f"A cart holds {LINE_LIMIT} of one thing at most{already}."})
    if sold.available is None or quantity <= sold.available:
        return
    name = called(sold.title, sold.options)
    if not sold.available:
        raise OutOfStock(f"{name} is sold out{already}.", available=0, variant_id=sold.id)
    words = f"Only {sold.available} of {name} {'is' if sold.available == 1 else 'are'} left{already}."
    raise OutOfStock(words, available=sold.available, variant_id=sold.id)


def _shortfall(wish: Wish, sold: Sellable | None, added: int, in_cart: int) -> str:
    if sold is None or not sold.live:
        return f"{wish.name} is no longer for sale."
    if added:
        return f"Only {added} of {wish.name} could be added; you had {wish.quantity}."
    return f"{wish.name}: your cart has all there is." if in_cart else f"{wish.name} is sold out."
