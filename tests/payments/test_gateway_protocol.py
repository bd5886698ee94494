"""What every portal promises: the demo portal, and Stripe as localstripe plays it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.gateway import Charge, Gateway, GatewayError
from shopkeeper.payments.model import Card
from shopkeeper.payments.mood import Mood
from shopkeeper.payments.stripe_gateway import StripeGateway
from shopkeeper.payments.tables import demo_charge
from tests.conftest import FakeClock
from tests.payments.localstripe import KEY, LocalStripe
from tests.payments.stripe_script import StripeScript

TEN = Money(1000, "USD")
GOOD = Card.test("4242 4242 4242 4242")


@dataclass(frozen=True)
class Portal:
    """A portal, a card that it declines, what its own books say was taken, and how it falls silent or goes away."""

    gateway: Gateway
    declined: Card
    taken: Callable[[], int]
    silent: Callable[[], Gateway]
    gone: Callable[[], Gateway]


@pytest.fixture
def portal(request: pytest.FixtureRequest, database: Database, clock: FakeClock) -> Portal:
    if request.param == "demo":
        return _demo(database, clock)
    return _stripe(database, clock, request.getfixturevalue("localstripe"), request.getfixturevalue("script"))


def _demo(database: Database, clock: FakeClock) -> Portal:
    gateway = DemoGateway(database, clock)

    def taken() -> int:
        with database.read() as connection:
            left = func.sum(demo_charge.c.amount_minor - demo_charge.c.refunded_minor)
            return connection.scalar(select(left).where(demo_charge.c.state == "succeeded")) or 0

    def in_mood(mood: Mood) -> Gateway:
        gateway.set_mood(mood)
        return gateway

    return Portal(gateway, Card.test("4000 0000 0000 0002"), taken,
                  silent=lambda: in_mood("time-out"), gone=lambda: in_mood("away"))


def _stripe(database: Database, clock: FakeClock, server: LocalStripe, script: StripeScript) -> Portal:
    def at(base: str, seconds: float = 10) -> StripeGateway:
        return StripeGateway(database, clock, shop_id="shop-1", key=KEY, base=base, timeouts=(seconds, seconds))

    script.answers["POST /v1/payment_methods"] = "hang"
    return Portal(at(server.base), Card.test("4000 0000 0000 0341"), server.taken, silent=lambda: at(script.base, 0.3),
                  gone=lambda: at("http://127.0.0.1:9"))  # the port "discard": nobody listens


both = pytest.mark.parametrize("portal", [
    "demo", pytest.param("stripe", marks=pytest.mark.xdist_group("localstripe")),
], indirect=True)


def asked(gateway: Gateway, key: str) -> str:
    """What a charge comes to for the shop: no answer is `unknown`."""
    try:
        return gateway.charge(GOOD, TEN, key=key).state
    except GatewayError:
        return "unknown"


def demo_alone(because: str) -> pytest.MarkDecorator:
    """A promise that localstripe breaks where Stripe keeps it; the reason stands in the test's name."""
    return pytest.mark.parametrize("portal", [pytest.param("demo", id=f"demo, as localstripe {because}")],
                                   indirect=True)


@both
def test_a_charge_takes_the_amount(portal: Portal) -> None:
    answer = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    assert (answer.state, bool(answer.reference), answer.reason) == ("succeeded", True, "")
    assert portal.taken() == 1000


@both
def test_a_decline_is_an_answer_and_says_why(portal: Portal) -> None:
    answer = portal.gateway.charge(portal.declined, TEN, key="pay:1:1")
    assert (answer.state, answer.reason) == ("declined", "Your card was declined.")
    assert portal.taken() == 0


@both
def test_the_same_key_charges_once_and_answers_as_it_did_whatever_the_card(portal: Portal) -> None:
    first = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    assert portal.gateway.charge(GOOD, TEN, key="pay:1:1") == first
    assert portal.gateway.charge(portal.declined, TEN, key="pay:1:1") == first
    assert portal.taken() == 1000


@both
def test_a_declined_key_does_not_charge_later(portal: Portal) -> None:
    declined = portal.gateway.charge(portal.declined, TEN, key="pay:1:1")
    assert portal.gateway.charge(GOOD, TEN, key="pay:1:1") == declined
    assert portal.taken() == 0


@both
def test_another_key_charges_again(portal: Portal) -> None:
    portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    portal.gateway.charge(GOOD, TEN, key="pay:1:2")
    assert portal.taken() == 2000


@both
def test_a_look_up_tells_what_became_of_a_charge(portal: Portal) -> None:
    for card, key in ((GOOD, "pay:1:1"), (portal.declined, "pay:2:1")):
        assert portal.gateway.lookup(key) is None
        answer = portal.gateway.charge(card, TEN, key=key)
        assert portal.gateway.lookup(key) == answer


@both
def test_a_look_up_never_charges(portal: Portal) -> None:
    assert portal.gateway.lookup("pay:1:1") is None
    assert portal.taken() == 0


@both
def test_a_refund_gives_all_of_it_back_once(portal: Portal) -> None:
    charge = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    portal.gateway.charge(GOOD, TEN, key="pay:2:1")
    for _ in range(2):
        assert portal.gateway.refund(charge.reference, TEN, key="refund:1") == Charge("succeeded", charge.reference)
    assert portal.taken() == 1000


@both
def test_what_was_refunded_is_still_a_charge_that_went_through(portal: Portal) -> None:
    charge = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    portal.gateway.refund(charge.reference, TEN, key="refund:1")
    assert portal.gateway.lookup("pay:1:1") == charge


@both
def test_what_was_never_charged_is_not_refunded(portal: Portal) -> None:
    declined = portal.gateway.charge(portal.declined, TEN, key="pay:1:1")
    for reference in (declined.reference, "nothing"):
        answer = portal.gateway.refund(reference, TEN, key="refund:1")
        assert (answer.state, bool(answer.reason)) == ("declined", True)


@demo_alone("gives back more than it took")
def test_no_more_is_refunded_than_was_taken(portal: Portal) -> None:
    charge = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    assert portal.gateway.refund(charge.reference, Money(1001, "USD"), key="refund:1").state == "declined"
    assert portal.gateway.refund(charge.reference, TEN, key="refund:2").state == "succeeded"
    assert portal.gateway.refund(charge.reference, TEN, key="refund:3").state == "declined"
    assert portal.taken() == 0


@demo_alone("takes no card of 15 digits")
def test_american_express_is_taken(portal: Portal) -> None:
    assert portal.gateway.charge(Card.test("3782 822463 10005"), TEN, key="pay:1:1").state == "succeeded"


@both
def test_a_charge_that_times_out_is_unknown_and_was_never_made(portal: Portal) -> None:
    assert asked(portal.silent(), "pay:1:1") == "unknown"
    assert portal.gateway.lookup("pay:1:1") is None
    assert portal.taken() == 0


@both
def test_a_portal_that_is_away_answers_nothing_and_has_lost_nothing_when_it_is_back(portal: Portal) -> None:
    charge = portal.gateway.charge(GOOD, TEN, key="pay:1:1")
    gone = portal.gone()
    for call in (lambda: gone.charge(GOOD, TEN, key="pay:2:1"), lambda: gone.lookup("pay:1:1"),
                 lambda: gone.refund(charge.reference, TEN, key="refund:1")):
        with pytest.raises(GatewayError):
            call()
    assert portal.taken() == 1000
    if isinstance(gone, DemoGateway):
        gone.set_mood("well")
    assert portal.gateway.lookup("pay:1:1") == charge
    assert portal.gateway.lookup("pay:2:1") is None
