"""The states of orders and payments, and the only steps between them."""
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, update

from shopkeeper.errors import InvalidState
from shopkeeper.orders.model import OrderStatus
from shopkeeper.orders.tables import order, payment
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

_IS: Mapping[OrderStatus, str] = {
    "awaiting_payment": "is still being paid. Look again in a minute",
    "placed": "is paid, and waits to be sent",
    "fulfilled": "was sent already",
    "cancelled": "is cancelled already",
}


def advance_order(connection: Connection, order_id: int, to: OrderStatus, **values: object) -> bool:
    """Takes an order to another state, with other values of its row; false where no step leads there."""
    legal = order.c.status.in_(ORDER_STEPS.get(to, ()))
    step = update(order).where(order.c.id == order_id, legal).values(status=to, **values)
    return bool(connection.execute(step).rowcount)


def advance_payment(connection: Connection, payment_id: int, to: PaymentState, **values: object) -> bool:
    """Takes a payment to another state, with other values of its row; false where no step leads there."""
    legal = payment.c.state.in_(PAYMENT_STEPS.get(to, ()))
    step = update(payment).where(payment.c.id == payment_id, legal).values(state=to, **values)
    return bool(connection.execute(step).rowcount)


def refusal(number: str, status: OrderStatus) -> InvalidState:
    """Why an order in this state cannot go where it is asked to."""
    return InvalidState(f"Order {number} {_IS[status]}.", number=number, status=status)
