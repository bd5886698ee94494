"""The demo portal misbehaves as it is told; the shop's books stay true through all of it."""
from __future__ import annotations

from typing import get_args

import pytest
from sqlalchemy import select

from shopkeeper import InvalidInput, InvalidState, Order, PaymentDeclined, Session, Shop
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.mood import MOODS, Mood
from shopkeeper.payments.tables import demo_charge
from tests.conftest import FakeClock
from tests.orders.buying import orders_written, pay, stock_of


def charged(shop: Shop) -> list[int]:
    """What the portal's own books say was taken, in minor units."""
    with shop._database.read() as connection:
        succeeded = select(demo_charge.c.amount_minor).where(demo_charge.c.state == "succeeded")
        return list(connection.scalars(succeeded))


def settle_later(shop: Shop, clock: FakeClock, session: Session) -> tuple[Order, ...]:
    """The orders once the portal is well again and a minute has passed."""
    assert shop.demo_portal is not None
    shop.demo_portal.set_mood("well")
    clock.advance(61)
    shop.checkout.settle()
    return shop.orders.history(session).items


def test_a_portal_that_declines_leaves_cart_and_stock_as_they_were(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway
) -> None:
    before = shop.cart.view(ada)
    demo.set_mood("decline")
    with pytest.raises(PaymentDeclined, match="Your card was declined"):
        pay(shop, ada)
    assert (shop.cart.view(ada), stock_of(shop, mug), charged(shop)) == (before, (5, 0), [])


def test_a_request_that_timed_out_is_given_up_as_never_reached(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway, clock: FakeClock
) -> None:
    before = shop.cart.view(ada)
    demo.set_mood("time-out")
    assert pay(shop, ada).status == "awaiting_payment"
    assert [order.status for order in settle_later(shop, clock, ada)] == ["cancelled"]
    assert (shop.cart.view(ada), stock_of(shop, mug), charged(shop)) == (before, (5, 0), [])
    with pytest.raises(PaymentDeclined, match="never reached the portal"):
        pay(shop, ada)


@pytest.mark.parametrize("mood", ["answer-late", "lose-answer"])
def test_a_charge_without_an_answer_is_found_by_asking_and_made_once(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway, mood: Mood
) -> None:
    demo.set_mood(mood)
    total = shop.cart.view(ada).total
    order = pay(shop, ada, total=total)
    assert pay(shop, ada, total=total) == order
    assert (order.status, charged(shop), orders_written(shop)) == ("placed", [4000], 1)
    assert (shop.cart.view(ada).lines, stock_of(shop, mug)) == ((), (3, 0))


def test_a_portal_that_vanished_after_a_charge_is_asked_when_it_is_back(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway, clock: FakeClock
) -> None:
    demo.set_mood("vanish")
    order = pay(shop, ada)
    assert (order.status, order.payment.state, charged(shop)) == ("awaiting_payment", "unknown", [4000])
    assert demo.mood() == "away"
    assert [each.status for each in settle_later(shop, clock, ada)] == ["placed"]
    assert (charged(shop), orders_written(shop), stock_of(shop, mug)) == ([4000], 1, (3, 0))


def test_an_order_waits_while_the_portal_is_away(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway, clock: FakeClock
) -> None:
    before = shop.cart.view(ada).lines
    demo.set_mood("away")
    assert pay(shop, ada).status == "awaiting_payment"
    clock.advance(3600)
    shop.checkout.settle()
    assert [each.status for each in shop.orders.history(ada).items] == ["awaiting_payment"]
    assert stock_of(shop, mug) == (5, 2)
    assert [order.status for order in settle_later(shop, clock, ada)] == ["cancelled"]
    assert (shop.cart.view(ada).lines, stock_of(shop, mug), charged(shop)) == (before, (5, 0), [])


def test_a_refund_waits_while_the_portal_is_away(
    shop: Shop, ada: Session, mug: int, demo: DemoGateway, clock: FakeClock
) -> None:
    order = pay(shop, ada)
    demo.set_mood("away")
    with pytest.raises(InvalidState, match="cancelled as soon as it does"):
        shop.orders.cancel(ada, order.number)
    assert [each.status for each in settle_later(shop, clock, ada)] == ["cancelled"]
    assert stock_of(shop, mug) == (5, 0)


def test_a_mood_passes_after_so_many_charges(shop: Shop, ada: Session, demo: DemoGateway) -> None:
    demo.set_mood("decline", charges=2)
    for left, key in ((1, "key-1"), (None, "key-2")):
        with pytest.raises(PaymentDeclined):
            pay(shop, ada, key=key)
        assert demo.charges_left() == left
    assert demo.mood() == "well"
    assert pay(shop, ada, key="key-3").status == "placed"


def test_another_process_meets_the_same_mood(shop: Shop, demo: DemoGateway) -> None:
    demo.set_mood("lose-answer", charges=3)
    with Shop.open(str(shop._database.engine.url.database)) as other:
        assert other.demo_portal is not None
        assert (other.demo_portal.mood(), other.demo_portal.charges_left()) == ("lose-answer", 3)
        other.demo_portal.set_mood("well")
    assert (demo.mood(), demo.charges_left()) == ("well", None)


@pytest.mark.parametrize(("mood", "charges"), [("gloomy", None), ("decline", 0), ("well", 1), ("vanish", 2)])
def test_a_mood_that_cannot_be_is_refused(demo: DemoGateway, mood: Mood, charges: int | None) -> None:
    demo.set_mood("away")
    with pytest.raises(InvalidInput):
        demo.set_mood(mood, charges)
    assert demo.mood() == "away"


def test_every_mood_is_described() -> None:
    assert tuple(MOODS) == get_args(Mood)


def test_what_was_paid_elsewhere_is_left_to_the_portal_that_took_it(
    shop: Shop, ada: Session, demo: DemoGateway, clock: FakeClock
) -> None:
    class Elsewhere(DemoGateway):
        name = "elsewhere"

    demo.set_mood("vanish")
    pay(shop, ada)
    demo.set_mood("well")
    clock.advance(3600)
    file = str(shop._database.engine.url.database)
    with Shop.open(file, gateway=Elsewhere(shop._database, clock), clock=clock) as other:
        assert other.orders.history(ada).items[0].status == "awaiting_payment"
    order, = settle_later(shop, clock, ada)
    with (Shop.open(file, gateway=Elsewhere(shop._database, clock), clock=clock) as other,
          pytest.raises(InvalidState, match="cancelled as soon as")):
        other.orders.cancel(ada, order.number)
    assert settle_later(shop, clock, ada)[0].status == "cancelled"
