"""What a guest brings along when signing in."""
from __future__ import annotations

import pytest

from shopkeeper import CartWarning, Session, Shop
from tests.factories import add_account, add_product, set_price, set_stock, withdraw


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop)


def merge(shop: Shop, guest: Session, account: Session) -> None:
    with shop._database.write() as connection:
        guest_id = shop.accounts.shopper(connection, guest).id
        shop.cart.merge(connection, guest_id, shop.accounts.shopper(connection, account).id)


def wanted(shop: Shop, session: Session) -> list[tuple[str, int]]:
    return [(line.title, line.quantity) for line in shop.cart.view(session).lines]


def test_a_new_account_gets_the_guests_cart(shop: Shop) -> None:
    guest = shop.accounts.guest()
    shop.cart.add(guest, add_product(shop, "Bowl").variants[0].id, 2)
    assert wanted(shop, add_account(shop, guest=guest)) == [("Bowl", 2)]


def test_quantities_add_up_and_the_accounts_own_come_first(shop: Shop, ada: Session) -> None:
    bowl, cup, tray = (add_product(shop, title).variants[0].id for title in ("Bowl", "Cup", "Tray"))
    guest = shop.accounts.guest()
    shop.cart.add(ada, cup, 2)
    shop.cart.add(ada, bowl, 1)
    shop.cart.add(guest, tray, 1)
    shop.cart.add(guest, cup, 3)
    merge(shop, guest, ada)
    assert wanted(shop, ada) == [("Cup", 5), ("Bowl", 1), ("Tray", 1)]
    assert shop.cart.view(ada).warnings == ()


def test_merging_twice_changes_nothing(shop: Shop, ada: Session) -> None:
    guest = shop.accounts.guest()
    shop.cart.add(guest, add_product(shop, "Bowl").variants[0].id, 2)
    merge(shop, guest, ada)
    once = shop.cart.view(ada)
    merge(shop, guest, ada)
    assert shop.cart.view(ada) == once
    assert shop.cart.view(guest).version == 0


def test_what_cannot_be_had_is_clamped_and_told_until_the_line_is_set(shop: Shop, ada: Session) -> None:
    bowl = add_product(shop, "Bowl", stock=3).variants[0].id
    guest = shop.accounts.guest()
    shop.cart.add(ada, bowl, 2)
    shop.cart.add(guest, bowl, 3)
    merge(shop, guest, ada)
    assert shop.cart.view(ada).warnings == (CartWarning("clamped", "only 3 left; you had 5"),)
    assert shop.cart.set_quantity(ada, bowl, 3).warnings == ()


def test_no_line_holds_more_than_999(shop: Shop, ada: Session) -> None:
    bowl = add_product(shop, "Bowl", stock=None).variants[0].id
    guest = shop.accounts.guest()
    shop.cart.add(ada, bowl, 600)
    shop.cart.add(guest, bowl, 600)
    merge(shop, guest, ada)
    assert shop.cart.view(ada).warnings == (CartWarning("clamped", "999 at most; you had 1200"),)


def test_what_sold_out_meanwhile_is_not_lost(shop: Shop, ada: Session) -> None:
    bowl = add_product(shop, "Bowl", stock=3).variants[0].id
    guest = shop.accounts.guest()
    shop.cart.add(guest, bowl, 3)
    set_stock(shop, bowl, 0)
    merge(shop, guest, ada)
    assert wanted(shop, ada) == [("Bowl", 1)]
    assert [warning.code for warning in shop.cart.view(ada).warnings] == ["sold_out"]


def test_what_was_withdrawn_meanwhile_is_not_lost(shop: Shop, ada: Session) -> None:
    guest = shop.accounts.guest()
    shop.cart.add(guest, add_product(shop, "Bowl").variants[0].id, 3)
    withdraw(shop, "bowl")
    merge(shop, guest, ada)
    assert wanted(shop, ada) == [("Bowl", 3)]


def test_the_price_the_guest_saw_is_remembered(shop: Shop, ada: Session) -> None:
    bowl = add_product(shop, "Bowl", price="12.00").variants[0].id
    guest = shop.accounts.guest()
    shop.cart.add(guest, bowl)
    set_price(shop, bowl, "14.00")
    merge(shop, guest, ada)
    assert [warning.message for warning in shop.cart.view(ada).warnings] == ["was $12.00 when you added it"]


def test_a_guest_without_a_cart_changes_nothing(shop: Shop, ada: Session) -> None:
    before = shop.cart.add(ada, add_product(shop, "Bowl").variants[0].id)
    merge(shop, shop.accounts.guest(), ada)
    assert shop.cart.view(ada) == before
