"""Screens may be opened and left at any moment, also while another is being opened, left, or the shop ends."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from rich.style import Style
from textual.command import CommandInput, CommandList
from textual.events import Click
from textual.screen import Screen

from shopkeeper import Shop
from tests.factories import add_product
from tests.tui.terminals import account_of_ada, app_of
from tui.app import ShopApp
from tui.palette import ShopPalette
from tui.screens.account import AccountScreen
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.change_details import ChangeDetailsScreen
from tui.screens.change_password import ChangePasswordScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.delete_account import DeleteAccountScreen
from tui.screens.explain import ExplainScreen
from tui.screens.help import HelpScreen
from tui.screens.login import LoginScreen
from tui.screens.order import OrderScreen
from tui.screens.orders import OrdersScreen
from tui.screens.product import ProductScreen
from tui.screens.register import RegisterScreen
from tui.screens.save_my_data import SaveMyDataScreen
from tui.testing import Shopper
from tui.widgets.product_list import ProductList

MakeScreen = Callable[[ShopApp], Screen[object]]

SCREENS: dict[str, MakeScreen] = {
    "account": lambda _: AccountScreen(),
    "cart": lambda _: CartScreen(),
    "change details": lambda app: ChangeDetailsScreen(app.account) if app.account else AccountScreen(),
    "change password": lambda app: ChangePasswordScreen(app.account) if app.account else AccountScreen(),
    "checkout": lambda _: CheckoutScreen(),
    "confirm": lambda _: ConfirmScreen("Sure?", yes="Yes", no="No"),
    "delete account": lambda _: DeleteAccountScreen(),
    "explain": lambda app: ExplainScreen(app.cart) if app.cart else HelpScreen(app.screen),
    "help": lambda app: HelpScreen(app.screen),
    "log in": lambda app: LoginScreen(app.action_account),
    "order": lambda _: OrderScreen("SK-000001"),
    "orders": lambda _: OrdersScreen(),
    "palette": lambda _: ShopPalette(),
    "product": lambda _: ProductScreen("plain-mug"),
    "register": lambda app: RegisterScreen(app.action_account),
    "save my data": lambda _: SaveMyDataScreen(),
}
ROUNDS = 4
"""Rounds of the event loop within which a screen is opened: it is left after each of them."""


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_left_before_it_is_mounted_breaks_nothing(shop: Shop, tmp_path: Path, name: str) -> None:
    add_product(shop)
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        for count in range(ROUNDS):
            stack = app.screen_stack
            screen = SCREENS[name](app)
            app.push_screen(screen)
            await rounds(count)
            screen.dismiss()
            assert app.screen_stack == stack
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)


@pytest.mark.parametrize("name", SCREENS)
async def test_the_shop_ends_with_its_code_while_a_screen_is_being_opened(
    shop: Shop, tmp_path: Path, name: str
) -> None:
    add_product(shop)
    for count in (0, 3):
        app = ShopApp(shop, state_folder=tmp_path)
        async with app.run_test() as pilot:
            await Shopper(pilot).wait()
            app.push_screen(SCREENS[name](app))
            await rounds(count)
            app.exit(return_code=143)
        assert (app.return_code, app.report) == (143, None)


@pytest.mark.parametrize("count", range(ROUNDS))
async def test_no_screen_is_opened_once_the_shop_is_ending(shop: Shop, tmp_path: Path, count: int) -> None:
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test() as pilot:
        await Shopper(pilot).wait()
        app.exit(return_code=143)
        await rounds(count)
        app.push_screen(SCREENS["log in"](app))
        app.switch_screen(SCREENS["register"](app))
    assert (app.return_code, app.report) == (143, None)


@pytest.mark.parametrize("count", range(4))
async def test_a_form_opened_while_logging_out_does_not_end_the_shop(shop: Shop, tmp_path: Path, count: int) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        assert isinstance(app.screen, AccountScreen)
        app.screen.action_change_details()
        await rounds(count)
        app.become_guest("You are logged out.")
        await shopper.wait()
        assert isinstance(shopper.screen, CatalogScreen)


@pytest.mark.parametrize("name", ["confirm", "explain", "help", "palette", "save my data"])
async def test_a_screen_dismissed_twice_leaves_the_one_below(shop: Shop, tmp_path: Path, name: str) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        answers: list[object] = []
        screen = SCREENS[name](app)
        app.push_screen(screen, answers.append)
        await shopper.wait()
        screen.dismiss(True)
        screen.dismiss(True)
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)
        assert answers == [True]


async def test_a_screen_dismissed_below_others_takes_them_along(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        form = SaveMyDataScreen()
        app.push_screen(form)
        app.push_screen(ShopPalette())
        form.dismiss()
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)


# The palette

async def test_a_double_click_beside_the_palette_closes_only_the_palette(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("ctrl+p")
        palette = shopper.screen
        for chain in (1, 2):
            palette.post_message(Click(palette, 2, 1, 0, 0, 1, False, False, False, 2, 1, chain=chain))
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)


async def test_enter_twice_in_the_palette_runs_its_command_once(shop: Shop, tmp_path: Path) -> None:
    add_product(shop)
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        await shopper.press("ctrl+p", *"plain mug")
        field = shopper.screen.query_one(CommandInput)
        for _ in range(3):
            field.post_message(CommandInput.Submitted(field, field.value))
        await shopper.wait()
        assert [type(screen) for screen in app.screen_stack] == [CatalogScreen, AccountScreen, ProductScreen]


@pytest.mark.parametrize("page", ["page_up", "page_down", "first", "last"])
async def test_a_page_turned_before_the_list_of_the_palette_is_laid_out_breaks_nothing(
    shop: Shop, tmp_path: Path, page: str
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        for count in range(12):
            palette = ShopPalette()
            app.push_screen(palette)
            while not palette.query(CommandList):
                await asyncio.sleep(0)
            await rounds(count)
            await app.run_action(f"command_list('{page}')", palette)
            palette.dismiss()
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)


async def test_a_click_on_a_row_of_the_palette_that_has_gone_breaks_nothing(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("ctrl+p")
        commands = shopper.screen.query_one(CommandList)
        gone = Style.from_meta({"option": commands.option_count})
        commands.post_message(Click(commands, 2, 1, 0, 0, 1, False, False, False, 2, 1, style=gone))
        await shopper.wait()
        assert app_of(shopper).report is None


# Opened twice

async def test_a_product_that_is_opened_twice_at_once_is_shown_once(shop: Shop, tmp_path: Path) -> None:
    add_product(shop)
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape")
        products = shopper.screen.query_one(ProductList)
        for _ in range(2):
            products.action_open()
        await shopper.wait()
        assert [type(screen) for screen in pilot.app.screen_stack] == [CatalogScreen, ProductScreen]


async def test_the_help_that_is_asked_for_twice_at_once_is_shown_once(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        for _ in range(2):
            app.action_help()
        await shopper.wait()
        assert [type(screen) for screen in app.screen_stack] == [CatalogScreen, AccountScreen, HelpScreen]


# All at once

@pytest.mark.parametrize("seed", range(2))
async def test_navigations_in_any_order_and_at_any_moment_break_nothing(
    shop: Shop, tmp_path: Path, seed: int
) -> None:
    add_product(shop)
    random = Random(seed)
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        app = app_of(shopper)
        steps = [
            app.action_cart, app.action_orders, app.action_account, app.action_catalog, app.action_help,
            app.action_command_palette, partial(app.open_product, "plain-mug"), app.action_log_out,
            partial(app.session_ended, "Account"), partial(app.become_guest, "You are a guest."),
            lambda: app.screen.dismiss() if len(app.screen_stack) > 1 else None,
            *(partial(lambda make: app.push_screen(make(app)), make) for make in SCREENS.values()),
        ]
        for _ in range(50):
            random.choice(steps)()
            await app.action_back() if random.random() < 0.4 else None
            await rounds(random.choice((0, 0, 1, 2, 3, 8, 40)))
        await shopper.wait()
        app.action_catalog()
        await shopper.wait()
        assert isinstance(shopper.screen, CatalogScreen)
