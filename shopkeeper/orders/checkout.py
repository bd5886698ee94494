"""Checkout: a cart becomes an order, in three steps, because a portal is slow and a write lock is precious.

1. One write transaction checks everything, reserves the stock and writes the order, which awaits its payment. It has
   no number yet (`numbers`).
2. The portal is asked, outside any transaction.
3. One write transaction books the answer: the stock is sold and leaves the cart, or it is given back.

What a crash leaves open between them is settled by asking the portal about the payment's key, never by charging
again. Until an order's payment is decided its shopper cannot start another: so one cart is never paid twice.
"""
from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from hashlib import sha256

from sqlalchemy import Connection, bindparam, select

from shopkeeper.accounts.model import Session
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.model import Cart
from shopkeeper.cart.service import Carts
from shopkeeper.catalog.model import called
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import (
    EmptyCart,
    IdempotencyMismatch,
    InvalidInput,
    InvalidState,
    OutOfStock,
    PaymentDeclined,
    PriceChanged,
    SessionExpired,
)
from shopkeeper.inventory.service import Inventory
from shopkeeper.money import Money
from shopkeeper.orders.books import OrderRow, check_key, order_of, orders, write_order, write_payment
from shopkeeper.orders.model import Address, Order, Quote, Settled
from shopkeeper.orders.settlement import Settlement
from shopkeeper.orders.states import note_seen_waiting
from shopkeeper.orders.tables import order
from shopkeeper.payments.model import Card, Means
from shopkeeper.text import clean, hides

_LONGEST = 200  # characters of a field of an address

_OF_KEY = select(order).where(order.c.shopper_id == bindparam("shopper_id"),
                              order.c.idempotency_key == bindparam("key"))


class Checkout:
    """Says what a cart would cost, and sells it."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts, carts: Carts, inventory: Inventory,
                 settlement: Settlement) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._carts = carts
        self._inventory = inventory
        self._settlement = settlement

    def quote(self, session: Session) -> Quote:
        """The cart as it would be charged now, for guests too. Raises SessionExpired, EmptyCart."""
        with self._database.read() as connection:
            cart = self._filled_cart(connection, self._accounts.shopper(connection, session).id)
        changes = tuple(f"{called(line.title, line.options)}: {warning.message}"
                        for line in cart.lines for warning in line.warnings)
        return Quote(cart, cart.subtotal, cart.shipping, cart.tax, cart.total, changes)

    def place(self, session: Session, payment: Means, *, expected_total: Money, idempotency_key: str,
              address: Address | None = None) -> Order:
        """Buys what is in the cart, if it comes to `expected_total`. The same key gives the same outcome.

        The order is `placed`; or it is `awaiting_payment` where the portal has not answered yet, or is being asked
        by another call with the same key. Then the cart stays as it was, and the order is settled by a later
        `place` or by `settle`. The key and the request it stands for belong to the account.

        Raises:
            SessionExpired, LoginRequired: Only an account can buy.
            IdempotencyMismatch: The key was used before, with another total, card or address.
            InvalidInput: With a message for each of `card_number`, `expiry`, `cvc`, `address.…` and
                `idempotency_key` that cannot be accepted.
            EmptyCart: There is nothing to buy.
            OutOfStock: Fewer can be had than the cart holds, or one is no longer for sale.
            PriceChanged: The total is another; `total` says which.
            InvalidState: Another order of this account still awaits its payment.
            PaymentDeclined: The portal refused; the cart is as it was.
        """
        check_key(idempotency_key)
        kept = _on_one_line(address) if address else None
        digest = _digest(payment, expected_total, kept)
        with self._database.read() as connection:
            shopper_id = self._accounts.account_holder(connection, session).id
            undecided = self._settlement.open_of(connection, shopper_id)
        for paying in undecided:
            self._settlement.look_up(paying)
        new_payment = waiting = None
        with self._database.write() as connection:
            known = _of_key(connection, shopper_id, idempotency_key)
            if known is None:
                _check_request(payment, self._clock, address)
                waiting = self._waiting_number(connection, shopper_id)
                if waiting is None:
                    new_payment = self._begin(connection, shopper_id, payment, expected_total, idempotency_key, digest,
                                              kept)
            elif known.request_digest != digest:
                raise IdempotencyMismatch("This idempotency key was used for another request. Take a new one.")
        if waiting is not None:
            raise InvalidState(f"The payment of order {waiting} is not decided yet. You are not charged twice: try"
                               " again in a minute.")
        if new_payment is not None:
            self._settlement.charge(new_payment, payment)
        return self._outcome(shopper_id, idempotency_key)

    def settle(self) -> tuple[Settled, ...]:
        """Brings to an end what a crash or a silent portal left open, and says of each whether it could.

        Opening a shop does so.
        """
        return self._settlement.settle()

    def hear(self, payload: bytes, signature: str) -> None:
        """Settles the payment that a payment portal's signed message is about, by asking the portal.

        `payload` is the message as it came, byte for byte. What is not about this shop changes nothing.

        Raises:
            BadSignature: It is not from the portal, or was changed or held up on its way.
            GatewayUnavailable: The secret that messages are signed with was not given.
            InvalidState: This shop's portal sends no messages.
            NotFound: The books know no such payment.
        """
        self._settlement.hear(payload, signature)

    def _waiting_number(self, connection: Connection, shopper_id: int) -> str | None:
        """The number of the order whose payment is not decided yet, which its shopper is about to see."""
        undecided = self._settlement.open_of(connection, shopper_id)
        return note_seen_waiting(connection, undecided[0].order_id, self._clock()) if undecided else None

    def _begin(self, connection: Connection, shopper_id: int, card: Means, expected_total: Money, key: str,
               digest: str, address: Address | None) -> int:
        cart = self._filled_cart(connection, shopper_id)
        _check_for_sale(cart)
        if cart.total != expected_total:
            raise PriceChanged(f"The total is {cart.total} now, not {expected_total}. Look at the cart and pay again.",
                               total=cart.total)
        self._inventory.reserve(connection, {line.variant_id: line.quantity for line in cart.lines})
        now = self._clock()
        order_id = write_order(connection, shopper_id, cart, key=key, digest=digest, address=address, at=now)
        return write_payment(connection, order_id, cart.total, card, self._settlement.gateway_name, now)

    def _filled_cart(self, connection: Connection, shopper_id: int) -> Cart:
        cart = self._carts.read(connection, shopper_id)
        if not cart.lines:
            raise EmptyCart("Your cart is empty.")
        return cart

    def _outcome(self, shopper_id: int, key: str) -> Order:
        with self._database.read() as connection:
            row = _of_key(connection, shopper_id, key)
            if row is None:  # the order is decided, and then nothing keeps its account from being deleted
                raise SessionExpired("This session has ended. Log in again.")
            outcome = orders(connection, [row])[0]
        if outcome.status == "awaiting_payment":
            with self._database.write() as connection:
                note_seen_waiting(connection, row.id, self._clock())
                outcome = order_of(connection, row.id)
        if outcome.payment.state == "declined":
            raise PaymentDeclined(outcome.payment.reason)
        return outcome


def _of_key(connection: Connection, shopper_id: int, key: str) -> OrderRow | None:
    return connection.execute(_OF_KEY, {"shopper_id": shopper_id, "key": key}).one_or_none()


def _check_for_sale(cart: Cart) -> None:
    for line in cart.lines:
        if any(warning.code == "unavailable" for warning in line.warnings):
            raise OutOfStock(f"{called(line.title, line.options)} is no longer for sale. Remove it from the cart.",
                             available=0, variant_id=line.variant_id)


def _on_one_line(address: Address) -> Address:
    return replace(address, **{name: clean(value) for name, value in asdict(address).items()})


def _check_request(card: Means, clock: Clock, address: Address | None) -> None:
    problems = card.problems(clock().date())
    for field in fields(Address) if address else ():
        value = getattr(address, field.name)
        if not 1 <= len(clean(value)) <= _LONGEST or hides(value):
            problems[f"address.{field.name}"] = f"Type the {field.name.replace('_', ' ')}, in {_LONGEST} letters."
    if problems:
        raise InvalidInput(fields=problems)


def _digest(card: Means, total: Money, address: Address | None) -> str:
    paid_with = ([card.brand, card.last4, card.expiry_month, card.expiry_year] if isinstance(card, Card) else
                 [card.token])
    request = [total.minor, total.currency, *paid_with, asdict(address) if address else None]
    return sha256(json.dumps(request).encode()).hexdigest()
