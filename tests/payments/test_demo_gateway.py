"""The demo portal, and what every portal promises."""
from __future__ import annotations

import pytest

from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.model import Card
from tests.conftest import FakeClock

TEN = Money(1000, "USD")


@pytest.fixture
def portal(database: Database, clock: FakeClock) -> DemoGateway:
    return DemoGateway(database, clock)


@pytest.mark.parametrize("number", ["4242 4242 4242 4242", "5555-5555-5555-4444", "3782 822463 10005"])
def test_test_cards_are_taken(portal: DemoGateway, number: str) -> None:
    assert portal.charge(Card.test(number), TEN, key="a").state == "succeeded"


@pytest.mark.parametrize(("number", "reason"), [
    ("4000 0000 0000 0002", "declined"), ("4000 0000 0000 9995", "insufficient funds"),
    ("4000 0000 0000 0069", "expired"), ("4000 0000 0000 0127", "security code"),
    ("4111 1111 1111 1111", "4242 4242 4242 4242"),
])
def test_other_cards_are_declined_and_it_says_why(portal: DemoGateway, number: str, reason: str) -> None:
    answer = portal.charge(Card.test(number), TEN, key="a")
    assert (answer.state, reason in answer.reason) == ("declined", True)


def test_a_card_that_fails_late_is_declined_when_asked(portal: DemoGateway) -> None:
    assert portal.charge(Card.test("4000 0000 0000 0341"), TEN, key="a").state == "unknown"
    answer = portal.lookup("a")
    assert answer is not None
    assert answer.state == "declined"


def test_the_same_key_is_charged_once_whatever_the_card(portal: DemoGateway) -> None:
    first = portal.charge(Card.test("4242 4242 4242 4242"), TEN, key="a")
    assert portal.charge(Card.test("4000 0000 0000 0002"), TEN, key="a") == first
    assert portal.lookup("a") == first


def test_a_key_that_was_never_seen_has_no_answer(portal: DemoGateway) -> None:
    assert portal.lookup("a") is None


def test_the_same_refund_is_made_once(portal: DemoGateway) -> None:
    charge = portal.charge(Card.test("4242 4242 4242 4242"), TEN, key="a")
    assert portal.refund(charge.reference, TEN, key="r").state == "succeeded"
    assert portal.refund(charge.reference, TEN, key="r").state == "succeeded"
    assert portal.refund(charge.reference, TEN, key="another").state == "declined"


def test_what_was_never_charged_is_not_refunded(portal: DemoGateway) -> None:
    declined = portal.charge(Card.test("4000 0000 0000 0002"), TEN, key="a")
    assert portal.refund(declined.reference, TEN, key="r").state == "declined"
    assert portal.refund("nothing", TEN, key="r").state == "declined"
