"""`ctrl+q` leaves the shop from anywhere; `ctrl+c`, which many try first, says so."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.tui.terminals import account_of_ada, shows
from tui.app import ShopApp
from tui.testing import Shopper

PLACES = {
    "search": "", "list": "escape", "filters": "escape f", "help": "escape question_mark", "palette": "ctrl+p",
    "palette over the help": "escape question_mark ctrl+p", "cart": "escape c", "a form's field": "escape p",
    "a form's button": "escape p tab tab", "a password": "escape p tab", "register": "escape p ctrl+r",
}


@pytest.mark.parametrize("place", PLACES)
async def test_ctrl_q_leaves_from_everywhere(shop: Shop, tmp_path: Path, place: str) -> None:
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await Shopper(pilot).press(*PLACES[place].split())
        await pilot.press("ctrl+q")
        assert not app.is_running
        assert app.return_code == 0


@pytest.mark.parametrize("keys", ["a", "d", "e", "w", "s", "question_mark", "ctrl+p"])
async def test_ctrl_q_leaves_from_the_forms_and_questions_of_the_account(
    shop: Shop, tmp_path: Path, keys: str
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press(keys)
        await shopper.pilot.press("ctrl+q")
        assert not shopper.app.is_running


async def test_ctrl_c_says_once_how_to_leave(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape", "ctrl+c", "ctrl+c", "ctrl+c")
        assert shows(shopper, "To leave the shop, press ctrl+q.")
        assert not shows(shopper, "Do you want to quit?")
        assert len(shopper.app.screen.query("Toast")) == 1


async def test_ctrl_c_in_the_search_copies_what_is_selected(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.type_into("#search", "mug")
        await shopper.press("shift+home", "ctrl+c")
        assert shopper.app.clipboard == "mug"
