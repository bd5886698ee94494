"""Which keys act on forms and in dialogs, and what becomes of a password that was refused."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from shopkeeper import Shop
from tests.factories import PASSWORD, add_account
from tests.tui.terminals import account_of_ada, fill_in, shows
from tui.app import ShopApp
from tui.screens.checkout import CheckoutScreen
from tui.screens.login import LoginScreen
from tui.screens.register import RegisterScreen
from tui.testing import Shopper

EMAIL = "ada@example.com"
LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "slash", "plus", "minus"]


async def press_letters_everywhere(shopper: Shopper) -> None:
    """Presses every letter on each control of the screen that takes no text."""
    for _ in shopper.screen.focus_chain:
        await shopper.press("tab")
        if not isinstance(shopper.app.focused, Input):
            for letter in LETTERS:
                await shopper.pilot.press(letter)
            await shopper.wait()


async def test_letters_on_a_form_leave_neither_the_form_nor_the_theme(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        theme = shopper.app.theme
        await press_letters_everywhere(shopper)
        assert isinstance(shopper.screen, LoginScreen)
        await shopper.press("ctrl+r")
        await shopper.type_into("#name", "Ada")
        await press_letters_everywhere(shopper)
        assert isinstance(shopper.screen, RegisterScreen)
        assert shopper.screen.query_one("#name", Input).value == "Ada"
        assert shopper.app.theme == theme


@pytest.mark.parametrize("key", ["e", "w", "s", "d"])
async def test_letters_on_a_form_of_the_account_do_not_leave_it(shop: Shop, tmp_path: Path, key: str) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press(key)
        form = shopper.screen
        await press_letters_everywhere(shopper)
        assert shopper.screen is form


async def test_letters_at_checkout_do_not_leave_it(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        await shopper.open("Beret")
        await shopper.add_to_cart()
        await shopper.open_cart()
        await shopper.press("enter")
        await press_letters_everywhere(shopper)
        assert isinstance(shopper.screen, CheckoutScreen)
        await shopper.open_cart()  # the kit finds its way from here all the same


async def test_letters_in_a_question_answer_it_or_do_nothing(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("a")
        question = shopper.screen
        for letter in set(LETTERS) - {"y", "n"}:
            await shopper.pilot.press(letter)
        await shopper.wait()
        assert shopper.screen is question


# Refused passwords

async def test_a_refused_password_is_cleared_for_the_next_try(shop: Shop, tmp_path: Path) -> None:
    add_account(shop)
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await fill_in(shopper, email=EMAIL, password="not my password")
        assert isinstance(shopper.screen, LoginScreen)
        assert shopper.screen.query_one("#error").display
        assert shopper.screen.query_one("#password", Input).value == ""
        await shopper.press(*(character if character != " " else "space" for character in PASSWORD), "enter")
        assert not isinstance(shopper.screen, LoginScreen)


async def test_a_password_that_was_refused_by_a_click_is_typed_anew_at_once(shop: Shop, tmp_path: Path) -> None:
    add_account(shop)
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await shopper.type_into("#email", EMAIL)
        await shopper.type_into("#password", "not my password")
        await shopper.click("#login")
        entry = shopper.screen.query_one("#password", Input)
        assert (entry.value, shopper.app.focused) == ("", entry)


@pytest.mark.parametrize("key, field, typed", [
    ("w", "current", {"current": "not my password", "new": "another four word phrase",
                      "confirm": "another four word phrase"}),
    ("d", "password", {"password": "not my password"}),
    ("e", "password", {"email": "ada@king.example", "password": "not my password"}),
])
async def test_a_refused_password_is_cleared_on_every_form_and_the_rest_stays(
    shop: Shop, tmp_path: Path, key: str, field: str, typed: dict[str, str]
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press(key)
        await fill_in(shopper, **typed)
        assert shows(shopper, "This is not your password.")
        assert {name: shopper.screen.query_one(f"#{name}", Input).value for name in typed} == {**typed, field: ""}
        assert shopper.app.focused is shopper.screen.query_one(f"#{field}")


async def test_the_second_password_is_typed_anew_where_both_differ(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await shopper.press("ctrl+r")
        await fill_in(shopper, name="Ada", email=EMAIL, password=PASSWORD, confirm="something else")
        await shopper.press("x")
        assert shopper.screen.query_one("#confirm", Input).value == "x"
