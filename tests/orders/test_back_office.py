"""What the owner does with orders."""
from __future__ import annotations

import pytest

from shopkeeper import InvalidState, NotFound, PaymentDeclined, Session, Shop
from tests.conftest import FakeClock
from tests.orders.buying import DECLINED, pay, stock_of
from tests.portals import Portal


def test_an_order_that_was_sent_is_fulfilled_and_cannot_be_cancelled(shop: Shop, ada: Session, mug: int) -> None:
    number = pay(shop, ada).number
    assert shop.back_office.fulfil(number).status == "fulfilled"
    with pytest.raises(InvalidState, match="was sent already"):
        shop.orders.cancel(ada, number)
    with pytest.raises(InvalidState, match="was sent already"):
        shop.back_office.fulfil(number)
    assert stock_of(shop, mug) == (3, 0)


def test_only_what_is_paid_is_sent(shop: Shop, ada: Session, portal: Portal) -> None:
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)
    with pytest.raises(InvalidState, match="is cancelled already"):
        shop.back_office.fulfil("attempt-000001")
    portal.mood = "silent"
    with pytest.raises(InvalidState, match="still being paid"):
        shop.back_office.fulfil(pay(shop, ada, key="key-2").number)
    with pytest.raises(NotFound, match="no order SK-000009"):
        shop.back_office.fulfil("SK-000009")


def test_an_order_is_not_sent_while_its_money_is_given_back(
    shop: Shop, ada: Session, portal: Portal, mug: int
) -> None:
    number = pay(shop, ada).number
    portal.mood = "unreached"
    with pytest.raises(InvalidState, match="is cancelled as soon as it does"):
        shop.orders.cancel(ada, number)
    with pytest.raises(InvalidState, match="is being cancelled"):
        shop.back_office.fulfil(number)
    portal.mood = "well"
    shop.checkout.settle()
    assert shop.back_office.get(number).status == "cancelled"
    assert stock_of(shop, mug) == (5, 0)


def test_orders_are_listed_newest_first_by_status(shop: Shop, ada: Session, mug: int) -> None:
    first = pay(shop, ada).number
    shop.cart.add(ada, mug)
    second = pay(shop, ada, key="key-2").number
    shop.back_office.fulfil(first)
    assert [order.number for order in shop.back_office.orders()] == [second, first]
    assert [order.number for order in shop.back_office.orders("fulfilled")] == [first]
    assert [order.number for order in shop.back_office.orders(limit=1)] == [second]


def test_settling_says_what_it_settled_and_what_it_could_not(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    assert shop.checkout.settle() == ()
    portal.mood = "silent"
    number = pay(shop, ada).number
    (found,) = shop.checkout.settle()
    assert (found.order_number, found.since, found.settled) == (number, clock(), False)
    portal.mood = "well"
    (found,) = shop.checkout.settle()
    assert (found.order_number, found.settled) == (number, True)
    assert shop.checkout.settle() == ()
