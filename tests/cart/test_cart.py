"""What shoppers put into their cart, and what it says of it."""
from __future__ import annotations

import pytest
from sqlalchemy import func, select

from shopkeeper import CartWarning, InvalidInput, NotFound, OutOfStock, Session, SessionExpired, Shop
from shopkeeper.cart.tables import cart
from tests.factories import add_account, add_product, set_price, set_stock, withdraw

SIZES = {"Size": ["M", "L"], "Color": ["Slate"]}


@pytest.fixture
def guest(shop: Shop) -> Session:
    return shop.accounts.guest()


def mug(shop: Shop, stock: int | None = 10, price: str = "20.00") -> int:
    return add_product(shop, "Plain Mug", stock=stock, price=price).variants[0].id


def test_looking_into_a_cart_that_never_was_makes_none(shop: Shop, guest: Session) -> None:
    seen = shop.cart.view(guest)
    assert (seen.lines, seen.version, str(seen.total)) == ((), 0, "$0.00")
    with shop._database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(cart)) == 0


def test_a_line_says_what_it_is_and_costs(shop: Shop, guest: Session) -> None:
    hoodie = add_product(shop, "Zip Hoodie", options=SIZES, price="48.00", stock=6)
    line = shop.cart.add(guest, hoodie.variant(size="L").id, 2).lines[0]
    assert (line.title, line.handle, line.options) == ("Zip Hoodie", "zip-hoodie", {"size": "L", "color": "Slate"})
    assert (line.quantity, str(line.unit_price), str(line.total), line.available) == (2, "$48.00", "$96.00", 6)
    assert line.warnings == ()


def test_adding_again_adds_up_in_one_line(shop: Shop, guest: Session) -> None:
    id_ = mug(shop)
    shop.cart.add(guest, id_)
    assert [line.quantity for line in shop.cart.add(guest, id_, 3).lines] == [4]


def test_lines_keep_the_order_they_were_added_in(shop: Shop, guest: Session) -> None:
    ids = [add_product(shop, title).variants[0].id for title in ("Zebra", "Ant", "Mole")]
    for id_ in reversed(ids):
        shop.cart.add(guest, id_)
    shop.cart.set_quantity(guest, ids[2], 5)
    assert [line.variant_id for line in shop.cart.view(guest).lines] == ids[::-1]


def test_a_sold_out_variant_cannot_be_added(shop: Shop, guest: Session) -> None:
    with pytest.raises(OutOfStock, match=r"^Plain Mug is sold out\.$") as refused:
        shop.cart.add(guest, mug(shop, 0))
    assert refused.value.available == 0
    assert shop.cart.view(guest).version == 0


def test_no_more_than_there_are_can_be_added(shop: Shop, guest: Session) -> None:
    id_ = add_product(shop, "Zip Hoodie", options=SIZES, stock=3).variant(size="L").id
    shop.cart.add(guest, id_, 2)
    with pytest.raises(OutOfStock) as refused:
        shop.cart.add(guest, id_, 2)
    assert refused.value.message == "Only 3 of Zip Hoodie, L / Slate are left; you have 2 in your cart."
    assert refused.value.available == 3
    assert shop.cart.view(guest).count == 2


def test_what_is_not_counted_can_be_had_in_any_number_up_to_999(shop: Shop, guest: Session) -> None:
    id_ = mug(shop, None)
    assert shop.cart.add(guest, id_, 999).count == 999
    with pytest.raises(InvalidInput, match="999 of one thing at most; you have 999"):
        shop.cart.add(guest, id_)


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_one_adds_1_to_999(shop: Shop, guest: Session, quantity: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        shop.cart.add(guest, mug(shop, None), quantity)
    assert set(refused.value.fields) == {"quantity"}


@pytest.mark.parametrize("unknown", [0, -3, 4711, 2**70])
def test_a_variant_that_does_not_exist_is_not_found(shop: Shop, guest: Session, unknown: int) -> None:
    with pytest.raises(NotFound):
        shop.cart.add(guest, unknown)
    assert shop.cart.remove(guest, unknown).version == 0


def test_a_product_that_is_not_for_sale_is_not_found(shop: Shop, guest: Session) -> None:
    id_ = mug(shop)
    withdraw(shop, "plain-mug")
    with pytest.raises(NotFound, match="not for sale"):
        shop.cart.add(guest, id_)


def test_a_quantity_can_be_set_and_0_removes(shop: Shop, guest: Session) -> None:
    id_ = mug(shop)
    shop.cart.add(guest, id_)
    assert shop.cart.set_quantity(guest, id_, 7).count == 7
    assert shop.cart.set_quantity(guest, id_, 0).lines == ()


def test_a_quantity_is_set_of_what_is_in_the_cart(shop: Shop, guest: Session) -> None:
    with pytest.raises(NotFound, match="not in your cart"):
        shop.cart.set_quantity(guest, mug(shop), 2)


@pytest.mark.parametrize(("quantity", "error"), [(-1, InvalidInput), (1000, InvalidInput), (11, OutOfStock)])
def test_a_quantity_that_cannot_be_leaves_the_cart_alone(
    shop: Shop, guest: Session, quantity: int, error: type[Exception]
) -> None:
    id_ = mug(shop, 10)
    before = shop.cart.add(guest, id_, 2)
    with pytest.raises(error):
        shop.cart.set_quantity(guest, id_, quantity)
    assert shop.cart.view(guest) == before


def test_fewer_can_be_taken_even_where_stock_is_shorter_still(shop: Shop, guest: Session) -> None:
    id_ = mug(shop, 5)
    shop.cart.add(guest, id_, 5)
    set_stock(shop, id_, 1)
    lowered = shop.cart.set_quantity(guest, id_, 3)
    assert lowered.lines[0].warnings == (CartWarning("stock_short", "only 1 left; you want 3"),)
    with pytest.raises(OutOfStock):
        shop.cart.set_quantity(guest, id_, 4)


def test_removing_and_clearing_leave_the_rest_and_nothing(shop: Shop, guest: Session) -> None:
    mugs, bowls = mug(shop), add_product(shop, "Bowl").variants[0].id
    shop.cart.add(guest, mugs)
    shop.cart.add(guest, bowls)
    assert [line.title for line in shop.cart.remove(guest, mugs).lines] == ["Bowl"]
    assert shop.cart.clear(guest).lines == ()


def test_the_version_grows_with_each_change_and_only_then(shop: Shop, guest: Session) -> None:
    id_ = mug(shop)
    versions = [shop.cart.add(guest, id_, 2).version, shop.cart.set_quantity(guest, id_, 3).version,
                shop.cart.set_quantity(guest, id_, 3).version, shop.cart.remove(guest, id_).version,
                shop.cart.remove(guest, id_).version, shop.cart.clear(guest).version]
    assert versions == [1, 2, 2, 3, 3, 3]


def test_a_new_price_is_told_until_the_shopper_sets_the_line(shop: Shop, guest: Session) -> None:
    id_ = mug(shop, price="12.00")
    shop.cart.add(guest, id_)
    set_price(shop, id_, "14.00")
    seen = shop.cart.view(guest)
    assert seen.warnings == seen.lines[0].warnings == (CartWarning("price_changed", "was $12.00 when you added it"),)
    assert str(seen.total) == "$14.00"
    after = shop.cart.set_quantity(guest, id_, 1)
    assert (after.warnings, after.version) == ((), 2)


def test_stock_that_ran_low_or_out_is_told(shop: Shop, guest: Session) -> None:
    id_ = mug(shop, 3)
    shop.cart.add(guest, id_, 3)
    set_stock(shop, id_, 1)
    assert shop.cart.view(guest).warnings == (CartWarning("stock_short", "only 1 left; you want 3"),)
    set_stock(shop, id_, 0)
    assert [warning.code for warning in shop.cart.view(guest).warnings] == ["sold_out"]


def test_what_is_no_longer_for_sale_stays_with_a_warning_and_can_be_removed(shop: Shop, guest: Session) -> None:
    id_ = mug(shop, price="12.00")
    shop.cart.add(guest, id_, 2)
    withdraw(shop, "plain-mug")
    seen = shop.cart.view(guest)
    assert [warning.code for warning in seen.warnings] == ["unavailable"]
    assert str(seen.subtotal) == "$24.00"
    assert shop.cart.remove(guest, id_).lines == ()


def test_only_what_is_sent_costs_shipping(shop: Shop, guest: Session) -> None:
    shop.settings.change(shipping_flat="5.00")
    card = add_product(shop, "Gift Card", price="25.00", ships=False).variants[0].id
    assert str(shop.cart.add(guest, card).total) == "$25.00"
    assert str(shop.cart.add(guest, mug(shop)).shipping) == "$5.00"


def test_carts_of_two_shoppers_know_nothing_of_each_other(shop: Shop, guest: Session) -> None:
    other = shop.accounts.guest()
    shop.cart.add(guest, mug(shop))
    assert shop.cart.view(other).lines == ()
    shop.cart.clear(other)
    assert shop.cart.view(guest).count == 1


def test_a_cart_outlives_log_out_and_restart(shop: Shop) -> None:
    session = add_account(shop)
    before = shop.cart.add(session, mug(shop), 2)
    shop.accounts.logout(session)
    with pytest.raises(SessionExpired):
        shop.cart.view(session)
    with Shop.open(str(shop._database.engine.url.database), clock=shop.accounts._clock) as again:
        back = again.accounts.login("ada@example.com", "correct horse battery staple")
        assert again.cart.view(back) == before
