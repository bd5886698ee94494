"""The laws of the shop as queries: each finds the rows that break it, and says what is broken in a sentence.

Amounts are in minor units.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shopkeeper.database.migrate import revision_of

_MOST = 10  # of what breaks one law, so many are told


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: a code for programs, a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Law:
    """A query for what breaks it, and a sentence that names the query's columns. `since`: the schema it needs."""

    code: str
    sentence: str
    broken: str
    since: str = "0001"


_STOCK = (
    Law("stock_bounds", "Variant {id} ({sku}) has {reserved} reserved of {on_hand} on hand.", """
        SELECT variant.id, sku, reserved, on_hand FROM stock JOIN variant ON variant.id = stock.variant_id
        WHERE reserved < 0 OR (tracked = 1 AND policy = 'deny' AND reserved > on_hand)"""),
    Law("stock_movements", "Variant {id} ({sku}) has {on_hand} on hand, but its movements come to {moved}.", """
        SELECT id, sku, on_hand, moved FROM (
            SELECT variant.id, sku, on_hand, (SELECT coalesce(sum(quantity), 0) FROM stock_movement
                                              WHERE stock_movement.variant_id = variant.id) AS moved
            FROM stock JOIN variant ON variant.id = stock.variant_id) AS counted
        WHERE on_hand <> moved"""),
    Law("stock_reserved", "Variant {id} ({sku}) has {reserved} reserved, but orders under way have {held}.", """
        SELECT id, sku, reserved, held FROM (
            SELECT variant.id, sku, reserved, (
                SELECT coalesce(sum(quantity), 0) FROM order_line JOIN "order" ON "order".id = order_line.order_id
                WHERE order_line.variant_id = variant.id AND status = 'awaiting_payment') AS held
            FROM stock JOIN variant ON variant.id = stock.variant_id) AS counted
        WHERE reserved <> held"""),
    Law("one_cart", "Shopper {shopper_id} has {carts} carts.", """
        SELECT shopper_id, count(*) AS carts FROM cart GROUP BY shopper_id HAVING count(*) > 1"""),
)

_ORDERS = (
    Law("one_order_per_key", "Shopper {shopper_id} has {orders} orders with one key, {first} the first.", """
        SELECT shopper_id, count(*) AS orders, min(number) AS first FROM "order"
        GROUP BY shopper_id, idempotency_key HAVING count(*) > 1"""),
    Law("order_total", "Order {number} comes to {total_minor}, but its parts come to {parts}.", """
        SELECT number, total_minor, subtotal_minor + shipping_minor + tax_minor AS parts FROM "order"
        WHERE subtotal_minor + shipping_minor + tax_minor <> total_minor"""),
    Law("order_lines", "Order {number} has a subtotal of {subtotal_minor}, but its lines come to {lines}.",
        """SELECT number, subtotal_minor, lines FROM (
               SELECT number, subtotal_minor, (SELECT coalesce(sum(unit_price_minor * quantity), 0) FROM order_line
                                               WHERE order_id = "order".id) AS lines FROM "order") AS added
           WHERE subtotal_minor <> lines"""),
    Law("order_tax", "Order {number} has {tax} of tax, but its lines have {lines}.", """
        SELECT number, tax, lines FROM (
            SELECT number, tax_minor + tax_included_minor AS tax, (
                SELECT coalesce(sum(tax_minor), 0) FROM order_line WHERE order_id = "order".id) AS lines
            FROM "order") AS added
        WHERE lines > tax"""),
)

_SIX_DIGITS = "CASE WHEN {0} < 1000000 THEN substr(CAST(1000000 + {0} AS TEXT), 2) ELSE CAST({0} AS TEXT) END"
_ID, _NUMBER = _SIX_DIGITS.format('"order".id'), _SIX_DIGITS.format("order_number.value")

# What the digest of a placed order seals, and what it does not.
_SEALS = (
    Law("order_number", "Order {id} is called {number}.", f"""
        SELECT id, number FROM "order" LEFT JOIN order_number ON order_id = id WHERE number IS NULL
        OR number <> CASE WHEN value IS NULL THEN 'attempt-' || {_ID} ELSE 'SK-' || {_NUMBER} END""", "0011"),  # noqa: S608 (our own words)
    Law("order_not_numbered", "Order {id} was placed, but has no number.", """
        SELECT id FROM "order" LEFT JOIN order_number ON order_id = id
        WHERE placed_at IS NOT NULL AND value IS NULL""", "0011"),
    Law("order_never_placed", "Order {number} is {status}, but was never placed.", """
        SELECT number, status FROM "order" WHERE status IN ('placed', 'fulfilled') AND placed_at IS NULL"""),
    Law("order_positions", "Order {number} has {lines} lines, which are numbered {first} to {last}.", """
        SELECT number, count(*) AS lines, min(position) AS first, max(position) AS last FROM "order"
        JOIN order_line ON order_id = "order".id
        GROUP BY number HAVING min(position) <> 0 OR max(position) + 1 <> count(*)"""),
    Law("order_shipping", "Order {number} has {shipping_minor} of shipping, but its receipt says that nothing is sent.",
        """SELECT number, shipping_minor FROM "order" JOIN receipt ON order_id = "order".id
           WHERE ships = 0 AND shipping_minor <> 0""", "0002"),
    Law("payment_key", "Order {number} has a payment {key}, which is another order's key.", f"""
        SELECT number, key FROM payment JOIN "order" ON "order".id = order_id
        WHERE key NOT LIKE 'pay:attempt-' || {_ID} || ':%'
        AND key NOT LIKE 'pay:SK-' || {_ID} || ':%'"""),  # noqa: S608 (our own words)
)

# A payment is captured once it succeeded; or it succeeded after its order was given up, and goes back.
_PAYMENTS = (
    Law("order_unpaid", "Order {number} is {status}, but no payment of it succeeded.", """
        SELECT number, status FROM "order" WHERE status IN ('placed', 'fulfilled') AND NOT EXISTS (
            SELECT 1 FROM payment WHERE order_id = "order".id AND state = 'succeeded'
            AND (refunded_minor < amount_minor OR amount_minor = 0))"""),
    Law("order_awaits_nothing", "Order {number} awaits its payment, but none is under way.", """
        SELECT number FROM "order" WHERE status = 'awaiting_payment' AND NOT EXISTS (
            SELECT 1 FROM payment WHERE order_id = "order".id AND state IN ('submitting', 'unknown'))"""),
    Law("payment_without_order", "Order {number} is {status}, but its payment {key} is still {state}.", """
        SELECT number, status, key, state FROM payment JOIN "order" ON "order".id = order_id
        WHERE state IN ('submitting', 'unknown') AND status <> 'awaiting_payment'"""),
    Law("cancelled_not_refunded", "Order {number} is cancelled, but its payment {key} was not given back.", """
        SELECT number, key FROM payment JOIN "order" ON "order".id = order_id
        WHERE status = 'cancelled' AND state = 'succeeded' AND refunded_minor <> amount_minor AND refunding = 0"""),
    Law("payment_amount", "Order {number} comes to {total_minor}, but payment {key} is of {amount_minor}.",
        """SELECT number, total_minor, key, amount_minor FROM payment JOIN "order" ON "order".id = order_id
           WHERE amount_minor <> total_minor"""),
    Law("captured_twice", "Order {number} comes to {total_minor}, but {captured} were captured.", """
        SELECT number, total_minor, sum(amount_minor) AS captured FROM payment JOIN "order" ON "order".id = order_id
        WHERE state = 'succeeded' GROUP BY number, total_minor HAVING sum(amount_minor) > total_minor"""),
    Law("refunded_too_much", "Order {number}: of {amount_minor}, {refunded_minor} were given back.", """
        SELECT number, amount_minor, refunded_minor FROM payment JOIN "order" ON "order".id = order_id
        WHERE refunded_minor < 0 OR refunded_minor > amount_minor"""),
)

# What a capture and a refund put into each account but the portal's. Where prices include tax, the lines' share of it
# is no sale, and the rest of it no shipping.
_PARTS = """
    SELECT id AS order_id, kind, account, CASE WHEN kind = 'capture' THEN
        CASE account WHEN 'sales' THEN tax_in_lines - subtotal_minor
                     WHEN 'shipping' THEN tax_included_minor - tax_in_lines - shipping_minor
                     WHEN 'tax' THEN -tax_minor - tax_included_minor ELSE 0 END
        ELSE CASE account WHEN 'refunds' THEN subtotal_minor + shipping_minor - tax_included_minor
                          WHEN 'tax' THEN tax_minor + tax_included_minor ELSE 0 END END AS amount
    FROM (SELECT "order".*, CASE WHEN tax_included_minor = 0 THEN 0 ELSE (
              SELECT coalesce(sum(order_line.tax_minor), 0) FROM order_line WHERE order_id = "order".id
          ) END AS tax_in_lines FROM "order") AS taxed
    CROSS JOIN (SELECT 'capture' AS kind UNION ALL SELECT 'refund') AS kinds
    CROSS JOIN (SELECT 'sales' AS account UNION ALL SELECT 'shipping' UNION ALL SELECT 'tax'
                UNION ALL SELECT 'refunds') AS accounts"""

_LEDGER = (
    Law("entry_does_not_balance", "The {kind} of order {number} in the ledger comes to {sum}, not to zero.", """
        SELECT kind, number, sum(amount_minor) AS sum FROM journal_entry
        JOIN posting ON entry_id = journal_entry.id JOIN "order" ON "order".id = journal_entry.order_id
        GROUP BY journal_entry.id, kind, number HAVING sum(amount_minor) <> 0""", "0002"),
    Law("entry_of_another_order", "The {kind} of order {number} in the ledger is of another order's {key}.", """
        SELECT kind, number, key FROM journal_entry JOIN payment ON payment.id = payment_id
        JOIN "order" ON "order".id = journal_entry.order_id
        WHERE payment.order_id <> journal_entry.order_id""", "0002"),
    Law("entry_amount", "The {kind} of order {number} in the ledger is {booked}, but it was {amount}.",
        """SELECT kind, number, booked, amount FROM (
               SELECT kind, number,
                   CASE kind WHEN 'capture' THEN payment.amount_minor ELSE -refunded_minor END AS amount,
                   (SELECT coalesce(sum(amount_minor), 0) FROM posting
                    WHERE entry_id = journal_entry.id AND account = 'portal') AS booked
               FROM journal_entry JOIN payment ON payment.id = payment_id
               JOIN "order" ON "order".id = journal_entry.order_id) AS compared
           WHERE booked <> amount""", "0002"),
    Law("entry_currency", "The {kind} of order {number} in the ledger is in {booked}, but it was in {currency}.", """
        SELECT kind, number, journal_entry.currency AS booked, "order".currency AS currency FROM journal_entry
        JOIN "order" ON "order".id = order_id WHERE journal_entry.currency <> "order".currency""", "0002"),
    Law("entry_parts", "The {kind} of order {number} in the ledger has {booked} for {account}, not {amount}.", f"""
        WITH parts AS ({_PARTS})
        SELECT journal_entry.kind, number, parts.account, parts.amount, coalesce(amount_minor, 0) AS booked
        FROM journal_entry JOIN "order" ON "order".id = journal_entry.order_id
        JOIN parts ON parts.order_id = journal_entry.order_id AND parts.kind = journal_entry.kind
        LEFT JOIN posting ON entry_id = journal_entry.id AND posting.account = parts.account
        WHERE coalesce(amount_minor, 0) <> parts.amount""", "0002"),  # noqa: S608 (our own words)
    Law("capture_without_entry", "Order {number}: its payment {key} was captured, but is not in the ledger.", """
        SELECT number, key FROM payment JOIN "order" ON "order".id = order_id
        WHERE (state = 'succeeded' OR refunded_minor > 0) AND NOT EXISTS (
            SELECT 1 FROM journal_entry WHERE payment_id = payment.id AND kind = 'capture')""", "0002"),
    Law("refund_without_entry", "Order {number}: its payment {key} was given back, but that is not in the ledger.", """
        SELECT number, key FROM payment JOIN "order" ON "order".id = order_id
        WHERE refunded_minor > 0 AND NOT EXISTS (
            SELECT 1 FROM journal_entry WHERE payment_id = payment.id AND kind = 'refund')""", "0002"),
    Law("capture_kept", "Order {number}: its payment {key} came through too late, and was not given back.", """
        SELECT number, key FROM payment JOIN "order" ON "order".id = payment.order_id
        JOIN journal_entry ON payment_id = payment.id AND kind = 'capture'
        WHERE state = 'declined' AND refunding = 0 AND refunded_minor <> payment.amount_minor""", "0002"),
)

# The demo portal has books of its own. While a payment or a refund is under way, they may be ahead of ours. No
# portal is asked for an amount of 0.
_DEMO = (
    Law("demo_charge_missing", "Order {number}: the demo portal's books have no such charge as payment {key}.", """
        SELECT number, payment.key FROM payment JOIN "order" ON "order".id = order_id
        WHERE gateway = 'demo' AND payment.state = 'succeeded' AND payment.amount_minor <> 0 AND NOT EXISTS (
            SELECT 1 FROM demo_charge WHERE demo_charge.key = payment.key AND demo_charge.state = 'succeeded'
            AND demo_charge.reference = payment.reference
            AND demo_charge.amount_minor = payment.amount_minor AND demo_charge.currency = "order".currency)"""),
    Law("demo_charge_unknown", "The demo portal charged {amount_minor} as {key}, which no payment here is.",
        """SELECT amount_minor, key FROM demo_charge WHERE state = 'succeeded' AND NOT EXISTS (
               SELECT 1 FROM payment WHERE payment.key = demo_charge.key AND gateway = 'demo')"""),
    Law("demo_charge_kept", "Order {number}: the demo portal kept {kept} of payment {key}, which here is {state}.", """
        SELECT number, payment.key, payment.state, demo_charge.amount_minor - demo_charge.refunded_minor AS kept
        FROM payment JOIN demo_charge ON demo_charge.key = payment.key JOIN "order" ON "order".id = order_id
        WHERE gateway = 'demo' AND demo_charge.state = 'succeeded' AND payment.state = 'declined' AND refunding = 0
        AND demo_charge.refunded_minor <> demo_charge.amount_minor"""),
    Law("demo_refund", "Order {number}: the demo portal gave {theirs} back, our books say {ours}.", """
        SELECT number, demo_charge.refunded_minor AS theirs, payment.refunded_minor AS ours
        FROM payment JOIN demo_charge ON demo_charge.key = payment.key JOIN "order" ON "order".id = order_id
        WHERE gateway = 'demo' AND refunding = 0 AND (demo_charge.refunded_minor < payment.refunded_minor
        OR (payment.state = 'succeeded' AND demo_charge.refunded_minor <> payment.refunded_minor))"""),
)

# Only accounts have orders: whose account is gone has deleted it, and nothing leads to the person any more.
_DELETED = """NOT EXISTS (SELECT 1 FROM account WHERE account.id = "order".shopper_id)"""
_ACCOUNTS = (
    Law("deleted_with_session", "Shopper {shopper_id} deleted the account, but is still logged in.", f"""
        SELECT DISTINCT shopper_id FROM session WHERE shopper_id IN (
            SELECT shopper_id FROM "order" WHERE {_DELETED})"""),  # noqa: S608 (our own words)
    Law("deleted_with_cart", "Shopper {shopper_id} deleted the account, but has a cart.", f"""
        SELECT shopper_id FROM cart WHERE shopper_id IN (
            SELECT shopper_id FROM "order" WHERE {_DELETED})"""),  # noqa: S608 (our own words)
    Law("deleted_with_address", "Order {number} is of an account that was deleted, but says where it went.", f"""
        SELECT number FROM "order" WHERE address IS NOT NULL AND {_DELETED}"""),  # noqa: S608 (our own words)
    Law("deleted_with_card", "Order {number} is of an account that was deleted, but says the end of its card.", f"""
        SELECT DISTINCT number FROM "order" JOIN payment ON order_id = "order".id
        WHERE last4 <> '' AND {_DELETED}"""),  # noqa: S608 (our own words)
    Law("login_bucket", "The shop lost count of the logins that failed, so nobody can log in.", """
        SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM login_bucket)""", "0004"),
)

LAWS = (*_STOCK, *_ORDERS, *_SEALS, *_PAYMENTS, *_LEDGER, *_DEMO, *_ACCOUNTS)


def broken_laws(connection: Connection) -> list[Finding]:
    """What in the shop breaks a law, as this transaction sees it: at most ten findings for each law.

    Of a shop with an older schema, the laws are checked that it can be held to.
    """
    revision = revision_of(connection) or ""
    return [finding for law in LAWS if law.since <= revision for finding in _broken(connection, law)]


def _broken(connection: Connection, law: Law) -> Iterator[Finding]:
    for row in connection.execute(text(law.broken)).fetchmany(_MOST):
        yield Finding(law.code, law.sentence.format_map(row._mapping))
