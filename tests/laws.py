"""The laws that a shop's file must keep, as queries that count what breaks them."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from shopkeeper import Shop
from shopkeeper.clock import Clock

TOO_MANY_RESERVED = """SELECT count(*) FROM stock WHERE reserved < 0
    OR (tracked = 1 AND policy = 'deny' AND reserved > on_hand)"""
UNBOOKED = """SELECT count(*) FROM stock WHERE on_hand <>
    (SELECT coalesce(sum(quantity), 0) FROM stock_movement WHERE stock_movement.variant_id = stock.variant_id)"""
# More than the law: what is reserved is what open orders hold, no more and no less.
HELD_BY_NOBODY = """SELECT count(*) FROM stock WHERE reserved <>
    (SELECT coalesce(sum(quantity), 0) FROM order_line JOIN "order" ON "order".id = order_line.order_id
     WHERE order_line.variant_id = stock.variant_id AND status = 'awaiting_payment')"""
NOT_GIVEN_BACK = """SELECT count(*) FROM "order" WHERE status = 'cancelled' AND 0 <>
    (SELECT coalesce(sum(quantity), 0) FROM stock_movement WHERE order_number = number)"""
SAME_KEY_TWICE = 'SELECT count(*) FROM (SELECT 1 FROM "order" GROUP BY shopper_id, idempotency_key HAVING count(*) > 1)'
DOES_NOT_ADD_UP = """SELECT count(*) FROM "order" WHERE subtotal_minor + shipping_minor + tax_minor <> total_minor
    OR subtotal_minor <> (SELECT sum(total_minor) FROM order_line WHERE order_id = "order".id)"""
ILL_MATCHED = """SELECT count(*) FROM "order" JOIN payment ON payment.order_id = "order".id WHERE
    (status = 'awaiting_payment') <> (state IN ('submitting', 'unknown'))
    OR (status = 'placed' AND state <> 'succeeded')
    OR (status = 'cancelled' AND state = 'succeeded' AND refunded_minor <> amount_minor)
    OR amount_minor <> total_minor"""
TWO_UNDECIDED = """SELECT count(*) FROM (SELECT 1 FROM "order" WHERE status = 'awaiting_payment' GROUP BY shopper_id
    HAVING count(*) > 1)"""
TWO_CARTS = "SELECT count(*) FROM (SELECT 1 FROM cart GROUP BY shopper_id HAVING count(*) > 1)"
# Only accounts have orders: whose account is gone has deleted it.
LEFT_OF_DELETED = """SELECT count(*) FROM "order" LEFT JOIN account ON account.id = shopper_id
    WHERE account.id IS NULL AND (address IS NOT NULL OR shopper_id IN (SELECT shopper_id FROM session)
                                  OR shopper_id IN (SELECT shopper_id FROM cart))"""
LAWS = {name: value for name, value in globals().items() if name.isupper() and "SELECT count" in str(value)}

# What the demo portal's own books must agree with, once everything is settled.
PORTAL_LAWS = {
    "MONEY_WITHOUT_ORDER": """SELECT count(*) FROM demo_charge LEFT JOIN payment USING (key)
        LEFT JOIN "order" ON "order".id = order_id
        WHERE demo_charge.state = 'succeeded' AND demo_charge.amount_minor <> demo_charge.refunded_minor
        AND (coalesce(status, '') NOT IN ('placed', 'fulfilled') OR demo_charge.refunded_minor <> 0
             OR demo_charge.amount_minor <> total_minor)""",
    "ORDER_WITHOUT_MONEY": """SELECT count(*) FROM "order" WHERE status IN ('placed', 'fulfilled')
        AND total_minor <> 0 AND NOT EXISTS (SELECT 1 FROM demo_charge JOIN payment USING (key)
         WHERE order_id = "order".id AND demo_charge.state = 'succeeded' AND demo_charge.refunded_minor = 0)""",
    "CHARGED_TWICE": """SELECT count(*) FROM (SELECT 1 FROM demo_charge JOIN payment USING (key)
        WHERE demo_charge.state = 'succeeded' GROUP BY order_id HAVING count(*) > 1)""",
    "REFUND_UNBOOKED": """SELECT count(*) FROM demo_charge WHERE refunded_minor <>
        (SELECT coalesce(sum(amount_minor), 0) FROM demo_refund WHERE demo_refund.reference = demo_charge.reference)""",
    "LEFT_OPEN": "SELECT count(*) FROM payment WHERE state IN ('submitting', 'unknown') OR refunding = 1",
}


def broken(connection: Connection, laws: dict[str, str]) -> list[str]:
    """The names of the laws that do not hold."""
    return [name for name, law in laws.items() if connection.scalar(text(law))]


def check_laws(shop: Shop) -> None:
    """Nothing is open, every law holds, and so does what SQLite itself knows of the file."""
    with shop._database.read() as connection:
        assert broken(connection, LAWS | PORTAL_LAWS) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


@contextmanager
def settled(path: Path, clock: Clock) -> Iterator[Shop]:
    """The shop in this file, opened and so settled; the laws hold before it is used, and after.

    What is still on its way to the portal is settled only if `clock` is a minute past it.
    """
    with Shop.open(str(path), clock=clock) as shop:
        check_laws(shop)
        yield shop
        check_laws(shop)
