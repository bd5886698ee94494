"""Order numbers: given when an order is placed or seen to wait, one after the other; an attempt to pay has none."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from shopkeeper import InvalidState, NotFound, PaymentDeclined, Session, Shop, ShopDamaged
from shopkeeper.upkeep.files import sqlite_file
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account
from tests.orders.buying import DECLINED, pay
from tests.portals import Portal


def decline(shop: Shop, session: Session, key: str = "declined") -> None:
    with pytest.raises(PaymentDeclined):
        pay(shop, session, DECLINED, key=key)


def die(shop: Shop, session: Session, portal: Portal, key: str = "key-1") -> None:
    """The program dies while the gateway is asked: nobody saw the order, and it is still undecided."""
    def crash() -> None:
        raise KeyboardInterrupt

    portal.meanwhile = crash
    with pytest.raises(KeyboardInterrupt):
        pay(shop, session, key=key)
    portal.meanwhile = lambda: None


def test_declined_attempts_take_no_number(shop: Shop, ada: Session, mug: int) -> None:
    decline(shop, ada, "declined-1")
    assert pay(shop, ada).number == "SK-000001"
    shop.cart.add(ada, mug)
    decline(shop, ada, "declined-2")
    decline(shop, ada, "declined-3")
    assert pay(shop, ada, key="key-2").number == "SK-000002"
    assert [order.number for order in shop.back_office.orders()] == ["SK-000002", "SK-000001"]
    assert [order.number for order in shop.back_office.orders(attempts=True)] == [
        "SK-000002", "attempt-000004", "attempt-000003", "SK-000001", "attempt-000001"]


def test_a_shopper_finds_no_order_by_the_reference_of_an_attempt(shop: Shop, ada: Session, portal: Portal) -> None:
    decline(shop, ada)
    die(shop, ada, portal)
    for reference in ("attempt-000001", "attempt-000002"):
        for verb in (shop.orders.get, shop.orders.cancel, shop.orders.reorder, shop.orders.receipt):
            with pytest.raises(NotFound):
                verb(ada, reference)


def test_the_owner_finds_an_order_by_the_reference_in_its_payment_key(
    shop: Shop, ada: Session, portal: Portal
) -> None:
    decline(shop, ada)
    order = pay(shop, ada)
    (key,) = portal.captured
    assert shop.back_office.get(key.split(":")[1]) == order
    assert shop.back_office.get("attempt-000001").payment.state == "declined"


def test_an_order_that_waits_has_its_number_when_its_shopper_sees_it(
    shop: Shop, ada: Session, portal: Portal
) -> None:
    decline(shop, ada)
    portal.mood = "silent"
    order = pay(shop, ada)
    assert (order.number, order.status) == ("SK-000001", "awaiting_payment")
    portal.mood = "well"
    assert pay(shop, ada).number == "SK-000001"
    assert shop.orders.get(ada, "SK-000001").status == "placed"


def test_an_order_that_a_crash_left_has_its_number_in_the_history(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    die(shop, ada, portal)
    assert [order.number for order in shop.back_office.orders()] == ["attempt-000001"]
    (seen,) = shop.orders.history(ada).items
    assert (seen.number, seen.status) == ("SK-000001", "awaiting_payment")
    clock.advance(61)
    shop.checkout.settle()
    assert [(order.number, order.status) for order in shop.orders.history(ada).items] == [("SK-000001", "cancelled")]


def test_a_crashed_attempt_that_comes_to_nothing_takes_no_number(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    die(shop, ada, portal)
    clock.advance(61)
    (settled,) = shop.checkout.settle()
    assert (settled.order_number, settled.settled) == ("attempt-000001", True)
    assert shop.orders.history(ada).items == ()
    assert pay(shop, ada, key="key-2").number == "SK-000001"


def test_settling_names_an_order_by_the_number_that_it_got(shop: Shop, ada: Session, portal: Portal) -> None:
    decline(shop, ada)
    portal.mood = "dying"
    with pytest.raises(KeyboardInterrupt):
        pay(shop, ada)
    portal.mood = "well"
    shop._clock.advance(61)  # type: ignore[attr-defined]  # a FakeClock
    assert [settled.order_number for settled in shop.checkout.settle()] == ["SK-000001"]


def test_a_refusal_that_names_an_undecided_order_gives_it_its_number(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    die(shop, ada, portal)
    with pytest.raises(InvalidState, match="SK-000001 is not decided yet"):
        pay(shop, ada, key="key-2")
    clock.advance(61)
    shop.checkout.settle()
    assert [(order.number, order.status) for order in shop.orders.history(ada).items] == [("SK-000001", "cancelled")]


def test_deleting_an_account_with_an_undecided_attempt_names_its_number(
    shop: Shop, ada: Session, portal: Portal
) -> None:
    die(shop, ada, portal)
    with pytest.raises(InvalidState, match="SK-000001 is under way"):
        shop.privacy.delete_account(ada, PASSWORD)
    assert [order.number for order in shop.orders.history(ada).items] == ["SK-000001"]
    assert shop.accounts.login("ada@example.com", PASSWORD).account is not None


def test_numbers_follow_the_order_in_which_orders_are_placed(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "dying"
    with pytest.raises(KeyboardInterrupt):
        pay(shop, ada)
    portal.mood = "well"
    bob = add_account(shop, "bob@example.com")
    shop.cart.add(bob, mug)
    assert pay(shop, bob).number == "SK-000001"
    clock.advance(61)
    shop.checkout.settle()
    assert [order.number for order in shop.orders.history(ada).items] == ["SK-000002"]


def test_the_ledger_names_orders_by_their_numbers(shop: Shop, ada: Session, tmp_path: Path) -> None:
    decline(shop, ada)
    pay(shop, ada)
    assert [entry.order_number for entry in shop.ledger.entries()] == ["SK-000001"]
    shop.ledger.export(tmp_path / "books.beancount", title="Shop")
    assert re.findall("(?:SK|attempt)-[0-9]+", (tmp_path / "books.beancount").read_text()) == ["SK-000001"] * 2


@pytest.mark.parametrize(("statement", "problem"), [
    ("UPDATE order_number SET value = 0 WHERE value = 2", "is less than 2, but there is an order SK-000002"),
    ("UPDATE order_number SET order_id = 3 WHERE value = 2", "is 2 for the order attempt-000003"),
])
def test_numbers_that_do_not_belong_to_their_orders_are_called_damage(
    shop: Shop, ada: Session, mug: int, shop_file: Path, statement: str, problem: str
) -> None:
    for key in ("key-1", "key-2"):
        pay(shop, ada, key=key)
        shop.cart.add(ada, mug)
    with sqlite_file(shop_file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
    with pytest.raises(ShopDamaged, match=f"order_number.value {problem}"):
        pay(shop, ada, key="key-3")
