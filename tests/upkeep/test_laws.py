"""The doctor knows the laws: a shop that keeps them is well, and of one that does not it is said where."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Card, Shop
from shopkeeper.database.engine import Database
from shopkeeper.upkeep.doctor import examine
from shopkeeper.upkeep.files import sqlite_file
from shopkeeper.upkeep.laws import LAWS, broken_laws
from tests.conftest import FakeClock
from tests.factories import PASSWORD
from tests.orders.buying import pay
from tests.portals import Portal
from tests.upkeep.looking import findings

# How each law is broken, and what is said then. SK-000001 was placed, SK-000002 was cancelled and refunded.
NO_ENTRY = "DELETE FROM posting WHERE entry_id = {0}; DELETE FROM journal_entry WHERE id = {0}"
NO_KEYS = "CREATE TABLE loose AS SELECT * FROM {0}; DROP TABLE {0}; ALTER TABLE loose RENAME TO {0};"
BROKEN = {
    "stock_bounds": ("UPDATE stock SET reserved = 8", "Variant 1 (PLAIN-MUG) has 8 reserved of 7 on hand."),
    "stock_movements": ("UPDATE stock SET on_hand = 8",
                        "Variant 1 (PLAIN-MUG) has 8 on hand, but its movements come to 7."),
    "stock_reserved": ("UPDATE stock SET reserved = 1",
                       "Variant 1 (PLAIN-MUG) has 1 reserved, but orders under way have 0."),
    "one_cart": (NO_KEYS.format("cart") + "INSERT INTO cart SELECT 2, shopper_id, 1, 0 FROM cart",  # noqa: S608
                 "Shopper 1 has 2 carts."),
    "one_order_per_key": (NO_KEYS.format('"order"') + """UPDATE "order" SET idempotency_key = 'kept'""",  # noqa: S608
                          "Shopper 1 has 2 orders with one key, SK-000001 the first."),
    "order_total": ("""UPDATE "order" SET tax_minor = tax_minor - 1 WHERE id = 1""",
                    "Order SK-000001 comes to 4870, but its parts come to 4869."),
    "order_lines": ("UPDATE order_line SET quantity = 3, total_minor = 6000 WHERE order_id = 1",
                    "Order SK-000001 has a subtotal of 4000, but its lines come to 6000."),
    "order_tax": ("UPDATE order_line SET tax_minor = 372 WHERE order_id = 1",
                  "Order SK-000001 has 371 of tax, but its lines have 372."),
    "order_number": ("""UPDATE "order" SET number = 'SK-000009' WHERE id = 1""", "Order 1 is called SK-000009."),
    "order_not_numbered": ("""DELETE FROM order_number WHERE order_id = 1;
                           UPDATE "order" SET number = 'attempt-000001' WHERE id = 1""",
                           "Order 1 was placed, but has no number."),
    "order_never_placed": ("""UPDATE "order" SET placed_at = NULL WHERE id = 1""",
                           "Order SK-000001 is placed, but was never placed."),
    "order_positions": ("UPDATE order_line SET position = 4 WHERE order_id = 1",
                        "Order SK-000001 has 1 lines, which are numbered 4 to 4."),
    "order_shipping": ("UPDATE receipt SET ships = 0 WHERE order_id = 1",
                       "Order SK-000001 has 499 of shipping, but its receipt says that nothing is sent."),
    "payment_key": ("UPDATE payment SET key = 'pay:attempt-000009:1' WHERE order_id = 1",
                    "Order SK-000001 has a payment pay:attempt-000009:1, which is another order's key."),
    "entry_currency": ("UPDATE journal_entry SET currency = 'EUR' WHERE id = 1",
                       "The capture of order SK-000001 in the ledger is in EUR, but it was in USD."),
    "entry_parts": ("UPDATE posting SET account = 'refunds' WHERE entry_id = 1 AND account = 'sales'",
                    "The capture of order SK-000001 in the ledger has 0 for sales, not -4000."),
    "order_unpaid": ("UPDATE payment SET state = 'declined' WHERE order_id = 1",
                     "Order SK-000001 is placed, but no payment of it succeeded."),
    "order_awaits_nothing": ("""UPDATE "order" SET status = 'awaiting_payment' WHERE id = 1""",
                             "Order SK-000001 awaits its payment, but none is under way."),
    "payment_without_order": ("UPDATE payment SET state = 'unknown' WHERE order_id = 2",
                              "Order SK-000002 is cancelled, but its payment pay:attempt-000002:1 is still unknown."),
    "cancelled_not_refunded": ("UPDATE payment SET refunded_minor = 1 WHERE order_id = 2",
                               "Order SK-000002 is cancelled, but its payment pay:attempt-000002:1 was not given"
                               " back."),
    "payment_amount": ("UPDATE payment SET amount_minor = 4871 WHERE order_id = 1",
                       "Order SK-000001 comes to 4870, but payment pay:attempt-000001:1 is of 4871."),
    "captured_twice": ("""INSERT INTO payment SELECT 9, order_id, 'pay:attempt-000001:2', gateway, state, amount_minor,
                          0, 0, brand, last4, reference, reason, created_at FROM payment WHERE order_id = 1""",
                       "Order SK-000001 comes to 4870, but 9740 were captured."),
    "refunded_too_much": ("UPDATE payment SET refunded_minor = 4871 WHERE order_id = 2",
                          "Order SK-000002: of 4870, 4871 were given back."),
    "entry_does_not_balance": ("UPDATE posting SET amount_minor = amount_minor - 1 WHERE entry_id = 1"
                               " AND account = 'tax'",
                               "The capture of order SK-000001 in the ledger comes to -1, not to zero."),
    "entry_of_another_order": ("UPDATE journal_entry SET order_id = 2 WHERE id = 1",
                               "The capture of order SK-000002 in the ledger is of another order's"
                               " pay:attempt-000001:1."),
    "entry_amount": ("UPDATE posting SET amount_minor = 5000 WHERE entry_id = 1 AND account = 'portal'",
                     "The capture of order SK-000001 in the ledger is 5000, but it was 4870."),
    "capture_without_entry": (NO_ENTRY.format(1),
                              "Order SK-000001: its payment pay:attempt-000001:1 was captured, but is not in the"
                              " ledger."),
    "refund_without_entry": (
        NO_ENTRY.format(3),
        "Order SK-000002: its payment pay:attempt-000002:1 was given back, but that is not in the ledger."),
    "capture_kept": ("UPDATE payment SET state = 'declined', refunded_minor = 0 WHERE order_id = 2",
                     "Order SK-000002: its payment pay:attempt-000002:1 came through too late, and was not given"
                     " back."),
    "demo_charge_missing": ("UPDATE demo_charge SET amount_minor = 1 WHERE key = 'pay:attempt-000001:1'",
                            "Order SK-000001: the demo portal's books have no such charge as payment"
                            " pay:attempt-000001:1."),
    "demo_charge_unknown": ("UPDATE demo_charge SET key = 'pay:other' WHERE key = 'pay:attempt-000001:1'",
                            "The demo portal charged 4870 as pay:other, which no payment here is."),
    "demo_charge_kept": (
        "UPDATE payment SET state = 'declined' WHERE order_id = 1",
        "Order SK-000001: the demo portal kept 4870 of payment pay:attempt-000001:1, which here is declined."),
    "demo_refund": ("UPDATE demo_charge SET refunded_minor = 0",
                    "Order SK-000002: the demo portal gave 0 back, our books say 4870."),
    "deleted_with_session": ("DELETE FROM account", "Shopper 1 deleted the account, but is still logged in."),
    "deleted_with_cart": ("DELETE FROM account", "Shopper 1 deleted the account, but has a cart."),
    "deleted_with_address": ("""DELETE FROM account; UPDATE "order" SET address = '{}' WHERE id = 2""",
                             "Order SK-000002 is of an account that was deleted, but says where it went."),
    "deleted_with_card": ("DELETE FROM account",
                          "Order SK-000001 is of an account that was deleted, but says the end of its card."),
    "login_bucket": ("DELETE FROM login_bucket",
                     "The shop lost count of the logins that failed, so nobody can log in."),
}


def break_law(file: Path, statements: str) -> None:
    """Writes what no service would, without SQLite's own checks."""
    with sqlite_file(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executescript(statements)


def test_every_law_is_broken_here() -> None:
    assert set(BROKEN) == {law.code for law in LAWS}


@pytest.mark.parametrize("law", BROKEN)
def test_a_broken_law_is_said_in_a_sentence(file: Path, law: str) -> None:
    statements, sentence = BROKEN[law]
    break_law(file, statements)
    database = Database.open(str(file))
    with database.read() as connection:
        found = {(each.code, each.message) for each in broken_laws(connection)}
    database.close()
    assert (law, sentence) in found
    assert law in findings(file)


def test_of_what_is_broken_all_over_ten_are_told(file: Path) -> None:
    break_law(file, """WITH RECURSIVE counted(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counted WHERE n < 30)
        INSERT INTO demo_charge SELECT 'stray' || n, n, 'succeeded', 1, 'USD', 0, '', 0 FROM counted""")
    assert findings(file) == ["demo_charge_unknown"] * 10


@pytest.mark.parametrize("mood", ["well", "late", "lost", "silent", "unreached", "dying"])
def test_whatever_the_portal_does_the_laws_hold(file: Path, clock: FakeClock, mood: str) -> None:
    portal = Portal(mood=mood)
    with Shop.open(str(file), clock=clock, gateway=portal) as shop:
        session = shop.accounts.login("ada@example.com", PASSWORD)
        try:
            pay(shop, session, Card("4242424242424242", 12, 2030, "123"))
        except KeyboardInterrupt:
            assert mood == "dying"
    assert findings(file) == []


def test_a_charge_that_came_too_late_and_went_back_breaks_no_law(file: Path, clock: FakeClock) -> None:
    portal = Portal()
    with Shop.open(str(file), clock=clock, gateway=portal) as shop:
        session = shop.accounts.login("ada@example.com", PASSWORD)

        def give_up() -> None:
            clock.advance(61)
            shop.checkout.settle()

        portal.meanwhile = give_up
        with pytest.raises(Exception, match="not charged"):
            pay(shop, session)
        assert portal.refunded
    assert findings(file) == []


def test_a_payment_that_nobody_settled_is_named_with_its_order(file: Path, clock: FakeClock) -> None:
    with Shop.open(str(file), clock=clock, gateway=Portal(mood="silent")) as shop:
        pay(shop, shop.accounts.login("ada@example.com", PASSWORD))
    assert examine(str(file), clock=clock).findings == ()  # it may still be on its way
    clock.advance(60)
    seen = examine(str(file), clock=clock)
    assert [(each.code, each.message) for each in seen.findings] == [
        ("open_payment", "The payment of SK-000003 is open since 2026-11-22 14:05 UTC. `shopkeeper settle` asks the"
                         " portal.")]
    assert seen.facts["open_payments"] == [{"order": "SK-000003", "since": "2026-11-22T14:05:00+00:00"}]


def test_a_refund_that_nobody_settled_is_named_with_its_order(file: Path, clock: FakeClock) -> None:
    break_law(file, "UPDATE payment SET refunding = 1 WHERE order_id = 1")
    clock.advance(60)
    (finding,) = examine(str(file), clock=clock).findings
    assert finding.message.startswith("The refund of SK-000001 is open since 2026-11-22")
