"""Orders whose account is deleted: they stay for the books, and nobody can tell any more whose they were.

Number, lines, amounts, payments and their references, and the ledger stay as they are. The address goes, the card's
last digits, and the request (its keys are of the caller's own making, and its digest could be guessed back). What was
agreed on is less then, and is sealed anew: the digest of the order differs from that on its receipts. An order that
was altered before is not sealed anew; it must not pass for one that never was.
"""
from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, delete, exists, select, update

from shopkeeper.accounts.tables import account
from shopkeeper.orders.books import order_of, seal
from shopkeeper.orders.open_payments import OPEN_PAYMENT
from shopkeeper.orders.receipt import digest
from shopkeeper.orders.states import note_seen_waiting
from shopkeeper.orders.tables import cancellation, order, payment


def number_under_way(connection: Connection, shopper_id: int, at: datetime) -> str | None:
    """Return the number of an order of which a payment or refund is under way; its shopper is about to see it."""
    under_way = (select(order.c.id).join(payment, payment.c.order_id == order.c.id)
                 .where(order.c.shopper_id == shopper_id, OPEN_PAYMENT).limit(1))
    order_id = connection.scalar(under_way)
    return None if order_id is None else note_seen_waiting(connection, order_id, at)


def make_anonymous(connection: Connection, shopper_id: int) -> None:
    """Make all orders of a shopper anonymous. Of none of them a payment or refund may be under way."""
    connection.execute(delete(cancellation).where(cancellation.c.shopper_id == shopper_id))
    for order_id in connection.scalars(select(order.c.id).where(order.c.shopper_id == shopper_id)).all():
        before = order_of(connection, order_id)
        connection.execute(update(order).where(order.c.id == order_id).values(
            address=None, idempotency_key=token_hex(16), request_digest=""))
        connection.execute(update(payment).where(payment.c.order_id == order_id).values(last4=""))
        if before.digest and digest(before) == before.digest:
            seal(connection, order_id, order_of(connection, order_id))


def is_anonymous(connection: Connection, number: str) -> bool:
    """Whether the account that bought this was deleted."""
    of_account = exists().where(account.c.id == order.c.shopper_id)
    return bool(connection.scalar(select(~of_account).where(order.c.number == number)))
