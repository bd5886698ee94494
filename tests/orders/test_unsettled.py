"""A portal that does not answer, a program that dies: nobody pays twice, nothing is lost."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from shopkeeper import InvalidState, PaymentDeclined, Session, Shop
from shopkeeper.orders.open_payments import OPEN_PAYMENT
from shopkeeper.orders.tables import payment
from tests.conftest import FakeClock
from tests.orders.buying import DECLINED, orders_written, pay, stock_of
from tests.portals import Portal


def reopen(shop: Shop, portal: Portal, clock: FakeClock) -> Shop:
    """The same shop as another process opens it."""
    return Shop.open(str(shop._database.engine.url.database), gateway=portal, clock=clock)


def test_a_late_answer_is_asked_for_at_once(shop: Shop, ada: Session, portal: Portal) -> None:
    portal.mood = "late"
    assert pay(shop, ada).status == "placed"


def test_a_lost_answer_is_asked_for_at_once(shop: Shop, ada: Session, portal: Portal) -> None:
    portal.mood = "lost"
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)
    assert pay(shop, ada, key="key-2").status == "placed"


def test_an_order_without_an_answer_waits_with_its_stock_and_the_cart_stays(
    shop: Shop, ada: Session, mug: int, portal: Portal
) -> None:
    portal.mood = "silent"
    before = shop.cart.view(ada)
    order = pay(shop, ada)
    assert (order.status, order.payment.state) == ("awaiting_payment", "unknown")
    assert stock_of(shop, mug) == (5, 2)
    assert (shop.cart.view(ada).count, shop.cart.view(ada).version) == (before.count, before.version)


def test_nobody_pays_again_while_a_payment_is_undecided(shop: Shop, ada: Session, portal: Portal) -> None:
    portal.mood = "silent"
    pay(shop, ada)
    with pytest.raises(InvalidState, match="SK-000001 is not decided yet"):
        pay(shop, ada, key="key-2")
    assert (portal.calls, orders_written(shop)) == (1, 1)


def test_the_same_key_settles_an_undecided_payment_without_charging(
    shop: Shop, ada: Session, mug: int, portal: Portal
) -> None:
    portal.mood = "silent"
    pay(shop, ada)
    portal.mood = "well"
    assert pay(shop, ada).status == "placed"
    assert portal.calls == 1
    assert stock_of(shop, mug) == (3, 0)


def test_a_new_key_settles_the_undecided_payment_first(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    portal.mood = "silent"
    with pytest.raises(PaymentDeclined):
        portal.mood = "silent"
        pay(shop, ada, DECLINED)
        portal.mood = "well"
        pay(shop, ada, DECLINED)
    assert pay(shop, ada, key="key-2").status == "placed"
    assert stock_of(shop, mug) == (3, 0)


def test_opening_the_shop_settles_what_a_crash_left_after_the_charge(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "dying"
    with pytest.raises(KeyboardInterrupt):
        pay(shop, ada)
    assert shop.orders.history(ada).items[0].status == "awaiting_payment"
    portal.mood = "well"
    clock.advance(61)
    with reopen(shop, portal, clock) as again:
        assert again.orders.history(ada).items[0].status == "placed"
        assert again.cart.view(ada).lines == ()
        assert stock_of(again, mug) == (3, 0)
    assert portal.calls == 1


def test_a_payment_the_portal_never_saw_is_given_up_after_a_minute(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "unreached"
    before = shop.cart.view(ada)
    assert pay(shop, ada).status == "awaiting_payment"
    clock.advance(59)
    shop.checkout.settle()
    assert stock_of(shop, mug) == (5, 2)
    clock.advance(1)
    shop.checkout.settle()
    assert stock_of(shop, mug) == (5, 0)
    assert shop.cart.view(ada) == before
    assert [order.status for order in shop.orders.history(ada).items] == ["cancelled"]
    with pytest.raises(PaymentDeclined, match="Your card was not charged"):
        pay(shop, ada)


def test_settling_leaves_alone_what_another_process_is_paying_just_now(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    def open_another() -> None:
        clock.advance(30)
        with reopen(shop, portal, clock) as other:
            assert other.orders.history(ada).items[0].payment.state == "submitting"

    portal.meanwhile = open_another
    assert pay(shop, ada).status == "placed"


def test_a_charge_that_goes_through_after_its_order_was_given_up_is_given_back(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    def give_up() -> None:
        clock.advance(61)
        shop.checkout.settle()

    portal.meanwhile = give_up
    with pytest.raises(PaymentDeclined, match="not charged"):
        pay(shop, ada)
    assert (portal.captured, portal.refunded) == ({"pay:attempt-000001:1": 4000}, {"refund:attempt-000001": 4000})
    assert stock_of(shop, mug) == (5, 0)
    assert shop.cart.view(ada).count == 2


def test_settling_twice_books_once(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    portal.mood = "silent"
    pay(shop, ada)
    portal.mood = "well"
    shop.checkout.settle()
    shop.checkout.settle()
    assert stock_of(shop, mug) == (3, 0)


def test_what_is_open_is_found_without_reading_all_payments(shop: Shop) -> None:
    with shop._database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {select(payment).where(OPEN_PAYMENT)}").all()
    assert "ix_payment_open" in str(plan)


def test_a_charge_that_arrives_after_its_order_was_given_up_is_given_back_by_settling(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "delayed"
    number = pay(shop, ada).number
    portal.mood = "well"
    clock.advance(61)
    shop.checkout.settle()
    assert portal.captured == {}
    portal.deliver()
    assert portal.captured == {"pay:attempt-000001:1": 4000}
    reopen(shop, portal, clock).close()
    assert portal.refunded == {"refund:attempt-000001": 4000}
    assert [(entry.kind, entry.order_number) for entry in shop.ledger.entries()] == [
        ("capture", number), ("refund", number)]
    assert stock_of(shop, mug) == (5, 0)
    assert [order.status for order in shop.orders.history(ada).items] == ["cancelled"]
