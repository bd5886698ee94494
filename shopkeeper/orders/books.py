"""Orders as rows: written once at checkout, read back as they were."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, exists, insert, or_, select, update

from shopkeeper.cart.model import Cart
from shopkeeper.catalog.variants import variant_specifications
from shopkeeper.database.types import DamagedValue
from shopkeeper.errors import InvalidInput
from shopkeeper.money import Money
from shopkeeper.orders import numbers
from shopkeeper.orders.model import Address, Order, OrderLine
from shopkeeper.orders.receipt import digest
from shopkeeper.orders.tables import order, order_line, order_step, payment, receipt
from shopkeeper.payments.model import Means, Payment
from shopkeeper.text import hides

_LONGEST_KEY = 200  # characters

OrderRow = Row[Any]
"""A row of `order`."""

_ids: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)

# An attempt that was declined before anybody saw an order that waits is none.
IS_ORDER = or_(order.c.status != "cancelled", order.c.placed_at.is_not(None),
               exists().where(order_step.c.order_id == order.c.id))
"""The rows of `order` that are orders, to the shop's owner. Those that await their payment may have no number yet."""

IS_NUMBERED = order.c.number.like("SK-%")
"""The rows of `order` that have a number. No shopper sees another one in a list of orders."""

_BY_ID = select(order).where(order.c.id == bindparam("id"))
_OF_SHOPPER = select(order).where(order.c.shopper_id == bindparam("shopper_id")).order_by(order.c.id)
_LINES = (
    select(order_line).where(order_line.c.order_id.in_(_ids)).order_by(order_line.c.order_id, order_line.c.position))
_PAYMENTS = select(payment).where(payment.c.order_id.in_(_ids)).order_by(payment.c.id)
_STEPS = select(order_step).where(order_step.c.order_id.in_(_ids))
_RECEIPTS = select(receipt).where(receipt.c.order_id.in_(_ids))

_NEW_ORDER, _NEW_PAYMENT = insert(order), insert(payment).returning(payment.c.id)
_NEW_LINES, _NEW_RECEIPT = insert(order_line), insert(receipt)
_SEAL = update(receipt).where(receipt.c.order_id == bindparam("sealed"))


def write_order(connection: Connection, shopper_id: int, cart: Cart, *, key: str, digest: str, address: Address | None,
                at: datetime) -> int:
    """Write an order that awaits its payment, with the cart's lines as they are now, and return its id.

    It is an attempt to pay: it has no number yet.
    """
    order_id = numbers.next_id(connection)
    connection.execute(_NEW_ORDER, {
        "id": order_id, "number": numbers.attempt_reference(order_id), "shopper_id": shopper_id,
        "idempotency_key": key, "request_digest": digest, "status": "awaiting_payment", "currency": cart.total.currency,
        "subtotal_minor": cart.subtotal.minor, "shipping_minor": cart.shipping.minor, "tax_minor": cart.tax.minor,
        "tax_included_minor": cart.tax_included.minor, "total_minor": cart.total.minor, "address": address,
        "created_at": at})
    connection.execute(_NEW_LINES, _snapshot(connection, order_id, cart))
    connection.execute(_NEW_RECEIPT, {
        "order_id": order_id, "terms": cart.terms, "ships": cart.requires_shipping})
    return order_id


def write_payment(connection: Connection, order_id: int, amount: Money, card: Means, gateway: str, at: datetime
                  ) -> int:
    """The payment that an order awaits. Of the card, brand and last four digits are kept, and nothing else."""
    payment_id: int = connection.execute(_NEW_PAYMENT, {
        "order_id": order_id, "key": numbers.payment_key(order_id), "gateway": gateway, "state": "submitting",
        "amount_minor": amount.minor, "refunded_minor": 0, "refunding": False, "brand": card.brand,
        "last4": card.last4, "reference": "", "reason": "", "created_at": at}).scalar_one()
    return payment_id


def order_of(connection: Connection, order_id: int) -> Order:
    """The order with this id."""
    return orders(connection, connection.execute(_BY_ID, {"id": order_id}).all())[0]


def orders_of(connection: Connection, shopper_id: int) -> tuple[Order, ...]:
    """All orders of a shopper, oldest first: those whose payment was declined, too."""
    return orders(connection, connection.execute(_OF_SHOPPER, {"shopper_id": shopper_id}).all())


def check_key(key: str) -> None:
    """Raises InvalidInput where an idempotency key cannot be one."""
    if not 1 <= len(key) <= _LONGEST_KEY or hides(key):
        problem = f"An idempotency key has 1 to {_LONGEST_KEY} characters, none of which is unseen."
        raise InvalidInput(fields={"idempotency_key": problem})


def orders(connection: Connection, rows: Sequence[OrderRow], *, with_steps: bool = True) -> tuple[Order, ...]:
    """Return the orders of these rows, in their order. Schemas before 0010 have no steps."""
    ids = {"ids": [row.id for row in rows]}
    lines = defaultdict(list)
    for line in connection.execute(_LINES, ids):
        lines[line.order_id].append(line)
    payments = {row.order_id: row for row in connection.execute(_PAYMENTS, ids)}  # of several attempts, the last
    receipts = {row.order_id: row for row in connection.execute(_RECEIPTS, ids)}
    steps: dict[int, dict[str, datetime]] = defaultdict(dict)
    for step in connection.execute(_STEPS, ids) if with_steps else ():
        steps[step.order_id][step.status] = step.at
    for row in rows:
        if row.id not in payments:
            raise DamagedValue("payment", f"of order {row.number} is missing")
    return tuple(_order(row, lines[row.id], payments[row.id], receipts.get(row.id), steps[row.id]) for row in rows)


def seal(connection: Connection, order_id: int, placed: Order) -> None:
    """Writes the digest of an order that is placed: whether it is still as it was can be told from then on."""
    connection.execute(_SEAL, {"sealed": order_id, "digest": digest(placed)})


def _snapshot(connection: Connection, order_id: int, cart: Cart) -> list[dict[str, object]]:
    specs = variant_specifications(connection, [line.variant_id for line in cart.lines])
    # Shipping is taxed, too: its share of the tax is no line's.
    shares = (cart.tax + cart.tax_included).allocate([*(line.total.minor for line in cart.lines), cart.shipping.minor])
    return [
        {"order_id": order_id, "position": position, "variant_id": line.variant_id, "handle": line.handle,
         "title": line.title, "sku": line.sku, "options": line.options,
         "specs": specs[line.variant_id], "quantity": line.quantity,
         "unit_price_minor": line.unit_price.minor, "total_minor": line.total.minor, "tax_minor": share.minor}
        for position, (line, share) in enumerate(zip(cart.lines, shares, strict=False))
    ]


def _order(row: OrderRow, lines: Sequence[Row[Any]], paid: Row[Any], promised: Row[Any] | None,
           steps: Mapping[str, datetime]) -> Order:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Order(
        number=row.number, placed_at=row.placed_at or row.created_at, status=row.status,
        lines=tuple(
            OrderLine(line.title, line.sku, line.options, line.quantity, money(line.unit_price_minor),
                      money(line.total_minor), line.variant_id, line.handle, line.specs,
                      money(line.tax_minor))
            for line in lines),
        subtotal=money(row.subtotal_minor), shipping=money(row.shipping_minor), tax=money(row.tax_minor),
        total=money(row.total_minor),
        payment=Payment(paid.state, money(paid.amount_minor), paid.brand, paid.last4, paid.reason,
                        money(paid.refunded_minor), bool(paid.refunding)),
        address=row.address,
        tax_included=money(row.tax_included_minor),
        requires_shipping=promised.ships if promised else bool(row.shipping_minor or row.address),
        terms=promised.terms if promised else None,
        digest=(promised.digest or "") if promised else "",
        fulfilled_at=steps.get("fulfilled"), cancelled_at=steps.get("cancelled"))
