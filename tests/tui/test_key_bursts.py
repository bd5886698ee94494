"""Keys that are typed faster than the shop follows act where they were meant, in their order, and none is lost."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.screen import Screen
from textual.widgets import Input

from shopkeeper import Shop
from tests.factories import PASSWORD
from tests.terminal import DOWN, Terminal
from tests.tui.terminals import account_of_ada
from tui.app import ShopApp
from tui.palette import ShopPalette
from tui.screens.account import AccountScreen
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.change_details import ChangeDetailsScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.login import LoginScreen
from tui.screens.register import RegisterScreen
from tui.testing import Shopper
from tui.widgets.facets import Facets

ROUNDS = 3
"""What a race decides is tried more than once."""

NAMES = {"/": "slash", "+": "plus", "?": "question_mark", "@": "at", "=": "equals_sign"}


def press_at_once(shopper: Shopper, *keys: str) -> None:
    """Presses keys as one write to the terminal does: none waits for the one before."""
    for key in keys:
        shopper.app.post_message(Key(NAMES.get(key, key), key if len(key) == 1 else None))


async def at_the_list(shopper: Shopper) -> None:
    """Goes back to the catalog's list, with nothing in the search."""
    while not isinstance(shopper.screen, CatalogScreen):
        await shopper.press("escape")
    await shopper.press("escape", "x")


@pytest.mark.parametrize(("keys", "screen", "field", "text"), [
    ("/ h o o d i e", CatalogScreen, "#search", "hoodie"),
    ("f escape / m u g", CatalogScreen, "#search", "mug"),
    ("f tab shift+tab escape / m u g", CatalogScreen, "#search", "mug"),
    ("/ x enter / end y", CatalogScreen, "#search", "xy"),
    ("c b / h a t", CatalogScreen, "#search", "hat"),
    ("c escape / h a t", CatalogScreen, "#search", "hat"),
    ("? escape / h a t", CatalogScreen, "#search", "hat"),
    ("c = escape escape / h a t", CatalogScreen, "#search", "hat"),
    ("enter escape / h a t", CatalogScreen, "#search", "hat"),
    ("ctrl+p c a r t", ShopPalette, "CommandInput", "cart"),
    ("ctrl+p c escape / h a t", CatalogScreen, "#search", "hat"),
    ("p a d a @ b", LoginScreen, "#email", "ada@b"),
    ("o a d a @ b", LoginScreen, "#email", "ada@b"),
    ("p a tab b o c o", LoginScreen, "#password", "boco"),
    ("p a enter b o c o", LoginScreen, "#password", "boco"),
    ("p ctrl+r o c o p", RegisterScreen, "#name", "ocop"),
    ("p ctrl+r o tab c tab p tab b", RegisterScreen, "#confirm", "b"),
    ("p ctrl+r o ctrl+l c", LoginScreen, "#email", "c"),
    ("p escape / h a t", CatalogScreen, "#search", "hat"),
])
async def test_keys_behind_one_that_leads_elsewhere_act_there(
    sample_shop: Shop, tmp_path: Path, keys: str, screen: type[Screen[None]], field: str, text: str
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape")
        for _ in range(ROUNDS):
            press_at_once(shopper, *keys.split())
            await shopper.wait()
            assert isinstance(shopper.screen, screen)
            assert shopper.screen.query_one(field, Input).value == text
            shopper.screen.query_one(field, Input).clear()
            for entry in shopper.screen.query(Input):
                entry.clear()
            await at_the_list(shopper)


async def test_filter_keys_behind_the_key_of_the_filters_choose_there(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape")
        press_at_once(shopper, "f", "down", "down")
        await shopper.wait()
        assert isinstance(shopper.app.focused, Facets)
        assert shopper.app.focused.cursor == 2


async def test_keys_behind_the_one_that_opens_a_product_buy_it(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.search("rainy day mug")
        press_at_once(shopper, "down", "enter", "+", "+", "a", "c", "+")
        await shopper.wait()
        assert isinstance(shopper.screen, CartScreen)
        assert [quantity for _, _, quantity, _ in shopper.cart_lines()] == [4]
        press_at_once(shopper, "delete", "u")
        await shopper.wait()
        assert [quantity for _, _, quantity, _ in shopper.cart_lines()] == [4]


async def test_a_paste_behind_the_key_of_the_search_lands_there(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape")
        press_at_once(shopper, "/", "m")
        shopper.app.post_message(Paste("ug"))
        press_at_once(shopper, "s")
        await shopper.wait()
        assert shopper.screen.query_one("#search", Input).value == "mugs"


@pytest.mark.parametrize(("keys", "screen", "field"), [
    ("l p A", LoginScreen, "#email"), ("e end A", ChangeDetailsScreen, "#name"), ("x y p A", LoginScreen, "#email"),
])
async def test_keys_behind_one_that_waits_for_the_shop_act_where_it_leads(
    shop: Shop, tmp_path: Path, keys: str, screen: type[Screen[None]], field: str
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        assert isinstance(shopper.screen, AccountScreen)
        if "x" in keys:
            await shopper.press("tab")
        press_at_once(shopper, *keys.split())
        await shopper.wait()
        assert isinstance(shopper.screen, screen)
        assert shopper.screen.query_one(field, Input).value.endswith("A")


async def test_what_is_typed_behind_the_key_that_checks_out_lands_in_the_first_empty_field(
    sample_shop: Shop, tmp_path: Path
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        await shopper.open("Beret")
        await shopper.add_to_cart()
        press_at_once(shopper, "c", "enter", "1", "tab", "2")
        await shopper.wait()
        assert isinstance(shopper.screen, CheckoutScreen)
        assert shopper.screen.query_one("#name", Input).value == "Ada"
        assert shopper.screen.query_one("#street", Input).value == "1"


# At a real terminal


@pytest.fixture
def shop_in_a_terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, 80, 24)
    terminal.see(r"\d+ products")
    terminal.keys(DOWN)
    terminal.see_focus("Products")
    yield terminal
    terminal.close()


def test_keys_in_one_write_act_where_they_were_meant(shop_in_a_terminal: Terminal) -> None:
    shop = shop_in_a_terminal
    for _ in range(ROUNDS):
        for keys, text in [("/hoodie", "hoodie"), ("c\x1b/hoodie", "hoodie"), ("f\x1b/coppice", "coppice"),
                           ("poco\x1b/boxcop", "boxcop"), ("?\x1b/foxcob", "foxcob"), ("\x10cart\x1b/box", "box")]:
            shop.keys(keys)
            shop.see(rf"│ {text} ")
            shop.keys("\x1b", "x")
            shop.see("Search 1")
            shop.see_focus("Products")
    shop.keys("/hoodie\x11coco/hoodie\r\x1b\x11")
    assert shop.ended() == 0
