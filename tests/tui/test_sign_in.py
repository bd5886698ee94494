"""Logging in and registering, as one sees it."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Button, Input

from shopkeeper import Query, Shop
from tui.app import ShopApp
from tui.screens.account import AccountScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.login import LoginScreen
from tui.screens.register import RegisterScreen
from tui.testing import Shopper

EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"


@pytest.fixture
async def shopper(shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        yield shopper


def shows(shopper: Shopper, text: str) -> bool:
    return any(text in line for line in shopper.screen_text())


def app_of(shopper: Shopper) -> ShopApp:
    assert isinstance(shopper.app, ShopApp)
    return shopper.app


async def test_who_registers_is_signed_in_and_goes_where_they_wanted(shopper: Shopper) -> None:
    await shopper.register(EMAIL, PASSWORD, name="Ada")
    assert [type(screen) for screen in shopper.app.screen_stack] == [CatalogScreen, AccountScreen]
    assert shows(shopper, "Welcome, Ada.")
    assert shows(shopper, EMAIL)


async def test_who_logged_out_can_log_in_again(shopper: Shopper) -> None:
    await shopper.register(EMAIL, PASSWORD, name="Ada")
    await shopper.log_out()
    assert app_of(shopper).account is None
    await shopper.log_in(EMAIL, PASSWORD)
    assert shows(shopper, "Welcome back, Ada.")


async def test_a_wrong_password_is_told_and_what_was_typed_stays(shopper: Shopper) -> None:
    with pytest.raises(AssertionError, match="LoginScreen: that was not accepted"):
        await shopper.log_in(EMAIL, PASSWORD)
    assert shopper.screen.query_one("#error").display
    assert shopper.screen.query_one("#email", Input).value == EMAIL
    assert not shopper.screen.query_one("#login", Button).disabled


async def test_mistakes_are_told_at_their_fields(shopper: Shopper) -> None:
    with pytest.raises(AssertionError):
        await shopper.register("ada@nowhere", "1234", name="Ada")
    assert shows(shopper, "▲ Write the email like ada@example.com.")
    assert shows(shopper, "▲ Use at least 8 characters")
    assert shows(shopper, "Please look again at the 2 marked fields.")
    assert shopper.app.focused is shopper.screen.query_one("#email")


async def test_an_email_that_is_taken_is_told_at_its_field(shopper: Shopper) -> None:
    await shopper.register(EMAIL, PASSWORD, name="Ada")
    await shopper.log_out()
    with pytest.raises(AssertionError):
        await shopper.register(EMAIL, PASSWORD, name="Ada")
    assert shows(shopper, "Please look again at the marked field.")
    assert shopper.app.focused is shopper.screen.query_one("#email")


async def test_two_passwords_that_differ_make_no_account(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.press("ctrl+r")
    for selector, text in {"#name": "Ada", "#email": EMAIL, "#password": PASSWORD, "#confirm": PASSWORD + "r"}.items():
        await shopper.type_into(selector, text)
    await shopper.press("enter")
    assert shows(shopper, "▲ This is another password than the one above.")
    assert app_of(shopper).account is None


async def test_advice_comes_while_a_password_is_typed(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.press("ctrl+r")
    await shopper.type_into("#password", "short")
    assert shows(shopper, "Use at least 8 characters")
    await shopper.type_into("#password", PASSWORD)
    assert shows(shopper, "● A good password.")


async def test_enter_goes_from_field_to_field(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.press("ctrl+r")
    seen = []
    for _ in range(3):
        await shopper.press("enter")
        assert shopper.app.focused is not None
        seen.append(shopper.app.focused.id)
    assert seen == ["email", "password", "confirm"]


async def test_a_second_enter_registers_nobody_twice(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.press("ctrl+r")
    for selector, text in {"#name": "Ada", "#email": EMAIL, "#password": PASSWORD, "#confirm": PASSWORD}.items():
        await shopper.type_into(selector, text)
    for _ in range(2):
        shopper.app.post_message(Key("enter", "\r"))
    await shopper.wait()
    assert shows(shopper, "Welcome, Ada.")
    assert not shows(shopper, "marked field")


async def test_the_other_way_leads_there_and_back(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.press("ctrl+r")
    assert isinstance(shopper.screen, RegisterScreen)
    await shopper.press("ctrl+l")
    assert isinstance(shopper.screen, LoginScreen)
    await shopper.press("escape")
    assert isinstance(shopper.screen, CatalogScreen)


async def test_the_clear_text_of_a_password_cannot_be_copied(shopper: Shopper) -> None:
    await shopper.open_sign_in()
    await shopper.type_into("#password", PASSWORD)
    await shopper.press("shift+home", "ctrl+c", "ctrl+x")
    assert shopper.app.clipboard == ""
    assert shopper.screen.query_one("#password", Input).value == PASSWORD


async def test_a_guests_cart_comes_along(sample_shop: Shop, tmp_path: Path) -> None:
    card = sample_shop.catalog.browse(Query(text="hoodie", in_stock=True)).products[0]
    variant = next(each for each in sample_shop.catalog.product(card.handle).variants if each.purchasable)
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        app.cart = await app.backend.add(variant.id)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        assert shows(shopper, "Your cart came along.")
        assert app.cart is not None
        assert app.cart.count == 1
