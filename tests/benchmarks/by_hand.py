"""The writes of a cart and of a checkout by hand, in the driver: what the services are measured against."""
from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

_CART = """SELECT cart_line.id, variant_id, quantity, variant.price_minor, title, handle, sku FROM cart_line
    JOIN cart ON cart.id = cart_id JOIN variant ON variant.id = variant_id
    JOIN product ON product.id = product_id WHERE cart.shopper_id = ?"""


# What else the answer of `add` says: stock and options of each line.
_DETAILS = """SELECT variant.id, on_hand, reserved, attribute.code, choice.label FROM cart_line
    JOIN variant ON variant.id = cart_line.variant_id JOIN stock ON stock.variant_id = variant.id
    JOIN variant_option ON variant_option.variant_id = variant.id
    JOIN attribute ON attribute.id = variant_option.attribute_id JOIN choice ON choice.id = choice_id
    WHERE cart_id = ?"""


def add(connection: Any, shopper_id: int, token: str, variant_id: int) -> None:
    """One more of a variant, and all that the cart says then."""
    run = connection.execute
    run("BEGIN IMMEDIATE")
    run("SELECT shopper_id FROM session WHERE token_hash = ?", (sha256(token.encode()).hexdigest(),)).fetchone()
    run("SELECT on_hand, reserved FROM stock WHERE variant_id = ?", (variant_id,)).fetchone()
    (cart_id,) = run("SELECT id FROM cart WHERE shopper_id = ?", (shopper_id,)).fetchone()
    run("UPDATE cart_line SET quantity = quantity + 1, wanted = wanted + 1 WHERE cart_id = ? AND variant_id = ?",
        (cart_id, variant_id))
    run("UPDATE cart SET version = version + 1, updated_at = 0 WHERE id = ?", (cart_id,))
    run(_CART, (shopper_id,)).fetchall()
    run(_DETAILS, (cart_id,)).fetchall()
    run("SELECT name, value FROM setting").fetchall()
    run("COMMIT")


def check_out(connection: Any, shopper_id: int, key: str) -> None:
    """All that a checkout writes, in its three transactions."""
    lines, reference, order_id = _order(connection, shopper_id, key)
    run = connection.execute
    run("BEGIN IMMEDIATE")
    run("SELECT 1 FROM demo_charge WHERE key = ?", (f"pay:{reference}:1",)).fetchone()
    run("INSERT INTO demo_charge VALUES (?, ?, 'succeeded', ?, 'USD', 0, '', 0)", (f"pay:{reference}:1", key, 100))
    run("COMMIT")
    run("BEGIN IMMEDIATE")
    run("UPDATE payment SET state = 'succeeded', reference = ? WHERE order_id = ? AND state = 'submitting'",
        (key, order_id))
    run("UPDATE \"order\" SET status = 'placed', placed_at = 0 WHERE id = ? AND status = 'awaiting_payment'",
        (order_id,))
    (value,) = run("SELECT coalesce(max(value), 0) + 1 FROM order_number").fetchone()
    number = f"SK-{value:06d}"
    run("INSERT INTO order_number VALUES (?, ?)", (value, order_id))
    run('UPDATE "order" SET number = ? WHERE id = ?', (number, order_id))
    for line in lines:
        run("UPDATE stock SET on_hand = on_hand - ?, reserved = reserved - ? WHERE variant_id = ?",
            (line[2], line[2], line[1]))
    connection.executemany("INSERT INTO stock_movement (variant_id, quantity, reason, order_number, at)"
                           " VALUES (?, ?, 'sold', ?, 0)", [(line[1], -line[2], number) for line in lines])
    entry_id = run("INSERT INTO journal_entry (payment_id, order_id, kind, currency, at)"
                   " SELECT id, order_id, 'capture', 'USD', 0 FROM payment WHERE order_id = ?", (order_id,)).lastrowid
    connection.executemany("INSERT INTO posting VALUES (?, ?, ?)", [
        (entry_id, "portal", 100), (entry_id, "sales", -80), (entry_id, "shipping", -10), (entry_id, "tax", -10)])
    connection.executemany("DELETE FROM cart_line WHERE id = ?", [(line[0],) for line in lines])
    run("UPDATE cart SET version = version + 1, updated_at = 0 WHERE shopper_id = ?", (shopper_id,))
    run("UPDATE receipt SET digest = ? WHERE order_id = ?", (sha256(repr(lines).encode()).hexdigest(), order_id))
    run("COMMIT")


def _order(connection: Any, shopper_id: int, key: str) -> tuple[list[Any], str, int]:
    run = connection.execute
    run("BEGIN IMMEDIATE")
    lines = run(_CART, (shopper_id,)).fetchall()
    for line in lines:
        run("UPDATE stock SET reserved = reserved + ? WHERE variant_id = ? AND on_hand - reserved >= ?",
            (line[2], line[1], line[2]))
    subtotal = sum(line[2] * line[3] for line in lines)
    order_id = run('SELECT coalesce(max(id), 0) + 1 FROM "order"').fetchone()[0]
    reference = f"attempt-{order_id:06d}"
    run("INSERT INTO \"order\" (id, number, shopper_id, idempotency_key, request_digest, status, currency,"
        " subtotal_minor, shipping_minor, tax_minor, tax_included_minor, total_minor, created_at)"
        " VALUES (?, ?, ?, ?, '', 'awaiting_payment', 'USD', ?, 0, 0, 0, ?, 0)",
        (order_id, reference, shopper_id, key, subtotal, subtotal))
    connection.executemany("INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?, ?, '{}', ?, ?, ?, 0)", [
        (order_id, at, line[1], line[5], line[4], line[6], json.dumps({"size": "L"}), line[2], line[3],
         line[2] * line[3]) for at, line in enumerate(lines)])
    run("INSERT INTO receipt (order_id, terms, ships) VALUES (?, '{}', 1)", (order_id,))
    run("INSERT INTO payment (order_id, key, gateway, state, amount_minor, refunded_minor, refunding, brand, last4,"
        " reference, reason, created_at) VALUES (?, ?, 'demo', 'submitting', ?, 0, 0, 'Visa', '4242', '', '', 0)",
        (order_id, f"pay:{reference}:1", subtotal))
    run("COMMIT")
    return lines, reference, order_id
