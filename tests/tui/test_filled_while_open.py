"""Screens that are filled, emptied and resized while they are open show what they would show if just opened."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.tui.terminals import app_of
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.order import OrderScreen
from tui.screens.orders import OrdersScreen
from tui.testing import Shopper

PASSWORD = "correct horse battery staple"
CAP = ("Five-Panel Cap", "Black", 2, "$52.00")


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
async def test_cart_emptied_and_undone_shows_its_line_and_hears_its_keys(
        sample_shop: Shop, tmp_path: Path, size: tuple[int, int]) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=size) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        await fill_cart(shopper)
        screen = shopper.screen_text()
        await shopper.press("delete")
        assert shopper.cart_lines() == []
        await shopper.press("u")
        assert shopper.cart_lines() == [CAP]
        assert shopper.screen_text() == screen
        await shopper.press("plus")
        assert shopper.cart_lines() == [("Five-Panel Cap", "Black", 3, "$78.00")]
        await shopper.press("enter")
        assert isinstance(shopper.screen, CheckoutScreen)


async def test_cart_filled_after_a_resize_while_empty_is_laid_out_for_the_new_size(
        sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await fill_cart(shopper)
        await pilot.resize_terminal(60, 18)
        await shopper.wait()
        screen = shopper.screen_text()
        await pilot.resize_terminal(120, 40)
        await shopper.press("delete")
        await pilot.resize_terminal(60, 18)
        await shopper.press("u")
        assert shopper.screen_text() == screen
        assert shopper.cart_lines() == [CAP]


async def test_empty_cart_filled_under_another_screen_shows_its_lines_on_return(
        sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape", "c")
        app_of(shopper).open_product("five-panel-cap")
        await shopper.wait()
        await pilot.resize_terminal(60, 18)
        await shopper.add_to_cart(quantity=2)
        await shopper.press("escape")
        assert isinstance(shopper.screen, CartScreen)
        assert shopper.cart_lines() == [CAP]
        await shopper.press("minus")
        assert shopper.cart_lines() == [("Five-Panel Cap", "Black", 1, "$26.00")]


async def test_orders_that_were_empty_when_opened_list_a_new_order_and_hear_their_keys(
        sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        app = app_of(shopper)
        await shopper.open_orders()
        app.open_product("five-panel-cap")
        await shopper.wait()
        await shopper.add_to_cart()
        await shopper.check_out()
        first = shopper.order_number()
        await shopper.open_orders()
        assert isinstance(shopper.screen, OrdersScreen)
        assert shopper.orders() == [first]
        await shopper.press("r")
        assert shopper.cart_lines() == [("Five-Panel Cap", "Black", 1, "$26.00")]
        await shopper.check_out()
        await shopper.open_orders()
        assert shopper.orders() == [shopper.orders()[0], first]
        await shopper.press("enter")  # the bar stays on the order that it was on
        assert isinstance(shopper.screen, OrderScreen)
        assert any(first in line for line in shopper.screen_text())


async def test_bought_again_into_an_open_empty_cart_shows_the_lines(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        await fill_cart(shopper)
        await shopper.check_out()
        await shopper.open_cart()
        await shopper.open_orders()
        await shopper.press("r")
        assert shopper.cart_lines() == [CAP]


async def fill_cart(shopper: Shopper) -> None:
    """Two caps, and the cart is open."""
    await shopper.open("Five-Panel Cap")
    await shopper.add_to_cart(quantity=2)
    await shopper.open_cart()
