"""A cart becomes an order, or stays what it was."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from shopkeeper import (
    Card,
    EmptyCart,
    IdempotencyMismatch,
    InvalidInput,
    LoginRequired,
    Money,
    OutOfStock,
    PaymentDeclined,
    PriceChanged,
    Session,
    Shop,
)
from shopkeeper.database.metadata import metadata
from tests.conftest import FakeClock
from tests.factories import add_account, add_product, set_price, set_stock, withdraw
from tests.orders.buying import DECLINED, GOOD, HOME, orders_written, pay, stock_of
from tests.portals import Portal


def test_what_is_paid_is_ordered_and_leaves_cart_and_stock(shop: Shop, ada: Session, mug: int) -> None:
    order = pay(shop, ada, address=HOME)
    assert (order.number, order.status, str(order.total)) == ("SK-000001", "placed", "$40.00")
    assert [(line.title, line.quantity, str(line.total)) for line in order.lines] == [("Plain Mug", 2, "$40.00")]
    assert (order.payment.state, order.payment.brand, order.payment.last4) == ("succeeded", "Visa", "4242")
    assert order.address == HOME
    assert shop.cart.view(ada).lines == ()
    assert stock_of(shop, mug) == (3, 0)


def test_a_quote_says_what_would_be_charged_and_what_changed(shop: Shop, ada: Session, mug: int) -> None:
    set_price(shop, mug, "21.00")
    quote = shop.checkout.quote(ada)
    assert quote.changes == ("Plain Mug: was $20.00 when you added it",)
    assert pay(shop, ada, total=quote.total).total == quote.total == Money(4200, "USD")


def test_an_empty_cart_has_no_quote_and_cannot_be_paid(shop: Shop) -> None:
    nobody = add_account(shop, "bob@example.com")
    with pytest.raises(EmptyCart):
        shop.checkout.quote(nobody)
    with pytest.raises(EmptyCart):
        pay(shop, nobody)


def test_a_guest_gets_a_quote_and_cannot_pay(shop: Shop, mug: int) -> None:
    guest = shop.accounts.guest()
    shop.cart.add(guest, mug)
    assert str(shop.checkout.quote(guest).total) == "$20.00"
    with pytest.raises(LoginRequired):
        pay(shop, guest)
    assert orders_written(shop) == 0


def test_a_decline_gives_the_stock_back_and_leaves_the_cart(shop: Shop, ada: Session, mug: int) -> None:
    before = shop.cart.view(ada)
    with pytest.raises(PaymentDeclined, match="Your card was declined"):
        pay(shop, ada, DECLINED)
    assert shop.cart.view(ada) == before
    assert stock_of(shop, mug) == (5, 0)
    assert pay(shop, ada, key="key-2").status == "placed"


def test_another_total_is_refused_and_told(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    seen = shop.cart.view(ada)
    set_price(shop, mug, "20.01")
    with pytest.raises(PriceChanged, match=r"\$40\.02 now, not \$40\.00") as refused:
        pay(shop, ada, total=seen.total)
    assert refused.value.total == Money(4002, "USD")
    assert (portal.calls, orders_written(shop), stock_of(shop, mug)) == (0, 0, (5, 0))


def test_a_total_in_another_currency_is_another_total(shop: Shop, ada: Session) -> None:
    with pytest.raises(PriceChanged):
        pay(shop, ada, total=Money(4000, "EUR"))


def test_what_ran_short_is_refused(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    set_stock(shop, mug, 1)
    with pytest.raises(OutOfStock) as refused:
        pay(shop, ada)
    assert (refused.value.available, refused.value.variant_id) == (1, mug)
    assert (portal.calls, orders_written(shop), stock_of(shop, mug)) == (0, 0, (1, 0))


def test_what_is_no_longer_for_sale_is_refused_by_name(shop: Shop, ada: Session) -> None:
    withdraw(shop, "plain-mug")
    with pytest.raises(OutOfStock, match=r"Plain Mug is no longer for sale\. Remove it"):
        pay(shop, ada)


@pytest.mark.parametrize(("card", "field"), [
    (replace(GOOD, number="4242 4242 4242 4241"), "card_number"), (replace(GOOD, expiry_year=2020), "expiry"),
    (replace(GOOD, cvc="12"), "cvc"),
])
def test_a_card_that_cannot_be_right_is_refused_before_anything(
    shop: Shop, ada: Session, portal: Portal, card: Card, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        pay(shop, ada, card)
    assert set(refused.value.fields) == {field}
    assert (portal.calls, orders_written(shop)) == (0, 0)


def test_an_address_is_whole_or_refused_field_by_field(shop: Shop, ada: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        pay(shop, ada, address=replace(HOME, city=" ", street="x" * 201))
    assert set(refused.value.fields) == {"address.city", "address.street"}


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_an_idempotency_key_has_1_to_200_characters(shop: Shop, ada: Session, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        pay(shop, ada, key=key)
    assert set(refused.value.fields) == {"idempotency_key"}


def test_the_same_key_gives_the_same_order_and_charges_once(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    total = shop.cart.view(ada).total
    first = pay(shop, ada, total=total)
    shop.cart.add(ada, mug)
    assert pay(shop, ada, total=total) == first
    assert portal.calls == 1
    assert shop.cart.view(ada).count == 1


def test_the_same_key_of_a_declined_payment_is_declined_again(shop: Shop, ada: Session, portal: Portal) -> None:
    for _ in range(2):
        with pytest.raises(PaymentDeclined, match="Your card was declined"):
            pay(shop, ada, DECLINED)
    assert portal.calls == 1


def test_the_same_key_with_another_request_is_refused(shop: Shop, ada: Session) -> None:
    total = shop.cart.view(ada).total
    pay(shop, ada, total=total)
    for other in ({"card": DECLINED}, {"total": Money(1, "USD")}, {"address": HOME},
                  {"card": replace(GOOD, expiry_month=1)}):
        with pytest.raises(IdempotencyMismatch):
            pay(shop, ada, **({"total": total} | other))


def test_two_accounts_may_use_the_same_key(shop: Shop, ada: Session, mug: int) -> None:
    bob = add_account(shop, "bob@example.com")
    shop.cart.add(bob, mug)
    assert pay(shop, ada).number != pay(shop, bob).number


def test_what_is_added_while_paying_stays_in_the_cart(shop: Shop, ada: Session, mug: int, portal: Portal) -> None:
    bowl = add_product(shop, "Bowl").variants[0].id
    portal.meanwhile = lambda: (shop.cart.add(ada, mug, 1), shop.cart.add(ada, bowl, 1))
    assert [line.quantity for line in pay(shop, ada).lines] == [2]
    assert [(line.title, line.quantity) for line in shop.cart.view(ada).lines] == [("Plain Mug", 1), ("Bowl", 1)]


def test_an_order_adds_up_with_shipping_and_tax(shop: Shop, ada: Session) -> None:
    shop.settings.change(shipping_flat="4.99", tax_rate=Decimal("8.25"))
    shop.cart.add(ada, add_product(shop, "Pencil", price="0.99").variants[0].id, 7)
    order = pay(shop, ada)
    assert order.subtotal + order.shipping + order.tax == order.total
    assert sum((line.total for line in order.lines), Money(0, "USD")) == order.subtotal
    shares = sum((line.tax for line in order.lines), Money(0, "USD"))
    assert Money(0, "USD") < order.tax - shares <= order.shipping  # the rest is the tax on shipping


def test_an_order_stays_as_it_was_whatever_happens_to_the_catalog(shop: Shop) -> None:
    session = add_account(shop)
    hoodie = add_product(shop, "Zip Hoodie", options={"Size": ["M", "L"]}, price="48.00")
    shop.cart.add(session, hoodie.variant(size="L").id)
    order = pay(shop, session)
    add_product(shop, "Zipped Hoodie", options={"Size": ["M"]}, price="52.00", handle="zip-hoodie")
    withdraw(shop, "zip-hoodie")
    shop.settings.change(tax_rate=Decimal(20), shipping_flat="9.00")
    assert shop.orders.get(session, order.number) == order
    assert (order.lines[0].options, order.lines[0].sku) == ({"size": "L"}, "ZIP-HOODIE-L")


def test_nothing_of_a_card_but_brand_and_last_four_is_in_the_file(shop: Shop, ada: Session) -> None:
    card = Card("4242424242424242", 11, 2047, "987")
    pay(shop, ada, card)
    with shop._database.read() as connection:
        kept = {str(value) for table in metadata.sorted_tables for row in connection.execute(select(table))
                for value in row}
    assert {"Visa", "4242"} <= kept
    assert not {"4242424242424242", "987", "2047"} & kept


def test_where_nothing_is_to_be_paid_no_portal_is_asked(shop: Shop, portal: Portal) -> None:
    bob = add_account(shop, "bob@example.com")
    sticker = add_product(shop, "Sticker", price="0.00", stock=3).variants[0].id
    shop.cart.add(bob, sticker)
    portal.mood = "silent"
    order = pay(shop, bob)
    assert (order.status, str(order.total), stock_of(shop, sticker)) == ("placed", "$0.00", (2, 0))
    assert shop.orders.cancel(bob, order.number).status == "cancelled"
    assert (stock_of(shop, sticker), portal.calls) == ((3, 0), 0)


def test_an_order_of_nothing_that_a_crash_cut_off_is_placed_by_settling(
    shop: Shop, portal: Portal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = add_account(shop, "bob@example.com")
    shop.cart.add(bob, add_product(shop, "Sticker", price="0.00").variants[0].id)

    def dies(_self: object, _payment_id: int, _card: Card) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr("shopkeeper.orders.settlement.Settlement.charge", dies)
        pay(shop, bob)
    clock.advance(61)
    shop.checkout.settle()
    assert [order.status for order in shop.orders.history(bob).items] == ["placed"]
    assert portal.calls == 0
