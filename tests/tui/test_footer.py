"""The footer offers the keys that act where the focus is, and no others."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from shopkeeper import Shop
from tests.factories import PASSWORD
from tests.tui.terminals import account_of_ada
from tui.app import ShopApp
from tui.screens.help import HelpScreen
from tui.testing import Shopper
from tui.widgets.keybar import KeyBar

EMAIL = "ada@example.com"


def footer(shopper: Shopper) -> str:
    """The line at the foot of the screen."""
    return " ".join(shopper.screen_text()[-1].split())


async def test_the_footer_of_the_catalog_follows_the_focus(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        assert footer(shopper) == "escape to the list f1 help ctrl+p menu ctrl+q quit"
        await shopper.press("escape")
        assert footer(shopper) == "/ search f filters enter open x clear ? help ctrl+p menu ctrl+q quit"
        await shopper.press("f")
        assert footer(shopper).startswith("enter choose escape back / search f filters")
        await shopper.search("hoodei")
        assert footer(shopper).startswith("enter use suggestion escape to the list")
        await shopper.press("escape")
        assert "enter open" not in footer(shopper)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 18)])
async def test_what_lies_over_a_screen_leaves_no_key_painted_that_does_nothing(
    sample_shop: Shop, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=size) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Beret")
        await shopper.add_to_cart()
        below = footer(shopper)
        await shopper.press("ctrl+p")
        assert footer(shopper) == "enter select escape close"
        await shopper.press("escape")
        assert footer(shopper) == below
        await shopper.press("question_mark")
        assert footer(shopper) == "escape close"
        await shopper.press("ctrl+p")
        assert footer(shopper) == "enter select escape close"
        await shopper.press("escape", "escape", "c", "equals_sign")
        assert footer(shopper) == "escape close"
        for screen in shopper.app.screen_stack[:-1]:
            assert not screen.query_one(KeyBar).keys
        await shopper.press("escape")
        assert footer(shopper).startswith("+ − quantity")


async def test_the_key_that_leads_to_the_search_is_not_typed_there(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("slash", *"mug")
        assert shopper.screen.query_one("#search", Input).value == "mug"
        await shopper.press("escape", "slash", "slash", *"hat")
        assert shopper.screen.query_one("#search", Input).value == "hat"
        await shopper.press("slash", "x")
        assert shopper.screen.query_one("#search", Input).value == "hat/x"


async def test_the_footer_of_a_product_and_the_cart_offers_what_can_be_done(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape", "c")
        assert footer(shopper) == "? help ctrl+p menu ctrl+q quit"
        await shopper.open("Beret")
        assert footer(shopper).startswith("← → choose + − quantity a add ? help")
        await shopper.press("down", "down")
        assert footer(shopper).startswith("enter select + − quantity a add ? help")
        await shopper.press("a", "c")
        assert footer(shopper).startswith("+ − quantity delete remove enter check out ? help")
        await shopper.press("tab")
        assert footer(shopper).startswith("enter select + − quantity delete remove ? help")
        await shopper.press("delete")
        assert footer(shopper).startswith("u undo ? help")


async def test_no_key_of_the_footer_would_be_typed_into_a_field(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        for keys in ("tab", "ctrl+r", "tab", "tab", "tab"):
            await shopper.press(keys)
            if isinstance(shopper.app.focused, Input):
                shown = [key.key for key in shopper.screen.query_one(KeyBar).keys]
                assert shown[0] == "enter"
                assert all(len(key) > 1 for key in shown), shown


async def test_help_opens_by_f1_where_a_question_mark_is_typed(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("f1")
        assert isinstance(shopper.screen, HelpScreen)
        await shopper.press("f1")
        assert not isinstance(shopper.screen, HelpScreen)


async def test_a_question_shows_its_own_keys_and_no_others(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        assert "l log out" in footer(shopper)
        await shopper.press("a")
        assert footer(shopper) == "enter select y yes n no"


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_every_key_of_the_footer_is_whole_at_any_width(sample_shop: Shop, tmp_path: Path, width: int) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(width, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register(EMAIL, PASSWORD, name="Ada")
        await shopper.open("Beret")
        for keys in ("a", "c", "enter", "tab"):
            await shopper.press(keys)
            assert " help " in footer(shopper) and " menu" in footer(shopper)
            assert len(shopper.screen_text()[-1]) <= width - 2
