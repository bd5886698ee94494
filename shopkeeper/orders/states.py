"""The states of orders and payments, and the only steps between them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from shopkeeper.errors import InvalidState
from shopkeeper.orders.model import OrderStatus
from shopkeeper.orders.numbers import give_number
from shopkeeper.orders.tables import order, order_step, payment
from shopkeeper.payments.model import PaymentState

# Each state with those it is reached from. A placed order is cancelled once it was refunded.
ORDER_STEPS: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    "placed": ("awaiting_payment",),
    "fulfilled": ("placed",),
    "cancelled": ("awaiting_payment", "placed"),
}
PAYMENT_STEPS: Mapping[PaymentState, tuple[PaymentState, ...]] = {
    "unknown": ("submitting",),
    "succeeded": ("submitting", "unknown"),
    "declined": ("submitting", "unknown"),
}

_reached_from: BindParameter[Sequence[str]] = bindparam("reached_from", expanding=True)

_ORDER_STEP = update(order).where(order.c.id == bindparam("of_id"), order.c.status.in_(_reached_from))
_PAYMENT_STEP = update(payment).where(payment.c.id == bindparam("of_id"), payment.c.state.in_(_reached_from))

_NEW_STEP = insert(order_step)
_KNOWN = select(order.c.number, order.c.status).where(order.c.id == bindparam("of_id"))
_SEEN_WAITING = select(order_step.c.at).where(
    order_step.c.order_id == bindparam("of_id"), order_step.c.status == "awaiting_payment")

_IS: Mapping[OrderStatus, str] = {
    "awaiting_payment": "is still being paid. Look again in a minute",
    "placed": "is paid, and waits to be sent",
    "fulfilled": "was sent already",
    "cancelled": "is cancelled already",
}


def advance_order(connection: Connection, order_id: int, to: OrderStatus, *, noted_at: datetime | None = None,
                  **values: object) -> bool:
    """Take an order to another state, with other values of its row; false where no step leads there.

    `noted_at` is when it was fulfilled or cancelled, if that is to be told.
    """
    values |= {"of_id": order_id, "reached_from": ORDER_STEPS.get(to, ()), "status": to}
    advanced = bool(connection.execute(_ORDER_STEP, values).rowcount)
    if advanced and noted_at is not None:
        connection.execute(_NEW_STEP, {"order_id": order_id, "status": to, "at": noted_at})
    return advanced


def is_seen_waiting(connection: Connection, order_id: int) -> bool:
    """Return whether a shopper saw that an order awaits its payment. It has a number then, and stays an order."""
    return connection.scalar(_SEEN_WAITING, {"of_id": order_id}) is not None


def note_seen_waiting(connection: Connection, order_id: int, at: datetime) -> str:
    """Note that a shopper is about to see an order that awaits its payment, and return the number that it has then.

    One that awaits it no longer stays as it is.
    """
    known = connection.execute(_KNOWN, {"of_id": order_id}).one()
    if known.status != "awaiting_payment":
        return str(known.number)
    if not is_seen_waiting(connection, order_id):
        connection.execute(_NEW_STEP, {"order_id": order_id, "status": "awaiting_payment", "at": at})
    return give_number(connection, order_id)


def advance_payment(connection: Connection, payment_id: int, to: PaymentState, **values: object) -> bool:
    """Takes a payment to another state, with other values of its row; false where no step leads there."""
    values |= {"of_id": payment_id, "reached_from": PAYMENT_STEPS.get(to, ()), "state": to}
    return bool(connection.execute(_PAYMENT_STEP, values).rowcount)


def refusal(number: str, status: OrderStatus) -> InvalidState:
    """Why an order in this state cannot go where it is asked to."""
    return InvalidState(f"Order {number} {_IS[status]}.", number=number, status=status)
