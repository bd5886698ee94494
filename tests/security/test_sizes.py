"""A window of any size, on every screen: nothing breaks, and what was there is there again."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from textual.screen import Screen

import tui.screens
from shopkeeper import Card, Shop
from tests.factories import add_account
from tui.app import ShopApp
from tui.palette import ShopPalette
from tui.screens.receipt import ReceiptScreen
from tui.state import TerminalState
from tui.testing import Shopper

SIZES = [(1, 1), (1, 50), (160, 1), (17, 9)]
WHOLE = (80, 24)


def all_screens() -> set[type[Screen[object]]]:
    """Every screen that one can come to."""
    modules = [import_module(f"tui.screens.{each.name}") for each in iter_modules(tui.screens.__path__)]
    found = {each for module in modules for each in vars(module).values()
             if isinstance(each, type) and issubclass(each, Screen) and each.__module__ == module.__name__}
    return {ShopPalette} | {each for each in found if not any(other is not each and issubclass(other, each)
                                                             for other in found)}


def without_arguments(screens: set[type[Screen[object]]]) -> Iterator[Screen[object]]:
    for screen in screens:
        try:
            yield screen()
        except TypeError:
            continue


async def test_no_size_of_the_window_breaks_a_screen(
    sample_shop: Shop, tmp_path: Path, tried: Callable[[str, int], None]
) -> None:
    session = add_account(sample_shop)
    cart = sample_shop.cart.add(session, sample_shop.catalog.product("beret").variants[0].id)
    order = sample_shop.checkout.place(session, Card.test("4242424242424242"), expected_total=cart.total,
                                       idempotency_key="a")
    sample_shop.cart.add(session, sample_shop.catalog.product("beret").variants[0].id)
    TerminalState(tmp_path).remember_token(sample_shop.settings.shop_id, session.token)
    seen: set[type[Screen[object]]] = set()
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=WHOLE) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()

        async def storm(*keys: str) -> None:
            await shopper.press(*keys)
            for size in (*SIZES, WHOLE):
                await pilot.resize_terminal(*size)
            await shopper.wait()
            assert shopper.app.size == WHOLE
            assert any(line.strip() for line in shopper.screen_text())
            seen.add(type(shopper.screen))

        await storm()
        await storm("down", "question_mark")
        await storm("escape", "ctrl+p")
        await storm("escape", "down", "enter")
        await storm("c")
        await storm("equals_sign")
        await storm("escape", "enter")
        await storm("escape", "o")
        await storm("enter")
        await storm("x")
        await storm("escape", "p")
        await storm("e")
        await storm("escape", "w")
        await shopper.press("escape")
        shopper.app.push_screen(ReceiptScreen(order))
        await storm()
        await shopper.log_out()
        await shopper.open_sign_in()
        await storm()
        await storm("ctrl+r")
        for screen in without_arguments(all_screens() - seen):
            shopper.app.push_screen(screen)
            await storm()
            shopper.app.pop_screen()
    assert all_screens() <= seen, "come to these screens as well"
    tried("sizes of a window", len(seen) * len(SIZES))
