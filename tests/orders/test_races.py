"""Two at once: the last one is sold once, one key is charged once, one cart is paid once."""
from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from shopkeeper import InvalidState, Order, Session, Shop, ShopError
from tests.factories import add_account, add_product, set_stock
from tests.orders.buying import orders_written, pay, stock_of
from tests.portals import Portal
from tests.waiting import PATIENCE

# A program of its own: it opens the shop, says so, waits for the word, and pays.
_BUYER = """
import sys
from shopkeeper import Card, Shop, ShopError
with Shop.open(sys.argv[1]) as shop:
    session = shop.accounts.resume(sys.argv[2])
    total = shop.cart.view(session).total
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        order = shop.checkout.place(session, Card.test("4242 4242 4242 4242"), expected_total=total,
                                    idempotency_key=sys.argv[3])
        print(order.status)
    except ShopError as error:
        print(error.code)
"""


def at_once(*calls: Callable[[], Order]) -> list[Order | ShopError]:
    """What becomes of calls that threads start at the same moment."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Order]) -> Order | ShopError:
        start.wait()
        try:
            return call()
        except ShopError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_two_programs_sell_the_last_one_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("race") / "shop.db")
    with Shop.open(path) as shop:
        mug = add_product(shop, "Plain Mug", stock=1).variants[0].id
        sessions = [add_account(shop, f"{name}@example.com") for name in ("ada", "bob")]
        for session in sessions:
            shop.cart.add(session, mug)
    buyers = [
        subprocess.Popen([sys.executable, "-c", _BUYER, path, session.token, "key"], text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for session in sessions
    ]
    for buyer in buyers:
        assert buyer.stdout is not None
        assert buyer.stdout.readline() == "ready\n"
    for buyer in buyers:
        assert buyer.stdin is not None
        buyer.stdin.write("go\n")
        buyer.stdin.flush()
    assert sorted(buyer.communicate(timeout=PATIENCE)[0].strip() for buyer in buyers) == ["out_of_stock", "placed"]
    with Shop.open(path) as shop:
        assert stock_of(shop, mug) == (0, 0)


def test_a_second_press_with_the_same_key_is_the_same_order(
    shop: Shop, ada: Session, mug: int, portal: Portal
) -> None:
    total = shop.cart.view(ada).total
    both = at_once(*[lambda: pay(shop, ada, total=total)] * 4)
    assert {order.number for order in both if isinstance(order, Order)} == {"SK-000001"}
    assert all(isinstance(order, Order) for order in both)
    assert portal.calls == orders_written(shop) == 1
    assert pay(shop, ada, total=total).status == "placed"
    assert stock_of(shop, mug) == (3, 0)


def test_one_cart_is_not_paid_twice_with_two_keys(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    total = shop.cart.view(ada).total
    outcomes = at_once(*[partial(pay, shop, ada, key=f"key-{i}", total=total) for i in range(4)])
    assert len([outcome for outcome in outcomes if isinstance(outcome, Order)]) == 1
    assert sum(portal.captured.values()) == total.minor
    assert stock_of(shop, mug) == (3, 0)


def test_while_one_terminal_pays_another_is_told_to_wait(shop: Shop, ada: Session, portal: Portal) -> None:
    def pay_elsewhere() -> None:
        portal.meanwhile = lambda: None
        with pytest.raises(InvalidState, match="not decided yet"):
            pay(shop, ada, key="key-2")

    portal.meanwhile = pay_elsewhere
    assert pay(shop, ada).status == "placed"


def test_many_at_once_never_sell_more_than_there_are(shop: Shop, mug: int) -> None:
    set_stock(shop, mug, 3)
    sessions = [add_account(shop, f"shopper{i}@example.com") for i in range(6)]
    for session in sessions:
        shop.cart.add(session, mug)
    total = shop.cart.view(sessions[0]).total
    outcomes = at_once(*[partial(pay, shop, session, total=total) for session in sessions])
    assert len([outcome for outcome in outcomes if isinstance(outcome, Order)]) == 3
    assert {outcome.code for outcome in outcomes if isinstance(outcome, ShopError)} == {"out_of_stock"}
    assert stock_of(shop, mug) == (0, 0)


def test_two_cancellations_at_once_refund_once(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    number = pay(shop, ada).number
    at_once(*[lambda: shop.orders.cancel(ada, number)] * 2)
    assert portal.refunded == {"refund:attempt-000001": 4000}
    assert shop.orders.get(ada, number).status == "cancelled"
    assert stock_of(shop, mug) == (5, 0)
