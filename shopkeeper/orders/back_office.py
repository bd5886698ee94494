"""The back office: what the shop's owner does with orders. It takes no session, for it is nobody's shopping."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, or_, select, true

from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidState, NotFound
from shopkeeper.orders.anonymity import is_anonymous
from shopkeeper.orders.books import IS_ORDER, OrderRow, orders
from shopkeeper.orders.model import Order, OrderStatus
from shopkeeper.orders.numbers import id_of_attempt
from shopkeeper.orders.receipt import digest, number_and_digest, receipt
from shopkeeper.orders.states import advance_order, refusal
from shopkeeper.orders.tables import order, payment
from shopkeeper.orders.tables import receipt as receipt_table
from shopkeeper.text import clean

_BATCH = 200  # orders read at once


class BackOffice:
    """All orders of the shop."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def orders(self, status: OrderStatus | None = None, *, limit: int = 50, attempts: bool = False
               ) -> tuple[Order, ...]:
        """Return the newest orders, of one status or of any; with `attempts`, also payments that were declined at once.
        """
        newest = select(order).where(true() if attempts else IS_ORDER).order_by(order.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return orders(connection, connection.execute(
                newest if status is None else newest.where(order.c.status == status)).all())

    def get(self, number: str) -> Order:
        """Return any order, by its number or by the reference of the attempt to pay it. Raises NotFound."""
        with self._database.read() as connection:
            return orders(connection, [_of_number(connection, number)])[0]

    def fulfil(self, number: str) -> Order:
        """Notes that an order was sent: from then on it cannot be cancelled.

        Raises:
            NotFound: There is no such order.
            InvalidState: It is not paid, being cancelled, or was sent already; the message says which.
        """
        with self._database.write() as connection:
            row = _of_number(connection, number)
            if _is_being_refunded(connection, row.id):
                raise InvalidState(f"Order {number} is being cancelled: the portal is asked to give the money back.")
            if not advance_order(connection, row.id, "fulfilled", noted_at=self._clock()):
                raise refusal(number, row.status)
            return orders(connection, [_of_number(connection, number)])[0]

    def altered(self) -> tuple[str, ...]:
        """The numbers of orders that are not as they were when they were placed, by their digests."""
        with self._database.read() as connection:
            return tuple(altered_orders(connection))

    def problem_of_receipt(self, text: str) -> str:
        """Why a receipt is not one of this shop's as it was given, in plain words; empty: it is."""
        named = number_and_digest(text)
        if named is None:
            return "This is no receipt: it has no order number and digest."
        number, sealed = named
        try:
            bought = self.get(number)
        except NotFound as error:
            return error.message
        if digest(bought) != bought.digest:
            return f"Order {number} was altered in the shop's database since it was placed."
        if sealed != bought.digest and self._is_anonymous(number):
            return (f"The account that bought order {number} was deleted, and what the receipt says of it is gone:"
                    " it cannot be checked any more.")
        if sealed != bought.digest:
            return f"The receipt's digest is not that of order {number}."
        given = {_plain(receipt(as_it_was, markdown=markdown))
                 for as_it_was in (bought, replace(bought, status="placed")) for markdown in (False, True)}
        if _plain(text) not in given:
            return f"The receipt's text was altered: it is not what order {number} says."
        return ""

    def _is_anonymous(self, number: str) -> bool:
        with self._database.read() as connection:
            return is_anonymous(connection, number)


def altered_orders(connection: Connection) -> Iterator[str]:
    """The numbers of the orders that are not as they were when they were placed, oldest first."""
    sealed = or_(order.c.placed_at.is_not(None), receipt_table.c.digest.is_not(None))
    placed = (select(order).join(receipt_table, receipt_table.c.order_id == order.c.id)
              .where(sealed).order_by(order.c.id).limit(_BATCH))
    rows = connection.execute(placed).all()
    while rows:
        placed_orders = orders(connection, rows, with_steps=False)
        yield from (bought.number for row, bought in zip(rows, placed_orders, strict=True)
                    if row.placed_at is None or digest(bought) != bought.digest)
        rows = connection.execute(placed.where(order.c.id > rows[-1].id)).all()


def _of_number(connection: Connection, number: str) -> OrderRow:
    attempt = id_of_attempt(clean(number))  # as in the payment's key, which the gateway shows
    named = order.c.number == clean(number) if attempt is None else order.c.id == attempt
    row = connection.execute(select(order).where(named)).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {number}.")
    return row


def _is_being_refunded(connection: Connection, order_id: int) -> bool:
    return connection.execute(
        select(payment.c.id).where(payment.c.order_id == order_id, payment.c.refunding == 1)).first() is not None


def _plain(text: str) -> str:
    """Without what an editor or a mail changes at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()
