"""The states of orders and payments, and the only steps between them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, update

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

_reached_from: BindParameter[Sequence[str]] = bindparam("reached_from", expanding=True)

_ORDER_STEP = update(order).where(order.c.id == bindparam("of_id"), order.c.status.in_(_reached_from))
_PAYMENT_STEP = update(payment).where(payment.c.id == bindparam("of_id"), payment.c.state.in_(_reached_from))

_IS: Mapping[OrderStatus, str] = {
    "awaiting_payment": "is still being paid. Look again in a minute",
    "placed": "is paid, and waits to be sent",
    "fulfilled": "was sent already",
    "cancelled": "is cancelled already",
}


def advance_order(connection: Connection, order_id: int, to: OrderStatus, **values: object) -> bool:
    """Takes an order to another state, with other values of its row; false where no step leads there."""
    values |= {"of_id": order_id, "reached_from": ORDER_STEPS.get(to, ()), "status": to}
    return bool(connection.execute(_ORDER_STEP, values).rowcount)


def advance_payment(connection: Connection, payment_id: int, to: PaymentState, **values: object) -> bool:
    """Takes a payment to another state, with other values of its row; false where no step leads there."""
    values |= {"of_id": payment_id, "reached_from": PAYMENT_STEPS.get(to, ()), "state": to}
    return bool(connection.execute(_PAYMENT_STEP, values).rowcount)


def refusal(number: str, status: OrderStatus) -> InvalidState:
    """Why an order in this state cannot go where it is asked to."""
    return InvalidState(f"Order {number} {_IS[status]}.", number=number, status=status)
