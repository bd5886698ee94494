"""Orders are found again, cancelled and bought again, each by its own account."""
from __future__ import annotations

import pytest

from shopkeeper import InvalidInput, InvalidState, LoginRequired, NotFound, PaymentDeclined, Session, Shop
from tests.conftest import FakeClock
from tests.factories import add_account, add_product, set_price, set_stock, withdraw
from tests.orders.buying import DECLINED, pay, stock_of
from tests.portals import Portal


def buy(shop: Shop, session: Session, variant_id: int, key: str, quantity: int = 1) -> str:
    shop.cart.add(session, variant_id, quantity)
    return pay(shop, session, key=key).number


def test_history_is_newest_first_in_pages(shop: Shop) -> None:
    session = add_account(shop)
    pencil = add_product(shop, "Pencil", stock=None).variants[0].id
    numbers = [buy(shop, session, pencil, f"key-{i}") for i in range(5)]
    first = shop.orders.history(session, limit=2)
    second = shop.orders.history(session, limit=2, cursor=first.next_cursor)
    last = shop.orders.history(session, limit=2, cursor=second.next_cursor)
    seen = [order.number for page in (first, second, last) for order in page.items]
    assert seen == numbers[::-1]
    assert [page.total for page in (first, second, last)] == [5, 5, 5]
    assert last.next_cursor is None


def test_a_full_last_page_has_no_next(shop: Shop, ada: Session) -> None:
    pay(shop, ada)
    assert shop.orders.history(ada, limit=1).next_cursor is None


def test_an_order_placed_between_two_pages_moves_nothing(shop: Shop) -> None:
    session = add_account(shop)
    pencil = add_product(shop, "Pencil", stock=None).variants[0].id
    numbers = [buy(shop, session, pencil, f"key-{i}") for i in range(3)]
    cursor = shop.orders.history(session, limit=1).next_cursor
    buy(shop, session, pencil, "key-new")
    assert [order.number for order in shop.orders.history(session, cursor=cursor).items] == numbers[1::-1]


def test_declined_attempts_are_no_orders(shop: Shop, ada: Session) -> None:
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)
    page = shop.orders.history(ada)
    assert (page.items, page.total) == ((), 0)


@pytest.mark.parametrize("values", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"cursor": "٣"},
                                    {"cursor": "9" * 30}])
def test_a_page_that_cannot_be_is_refused(shop: Shop, ada: Session, values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        shop.orders.history(ada, **values)  # type: ignore[arg-type]  # of its argument's type, and out of its range
    assert refused.value.fields.keys() == values.keys()


def test_an_order_of_another_account_is_not_found(shop: Shop, ada: Session) -> None:
    number = pay(shop, ada).number
    bob = add_account(shop, "bob@example.com")
    for verb in (shop.orders.get, shop.orders.cancel, shop.orders.reorder):
        with pytest.raises(NotFound) as others:
            verb(bob, number)
        with pytest.raises(NotFound) as nobodys:
            verb(bob, "SK-999999")
        assert str(others.value) == str(nobodys.value).replace("SK-999999", number)
    assert shop.orders.history(bob).items == ()
    assert shop.orders.get(ada, number).status == "placed"


def test_guests_have_no_orders(shop: Shop) -> None:
    with pytest.raises(LoginRequired):
        shop.orders.history(shop.accounts.guest())


def test_a_cancelled_order_gives_money_and_stock_back(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    number = pay(shop, ada).number
    assert shop.orders.cancel(ada, number).status == "cancelled"
    assert (portal.captured, portal.refunded) == ({"pay:attempt-000001:1": 4000}, {"refund:attempt-000001": 4000})
    assert stock_of(shop, mug) == (5, 0)
    assert [order.number for order in shop.orders.history(ada).items] == [number]
    with pytest.raises(InvalidState, match="cancelled already"):
        shop.orders.cancel(ada, number)


def test_an_order_that_is_still_being_paid_cannot_be_cancelled(shop: Shop, ada: Session, portal: Portal) -> None:
    portal.mood = "silent"
    number = pay(shop, ada).number
    with pytest.raises(InvalidState, match="still being paid"):
        shop.orders.cancel(ada, number)


def test_a_refund_that_is_refused_leaves_the_order_placed(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    number = pay(shop, ada).number
    portal.mood = "refusing"
    with pytest.raises(InvalidState, match=r"not cancelled\. The payment portal says: Too long ago"):
        shop.orders.cancel(ada, number)
    assert shop.orders.get(ada, number).status == "placed"
    assert stock_of(shop, mug) == (3, 0)


@pytest.mark.parametrize("mood", ["lost", "unreached", "dying"])
def test_a_cancellation_without_an_answer_is_finished_later(
    shop: Shop, ada: Session, mug: int, portal: Portal, mood: str
) -> None:
    number = pay(shop, ada).number
    portal.mood = mood
    with pytest.raises((InvalidState, KeyboardInterrupt)):
        shop.orders.cancel(ada, number)
    assert shop.orders.get(ada, number).status == "placed"
    portal.mood = "well"
    shop.checkout.settle()
    assert shop.orders.get(ada, number).status == "cancelled"
    assert portal.refunded == {"refund:attempt-000001": 4000}
    assert stock_of(shop, mug) == (5, 0)


def test_an_order_can_be_bought_again_at_todays_price(shop: Shop, ada: Session, mug: int) -> None:
    number = pay(shop, ada).number
    set_price(shop, mug, "22.00")
    cart = shop.orders.reorder(ada, number)
    assert [(line.title, line.quantity, str(line.unit_price)) for line in cart.lines] == [("Plain Mug", 2, "$22.00")]
    assert cart.warnings == ()


def test_what_cannot_be_had_again_is_told(shop: Shop, ada: Session, mug: int) -> None:
    for title in ("Bowl", "Cup", "Tray"):
        shop.cart.add(ada, add_product(shop, title, stock=3).variants[0].id, 2)
    order = pay(shop, ada)
    ids = {line.title: line.variant_id for line in order.lines}
    set_stock(shop, ids["Bowl"], 0)
    set_stock(shop, ids["Cup"], 1)
    withdraw(shop, "tray")
    shop.cart.add(ada, mug, 3)
    cart = shop.orders.reorder(ada, order.number)
    assert [(line.title, line.quantity) for line in cart.lines] == [("Plain Mug", 3), ("Cup", 1)]
    assert {warning.code for warning in cart.warnings} == {"not_added"}
    assert [warning.message for warning in cart.warnings] == [
        "Plain Mug: your cart has all there is.", "Bowl is sold out.",
        "Only 1 of Cup could be added; you had 2.", "Tray is no longer for sale.",
    ]


def test_orders_are_there_after_a_restart(shop: Shop, ada: Session, portal: Portal, clock: FakeClock) -> None:
    order = pay(shop, ada)
    with Shop.open(str(shop._database.engine.url.database), gateway=portal, clock=clock) as again:
        assert again.orders.history(ada).items == (order,)
