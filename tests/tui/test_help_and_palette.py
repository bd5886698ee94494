"""The help and the palette know every command, and the palette every product."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.command import CommandList

from shopkeeper import Shop
from tui.app import ShopApp
from tui.commands import CATALOG, EVERYWHERE
from tui.screens.help import HelpScreen
from tui.screens.product import ProductScreen
from tui.testing import Shopper

_WITH_MARKUP = """\
Handle,Title,Vendor,Variant Price,Variant Inventory Tracker,Status
odd,Shirt [XL] [/] [@click=app.quit]hi[/],Odd [b]Vendor,19.00,,active
"""


@pytest.fixture
async def shopper(shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    (tmp_path / "odd.csv").write_text(_WITH_MARKUP, "utf-8")
    shop.catalog.import_csv(tmp_path / "odd.csv")
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(120, 50)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape")
        yield shopper


def shows(shopper: Shopper, text: str) -> bool:
    return any(text in line for line in shopper.screen_text())


async def test_the_help_tells_every_key_of_the_screen_and_of_everywhere(shopper: Shopper) -> None:
    await shopper.press("question_mark")
    for command in (*CATALOG, *EVERYWHERE):
        if command.key:
            assert shows(shopper, command.help)


@pytest.mark.parametrize("key", ["escape", "question_mark", "q"])
async def test_the_help_closes_by_any_of_three_keys(shopper: Shopper, key: str) -> None:
    await shopper.press("question_mark")
    assert isinstance(shopper.screen, HelpScreen)
    await shopper.press(key)
    assert not isinstance(shopper.screen, HelpScreen)


async def test_the_palette_offers_every_command_and_nothing_of_textual_itself(shopper: Shopper) -> None:
    await shopper.press("ctrl+p")
    options = shopper.screen.query_one(CommandList).options
    offered = "\n".join(str(option.prompt) for option in options)
    for command in (*CATALOG, *EVERYWHERE):
        assert (command.help in offered) == (command.palette and bool(command.action))
    assert "Take these colors: paper" in offered
    assert "Screenshot" not in offered


async def test_a_command_is_run_from_the_palette(shopper: Shopper) -> None:
    await shopper.press("ctrl+p", *"paper")
    await shopper.press("enter")
    assert shopper.app.theme == "paper"


async def test_a_product_is_found_from_the_palette_and_its_title_is_shown_to_the_letter(shopper: Shopper) -> None:
    await shopper.press("ctrl+p", *"shirt")
    assert shows(shopper, "Shirt [XL] [/] [@click=app.quit]hi[/]   Odd [b]Vendor · $19.00")
    await shopper.press("enter")
    assert isinstance(shopper.screen, ProductScreen)
