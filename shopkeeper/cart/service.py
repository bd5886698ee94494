"""Carts: what shoppers put in, take out, and bring along when they sign in."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from shopkeeper.accounts.model import Session
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.lines import LINE_LIMIT, LineRow, cart_of, most
from shopkeeper.cart.model import Cart, CartWarning, Wish
from shopkeeper.cart.tables import cart, cart_line
from shopkeeper.catalog.model import Sellable, called
from shopkeeper.catalog.variants import variants
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidInput, NotFound, OutOfStock
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

    def add(self, session: Session, variant_id: int, quantity: int = 1) -> Cart:
        """The cart with so many more of a variant.

        Raises:
            NotFound: There is no such variant for sale.
            InvalidInput: Not 1 to 999 a line.
            OutOfStock: There are fewer; `available` is how many there are.
        """
        if quantity < 1:
            raise InvalidInput(fields={"quantity": "Add 1 or more."})
        with self._database.write() as connection:
            owner = self._accounts.shopper(connection, session).id
            sold = self._for_sale(connection, variant_id)
            cart_id = self._open(connection, owner)
            before = _lines(connection, cart_id).get(variant_id)
            in_cart = before.quantity if before else 0
            _check_limits(sold, in_cart + quantity, in_cart)
            self._put(connection, cart_id, before, sold, in_cart + quantity)
            return self.read(connection, owner)

    def set_quantity(self, session: Session, variant_id: int, quantity: int) -> Cart:
        """The cart with exactly so many of a variant that is in it; 0 removes it.

        Fewer than before are taken even where stock is shorter still: the line keeps its warning.

        Raises:
            NotFound: It is not in the cart, or no longer for sale and more of it are wanted.
            InvalidInput: Not 0 to 999.
            OutOfStock: There are fewer; `available` is how many there are.
        """
        if quantity < 0:
            raise InvalidInput(fields={"quantity": "Take 0 or more."})
        if quantity == 0:
            return self.remove(session, variant_id)
        with self._database.write() as connection:
            owner = self._accounts.shopper(connection, session).id
            cart_id = _cart_id(connection, owner)
            before = _lines(connection, cart_id).get(variant_id)
            if before is None:
                raise NotFound("This is not in your cart. Add it first.")
            if quantity > before.quantity:
                _check_limits(self._for_sale(connection, variant_id), quantity, before.quantity)
            sold = self._sellables(connection, [variant_id])[variant_id]
            self._put(connection, before.cart_id, before, sold, quantity)
            return self.read(connection, owner)

    def remove(self, session: Session, variant_id: int) -> Cart:
        """The cart without a variant; removing what is not in it is no error."""
        return self._take(session, [variant_id])

    def clear(self, session: Session) -> Cart:
        """The cart with nothing in it."""
        return self._take(session, None)

    # What takes part in another room's transaction

    def read(self, connection: Connection, shopper_id: int) -> Cart:
        """A shopper's cart as the transaction sees it; an empty one of version 0 where there never was one."""
        settings = self._settings.read(connection)
        row = connection.execute(select(cart).where(cart.c.shopper_id == shopper_id)).one_or_none()
        if row is None:
            return cart_of((), {}, 0, settings)
        lines = _lines(connection, row.id)
        return cart_of(tuple(lines.values()), variants(connection, lines.keys(), settings.currency), row.version,
                       settings)

    def merge(self, connection: Connection, guest_id: int, account_id: int) -> None:
        """Moves what a guest wants into the account's cart: quantities add up, as far as stock goes.

        No variant is lost: of one that is sold out, one stays in the cart with its warning. The guest's cart
        is gone afterwards, so merging it again changes nothing.
        """
        guest_cart = _cart_id(connection, guest_id)
        guests = _lines(connection, guest_cart)
        if guests:
            cart_id = self._open(connection, account_id)
            mine = _lines(connection, cart_id)
            sellables = self._sellables(connection, guests.keys())
            for id_, line in guests.items():
                self._add_merged(connection, cart_id, mine.get(id_), line, sellables[id_])
            self._touch(connection, cart_id)
        connection.execute(delete(cart).where(cart.c.id == guest_cart))

    def take_out(self, connection: Connection, shopper_id: int, bought: Mapping[int, int]) -> None:
        """Takes what was bought out of the cart; what was put in meanwhile stays."""
        cart_id = _cart_id(connection, shopper_id)
        for id_, line in _lines(connection, cart_id).items():
            left = line.quantity - bought.get(id_, 0)
            if left <= 0:
                connection.execute(delete(cart_line).where(cart_line.c.id == line.id))
            elif left < line.quantity:
                connection.execute(
                    update(cart_line).where(cart_line.c.id == line.id).values(quantity=left, wanted=left))
        self._touch(connection, cart_id)

    def refill(self, connection: Connection, shopper_id: int, wishes: Sequence[Wish]) -> tuple[CartWarning, ...]:
        """Adds what can be had of what is wished for; says what could not be added."""
        missing = []
        cart_id = self._open(connection, shopper_id)
        lines = _lines(connection, cart_id)
        sellables = self._sellables(connection, [wish.variant_id for wish in wishes])
        for wish in wishes:
            before, sold = lines.get(wish.variant_id), sellables.get(wish.variant_id)
            in_cart = before.quantity if before else 0
            added = min(wish.quantity, max(most(sold) - in_cart, 0)) if sold and sold.live else 0
            if sold and added:
                self._put(connection, cart_id, before, sold, in_cart + added)
            if added < wish.quantity:
                missing.append(CartWarning("not_added", _shortfall(wish, sold, added, in_cart)))
        return tuple(missing)

    # Steps

    def _take(self, session: Session, ids: Collection[int] | None) -> Cart:
        with self._database.write() as connection:
            owner = self._accounts.shopper(connection, session).id
            cart_id = _cart_id(connection, owner)
            lines = _lines(connection, cart_id)
            unwanted = [line.id for id_, line in lines.items() if ids is None or id_ in ids]
            if unwanted:
                connection.execute(delete(cart_line).where(cart_line.c.id.in_(unwanted)))
                self._touch(connection, cart_id)
            return self.read(connection, owner)

    def _for_sale(self, connection: Connection, variant_id: int) -> Sellable:
        sold = self._sellables(connection, [variant_id]).get(variant_id) if 0 < variant_id < 2**63 else None
        if sold is None or not sold.live:
            raise NotFound("This is not for sale any more." if sold else "There is no such variant.")
        return sold

    def _sellables(self, connection: Connection, ids: Collection[int]) -> dict[int, Sellable]:
        return variants(connection, ids, self._settings.read(connection).currency)

    def _open(self, connection: Connection, shopper_id: int) -> int:
        cart_id = _cart_id(connection, shopper_id)
        if cart_id is None:
            values = {"shopper_id": shopper_id, "version": 0, "updated_at": self._clock()}
            cart_id = connection.execute(insert(cart).values(values).returning(cart.c.id)).scalar_one()
        return cart_id

    def _put(self, connection: Connection, cart_id: int, before: LineRow | None, sold: Sellable, quantity: int) -> None:
        """A shopper who sets a quantity has seen price and stock: what was to be told of them is told."""
        if before and (before.quantity, before.wanted, before.price_minor) == (quantity, quantity, sold.price.minor):
            return
        _write(connection, cart_id, sold.id, before, quantity, quantity, sold.price.minor)
        self._touch(connection, cart_id)

    def _add_merged(
        self, connection: Connection, cart_id: int, mine: LineRow | None, guests: LineRow, sold: Sellable
    ) -> None:
        asked = guests.quantity + (mine.quantity if mine else 0)
        # What can no longer be bought at all keeps its quantity: its warning says all there is to say.
        quantity = max(1, min(asked, most(sold) if sold.live else LINE_LIMIT))
        wanted = max(asked, guests.wanted, mine.wanted if mine else 0)
        price_minor = mine.price_minor if mine else guests.price_minor
        _write(connection, cart_id, sold.id, mine, quantity, wanted, price_minor)

    def _touch(self, connection: Connection, cart_id: int | None) -> None:
        connection.execute(
            update(cart).where(cart.c.id == cart_id).values(version=cart.c.version + 1, updated_at=self._clock()))


def _cart_id(connection: Connection, shopper_id: int) -> int | None:
    found: int | None = connection.scalar(select(cart.c.id).where(cart.c.shopper_id == shopper_id))
    return found


def _lines(connection: Connection, cart_id: int | None) -> dict[int, LineRow]:
    """A cart's lines by variant, in the order they were added."""
    rows = connection.execute(select(cart_line).where(cart_line.c.cart_id == cart_id).order_by(cart_line.c.id))
    return {row.variant_id: row for row in rows}


def _write(connection: Connection, cart_id: int, variant_id: int, before: LineRow | None, quantity: int, wanted: int,
           price_minor: int) -> None:
    values = {"quantity": quantity, "wanted": wanted, "price_minor": price_minor}
    if before:
        connection.execute(update(cart_line).where(cart_line.c.id == before.id).values(values))
    else:
        connection.execute(insert(cart_line).values(values | {"cart_id": cart_id, "variant_id": variant_id}))


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
