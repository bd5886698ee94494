"""Payments where a clock ran ahead or behind, and was set right."""
from __future__ import annotations

import pytest

from shopkeeper import Session, Shop
from tests.conftest import FakeClock
from tests.orders.buying import pay, stock_of
from tests.portals import Portal

YEARS = 2 * 365 * 24 * 60 * 60


def cut_off(shop: Shop, session: Session, portal: Portal) -> None:
    """Begins a payment that a crash ends before the gateway is asked."""
    def crash() -> None:
        raise KeyboardInterrupt

    portal.meanwhile = crash
    with pytest.raises(KeyboardInterrupt):
        pay(shop, session)
    portal.meanwhile = lambda: None


def test_a_payment_from_the_future_is_decided_a_minute_after_the_clock_is_set_right(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    clock.advance(YEARS)
    ada = shop.accounts.login("ada@example.com", "correct horse battery staple")
    cut_off(shop, ada, portal)
    clock.advance(-YEARS)
    shop.checkout.settle()
    clock.advance(59)
    shop.checkout.settle()
    assert stock_of(shop, mug) == (5, 2)
    clock.advance(1)
    shop.checkout.settle()
    assert stock_of(shop, mug) == (5, 0)
    assert pay(shop, ada, key="key-2").status == "placed"


def test_a_payment_given_up_in_the_future_is_asked_about_for_a_day_like_any_other(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    clock.advance(YEARS)
    ada = shop.accounts.login("ada@example.com", "correct horse battery staple")
    portal.mood = "delayed"
    number = pay(shop, ada).number
    portal.mood = "well"
    clock.advance(61)
    shop.checkout.settle()
    clock.advance(-YEARS)
    shop.checkout.settle()
    clock.advance(24 * 60 * 60 + 1)
    shop.checkout.settle()
    portal.deliver()
    shop.checkout.settle()
    assert portal.refunded == {}
    assert number == "SK-000001"


def test_a_payment_from_a_clock_that_ran_behind_is_decided_at_once(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    clock.advance(-YEARS)
    cut_off(shop, ada, portal)
    clock.advance(YEARS)
    shop.checkout.settle()
    assert stock_of(shop, mug) == (5, 0)
    assert pay(shop, shop.accounts.login("ada@example.com", "correct horse battery staple"),
               key="key-2").status == "placed"
