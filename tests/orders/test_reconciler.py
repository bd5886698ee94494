"""Open payments come to an end while a program runs, whoever looks, and whatever the gateway does."""
from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, InvalidState, PaymentDeclined, Session, Shop
from shopkeeper.config import log_folder
from shopkeeper.orders.reconciler import MAX_LOOKS_AT_ONCE, Reconciler
from shopkeeper.payments.gateway import Charge
from tests.conftest import FakeClock
from tests.factories import add_account
from tests.laws import LAWS, broken
from tests.orders.buying import DECLINED, pay, stock_of
from tests.portals import Portal
from tests.waiting import PATIENCE, wait_until


class HangingPortal(Portal):
    """Once `hangs` is set, a look-up gets no answer before `released` is. One of a `broken` key raises ValueError."""

    broken: Collection[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self.hangs = False
        self.asked = 0
        self.released = threading.Event()

    def lookup(self, key: str) -> Charge | None:
        if self.hangs:
            self.asked += 1
            self.released.wait(PATIENCE)
        if key in self.broken:
            raise ValueError(f"no answer that is understood to {key}")
        return super().lookup(key)


@pytest.fixture
def portal() -> Iterator[HangingPortal]:
    portal = HangingPortal()
    yield portal
    portal.released.set()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is inside takes no longer."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def wait_for_payment(shop: Shop, session: Session, portal: Portal, *, mood: str = "unreached") -> str:
    """An order that awaits its payment; its number."""
    portal.mood = mood
    order = pay(shop, session)
    assert order.status == "awaiting_payment"
    portal.mood = "well"
    return order.number


@pytest.mark.parametrize("look", ["get", "history"])
def test_looking_at_a_waiting_order_asks_the_gateway(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock, look: str
) -> None:
    number = wait_for_payment(shop, ada, portal, mood="silent")
    clock.advance(10)
    seen = shop.orders.get(ada, number) if look == "get" else shop.orders.history(ada).items[0]
    assert (seen.number, seen.status) == (number, "placed")


def test_a_payment_is_asked_about_every_few_seconds_however_often_somebody_looks(
    shop: Shop, ada: Session, portal: HangingPortal, clock: FakeClock
) -> None:
    number = wait_for_payment(shop, ada, portal)
    portal.released.set()
    portal.hangs = True  # and so counts
    for _ in range(3):
        clock.advance(5)
        for _ in range(5):
            shop.orders.get(ada, number)
            shop.orders.history(ada)
    assert portal.asked == 3


def test_an_order_that_was_given_up_stays_and_says_what_happened(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    number = wait_for_payment(shop, ada, portal)
    clock.advance(61)
    order = shop.orders.get(ada, number)
    assert (order.status, order.payment.state, order.cancelled_at) == ("cancelled", "declined", clock())
    assert "was not charged" in order.payment.reason
    assert shop.orders.history(ada).items == shop.back_office.orders() == (order,)
    assert stock_of(shop, mug) == (5, 0)


def test_an_order_that_was_declined_late_stays(shop: Shop, ada: Session, portal: Portal, clock: FakeClock) -> None:
    portal.mood = "silent"
    number = pay(shop, ada, DECLINED).number
    portal.mood = "well"
    clock.advance(10)
    (order,) = shop.orders.history(ada).items
    assert (order.number, order.status, order.payment.reason) == (number, "cancelled", "Your card was declined.")
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)  # the same key, the same answer


def test_an_order_that_a_shopper_saw_after_a_crash_stays(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    def crash() -> None:
        raise KeyboardInterrupt

    portal.meanwhile = crash
    with pytest.raises(KeyboardInterrupt):
        pay(shop, ada)
    (seen,) = shop.orders.history(ada).items
    clock.advance(61)
    shop.checkout.settle()
    (order,) = shop.orders.history(ada).items
    assert (seen.status, order.number, order.status) == ("awaiting_payment", seen.number, "cancelled")


def test_attempts_that_were_declined_at_once_are_told_apart(shop: Shop, ada: Session) -> None:
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)
    number = pay(shop, ada, key="key-2").number
    assert [order.number for order in shop.back_office.orders()] == [number]
    assert [order.payment.state for order in shop.back_office.orders(attempts=True)] == ["succeeded", "declined"]


def test_a_gateway_that_hangs_makes_no_look_slow(
    shop: Shop, ada: Session, portal: HangingPortal, clock: FakeClock
) -> None:
    number = wait_for_payment(shop, ada, portal)
    portal.hangs = True
    with at_most(3):
        clock.advance(10)
        assert shop.orders.get(ada, number).status == "awaiting_payment"
    for _ in range(2 * MAX_LOOKS_AT_ONCE):
        clock.advance(10)
        shop.orders.get(ada, number)
    assert portal.asked <= MAX_LOOKS_AT_ONCE
    with at_most(3):
        add = shop.cart.add(add_account(shop, "bob@example.com"), 1)
        assert add.count == 1


def test_a_gateway_that_hangs_keeps_no_shop_from_closing_nor_writes_after_it(
    shop: Shop, ada: Session, portal: HangingPortal, clock: FakeClock, shop_file: Path
) -> None:
    number = wait_for_payment(shop, ada, portal, mood="silent")
    portal.hangs = True
    other = Shop.open(str(shop_file), gateway=portal, clock=clock, settle=False)
    clock.advance(10)
    assert other.orders.get(ada, number).status == "awaiting_payment"
    with at_most(3):
        other.close()
    with pytest.raises(DatabaseUnavailable, match="was closed"):
        other.orders.get(ada, number)
    portal.released.set()
    assert shop.back_office.get(number).status == "awaiting_payment"


def test_reconciling_all_waits_no_longer_than_it_may(
    shop: Shop, ada: Session, portal: HangingPortal
) -> None:
    wait_for_payment(shop, ada, portal)
    portal.hangs = True
    with at_most(5):
        Reconciler(lambda: shop._settlement, shop._has_open_payments).reconcile(max_seconds=0.2)


def test_a_program_that_runs_ends_open_payments_by_itself(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock
) -> None:
    wait_for_payment(shop, ada, portal)
    clock.advance(61)
    reconciler = Reconciler(lambda: shop._settlement, shop._has_open_payments)
    reconciler.start(interval_seconds=0.01)
    reconciler.start(interval_seconds=0.01)
    try:
        wait_until(lambda: stock_of(shop, mug) == (5, 0), "the payment is still open")
    finally:
        reconciler.stop()


def wait_for_three_payments(shop: Shop, portal: HangingPortal, mug: int) -> list[Session]:
    """Three accounts, each with an order that was charged and awaits its payment."""
    sessions = [add_account(shop, f"{name}@example.com") for name in ("bea", "cem", "dan")]
    portal.mood = "silent"
    for session in sessions:
        shop.cart.add(session, mug)
        pay(shop, session, key="key")
    portal.mood = "well"
    return sessions


def payment_states(shop: Shop) -> list[str]:
    return [order.payment.state for order in reversed(shop.back_office.orders())]


def crash_reports() -> set[Path]:
    return set(log_folder().glob("crash-*.txt"))


@pytest.mark.parametrize("broken_keys", [(1,), (1, 2), (2, 3)])
def test_a_payment_that_breaks_the_look_up_keeps_no_other_from_being_settled(
    shop: Shop, mug: int, portal: HangingPortal, clock: FakeClock, broken_keys: tuple[int, ...]
) -> None:
    wait_for_three_payments(shop, portal, mug)
    portal.broken = [f"pay:attempt-00000{number}:1" for number in broken_keys]
    clock.advance(61)
    with pytest.raises((ValueError, ExceptionGroup)) as raised:
        shop.checkout.settle()
    errors = raised.value.exceptions if isinstance(raised.value, ExceptionGroup) else [raised.value]
    assert [str(error).split()[-1] for error in errors] == portal.broken
    assert payment_states(shop) == [
        "unknown" if number in broken_keys else "succeeded" for number in (1, 2, 3)]


def test_a_payment_that_breaks_its_look_up_is_reported_and_keeps_no_shop_from_opening(
    shop: Shop, mug: int, portal: HangingPortal, clock: FakeClock, shop_file: Path
) -> None:
    wait_for_three_payments(shop, portal, mug)
    portal.broken = ["pay:attempt-000001:1"]
    clock.advance(61)
    before = crash_reports()
    Shop.open(str(shop_file), gateway=portal, clock=clock).close()
    assert payment_states(shop) == ["unknown", "succeeded", "succeeded"]
    report, = crash_reports() - before
    assert "ValueError" in report.read_text()


def test_a_payment_that_breaks_its_look_up_is_reported_once_and_shown_as_it_is_known(
    shop: Shop, mug: int, portal: HangingPortal, clock: FakeClock
) -> None:
    session, *_ = wait_for_three_payments(shop, portal, mug)
    portal.broken = ["pay:attempt-000001:1"]
    before = crash_reports()
    for _ in range(2):
        clock.advance(10)
        (order,) = shop.orders.history(session).items
        assert order.status == "awaiting_payment"
    assert len(crash_reports() - before) == 1


@pytest.mark.parametrize("refunding", [False, True])
def test_two_programs_that_reconcile_at_once_book_once(
    shop: Shop, ada: Session, mug: int, portal: Portal, clock: FakeClock, shop_file: Path, refunding: bool
) -> None:
    if refunding:
        number = pay(shop, ada).number
        portal.mood = "unreached"
        with pytest.raises(InvalidState):
            shop.orders.cancel(ada, number)
        portal.mood = "well"
    else:
        wait_for_payment(shop, ada, portal, mood="silent")
    both_asked = threading.Barrier(2)

    class Slow(Portal):
        def lookup(self, key: str) -> Charge | None:
            both_asked.wait(PATIENCE)
            return portal.lookup(key)

        def refund(self, reference: str, amount: object, *, key: str) -> Charge:
            both_asked.wait(PATIENCE)
            return portal.refund(reference, amount, key=key)  # type: ignore[arg-type]  # as it was given

    clock.advance(10)
    shops = [Shop.open(str(shop_file), gateway=Slow(), clock=clock, settle=False) for _ in range(2)]
    threads = [threading.Thread(target=each.checkout.settle) for each in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    for each in shops:
        each.close()
    (order,) = shop.orders.history(ada).items
    kinds = [entry.kind for entry in shop.ledger.entries()]
    assert (order.status, kinds, stock_of(shop, mug)) == (
        ("cancelled", ["capture", "refund"], (5, 0)) if refunding else ("placed", ["capture"], (3, 0)))
    with shop._database.read() as connection:
        assert broken(connection, LAWS) == []
