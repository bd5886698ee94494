"""No size of the window ends the shop, and none leaves a trace once the window is large enough again."""
from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest

from shopkeeper import Address, Card, Shop
from tests.tui.every_screen import every_screen
from tests.tui.terminals import account_of_ada
from tui.app import ShopApp
from tui.testing import Shopper

Size = tuple[int, int]

USUAL = (80, 24)
WIDTHS = [*range(1, 13), 20, 59, 60]
HEIGHTS = [*range(1, 7), 17, 18]
A_FEW_SIZES = [(1, 1), (4, 18), (5, 24), (6, 40), (7, 3), (10, 24), (12, 5), (60, 18), (80, 2)]


async def test_sizes_passed_by_leave_no_trace_on_any_screen(sample_shop: Shop, tmp_path: Path) -> None:
    await resize_every_screen(sample_shop, tmp_path, A_FEW_SIZES)


@pytest.mark.soak
async def test_no_size_passed_by_leaves_a_trace_on_any_screen(sample_shop: Shop, tmp_path: Path) -> None:
    await resize_every_screen(sample_shop, tmp_path, [*product(WIDTHS, HEIGHTS)])


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (6, 40)])
async def test_screens_opened_in_a_tiny_window_take_page_keys_and_are_whole_in_a_usual_one(
        sample_shop: Shop, tmp_path: Path, size: Size) -> None:
    async with account_of_ada(sample_shop, tmp_path, size=size) as (shopper, session):
        cap = sample_shop.catalog.product("five-panel-cap").variants[0].id
        cart = sample_shop.cart.add(session, cap, 2)
        address = Address("Ada", "1 Harbour Road", "Portland", "97201", "US")
        sample_shop.checkout.place(session, Card.test("4242 4242 4242 4242"), expected_total=cart.total,
                                   idempotency_key="one", address=address)
        sample_shop.cart.add(session, cap, 2)
        for key in ("e", "escape", "w", "escape", "a", "escape", "b", "c", "equals_sign", "escape", "v", "escape",
                    "enter", "escape", "escape", "o", "enter", "escape", "question_mark", "escape", "ctrl+p"):
            await shopper.press(key)
            if key != "escape":
                await shopper.press("pagedown", "pageup", "home")
                await resize(shopper, USUAL)
                text = shopper.screen_text()
                await resize(shopper, (120, 40))  # laid out once more, it is whole for certain
                await resize(shopper, USUAL)
                assert_same(type(shopper.screen).__name__, text, shopper.screen_text())
                await resize(shopper, size)


async def resize(shopper: Shopper, size: Size) -> None:
    await shopper.pilot.resize_terminal(*size)
    await shopper.wait()


async def resize_every_screen(shop: Shop, folder: Path, sizes: Sequence[Size]) -> None:
    """Gives the window these sizes on every screen, and looks at what each shows and has the focus on afterwards."""
    async with ShopApp(shop, state_folder=folder).run_test(size=USUAL) as pilot:
        shopper = Shopper(pilot)
        async for name in every_screen(shopper):
            text, focused = shopper.screen_text(), shopper.app.focused
            for size in sizes:
                await pilot.resize_terminal(*size)
            await pilot.resize_terminal(*USUAL)
            await shopper.wait()
            assert_same(name, text, shopper.screen_text())
            assert shopper.app.focused is focused, name


def assert_same(name: str, expected: list[str], actual: list[str]) -> None:
    difference = difflib.unified_diff(expected, actual, f"{name}, before", f"{name}, after", n=0, lineterm="")
    assert expected == actual, "\n".join(difference)
