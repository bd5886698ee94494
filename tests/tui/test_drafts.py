"""What was typed into a form that was left is there again, for this visit; passwords and cards are not."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from shopkeeper import Shop
from tests.factories import PASSWORD, add_account
from tests.tui.terminals import account_of_ada, app_of, fill_in
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.login import LoginScreen
from tui.testing import Shopper

EMAIL = "ada@example.com"
ADDRESS = {"name": "Ada King", "street": "1 Harbour Road", "postal-code": "97201", "city": "Portland",
           "country": "USA"}
CARD = {"card-number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123"}


def typed(shopper: Shopper) -> dict[str | None, str]:
    """What stands in the fields of the screen."""
    return {entry.id: entry.value for entry in shopper.screen.query(Input)}


async def type_all(shopper: Shopper, **texts: str) -> None:
    for field, text in texts.items():
        await shopper.type_into(f"#{field}", text)


async def leave(shopper: Shopper, way: str) -> None:
    """Leaves by a key, by the top bar, or by the palette's command."""
    if way == "escape":
        await shopper.press("escape")
    elif way == "top bar":
        await shopper.pilot.click("#tabs", offset=(1, 0))
        await shopper.wait()
    else:
        app_of(shopper).action_cart()
        await shopper.wait()
        await shopper.press("escape")


@pytest.mark.parametrize("way", ["escape", "top bar", "palette"])
async def test_email_and_name_are_kept_where_one_signs_in_and_passwords_are_not(
    shop: Shop, tmp_path: Path, way: str
) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await type_all(shopper, email=EMAIL, password=PASSWORD)
        await leave(shopper, way)
        await shopper.open_sign_in()
        assert typed(shopper) == {"email": EMAIL, "password": ""}
        await shopper.press("ctrl+r")
        assert typed(shopper) == {"name": "", "email": EMAIL, "password": "", "confirm": ""}
        await type_all(shopper, name="Ada", password=PASSWORD)
        await leave(shopper, way)
        await shopper.open_sign_in()
        if isinstance(shopper.screen, LoginScreen):
            await shopper.press("ctrl+r")
        assert typed(shopper) == {"name": "Ada", "email": EMAIL, "password": "", "confirm": ""}


@pytest.mark.parametrize("way", ["escape", "top bar", "palette"])
async def test_the_address_is_kept_at_checkout_and_the_card_is_not(
    sample_shop: Shop, tmp_path: Path, way: str
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        await shopper.open("Beret")
        await shopper.add_to_cart()
        await shopper.open_cart()
        await shopper.press("enter")
        await type_all(shopper, **ADDRESS, **CARD)
        if way == "palette":
            app_of(shopper).action_orders()
            await shopper.wait()
            await shopper.press("escape")
        else:
            await leave(shopper, way)
            await shopper.open_cart()
            await shopper.press("enter")
        assert isinstance(shopper.screen, CheckoutScreen)
        assert typed(shopper) == {**ADDRESS, **dict.fromkeys(CARD, "")}


async def test_one_escape_leads_from_a_field_of_checkout_back_to_the_cart(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        await shopper.open("Beret")
        await shopper.add_to_cart()
        await shopper.open_cart()
        await shopper.press("enter", "escape")
        assert isinstance(shopper.screen, CartScreen)


async def test_nobody_is_shown_what_another_account_typed(sample_shop: Shop, tmp_path: Path) -> None:
    add_account(sample_shop, "bob@example.com", name="Bob")
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        for email, name in ((EMAIL, "Ada"), ("bob@example.com", "Bob")):
            if name == "Bob":
                await shopper.log_out()
                await shopper.open_sign_in()
                assert typed(shopper) == {"email": "", "password": ""}
                await shopper.log_in(email, PASSWORD)
            await shopper.open("Beret")
            await shopper.add_to_cart()
            await shopper.open_cart()
            await shopper.press("enter")
            assert typed(shopper)["name"] == name
            assert typed(shopper)["street"] == ""
            await type_all(shopper, street="1 Harbour Road")
            await shopper.press("escape")


async def test_details_that_were_not_sent_are_kept_and_those_that_were_are_not(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("e")
        await type_all(shopper, name="Ada King", email="ada@king.example", password=PASSWORD)
        await shopper.press("escape", "e")
        assert typed(shopper) == {"name": "Ada King", "email": "ada@king.example", "password": ""}
        await fill_in(shopper, name="Ada Lovelace", email=EMAIL)
        await shopper.press("e")
        assert typed(shopper) == {"name": "Ada Lovelace", "email": EMAIL, "password": ""}
