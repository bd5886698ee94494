"""Every command can be given by mouse alone."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.dom import DOMNode
from textual.events import MouseScrollDown
from textual.screen import Screen

from shopkeeper import Shop
from tests.factories import PASSWORD
from tests.tui.terminals import account_of_ada
from tui import commands
from tui.app import ShopApp
from tui.commands import Command
from tui.palette import ShopPalette
from tui.screens.account import AccountScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen
from tui.testing import Shopper
from tui.widgets.keybar import KeyBar

EMAIL = "ada@example.com"
BY_ITS_WIDGET = {
    "search.leave", "facets.leave", "facets.choose", "catalog.find", "field.next", "field.send", "list.select",
    "catalog.open", "orders.open", "catalog.suggestion", "product.previous", "product.next",
}
"""Commands for which one clicks the product, the field, the row, the filter or the choice itself."""


@pytest.fixture(params=[(60, 18), (120, 40)], ids=["60x18", "120x40"])
async def shopper(request: pytest.FixtureRequest, sample_shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=request.param) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        yield shopper


async def click_text(shopper: Shopper, text: str) -> None:
    """Clicks on a text where it stands last on the screen."""
    rows = [(y, line.rfind(text)) for y, line in enumerate(shopper.screen_text()) if text in line]
    assert rows, f"{text!r} is not on the screen:\n" + "\n".join(shopper.screen_text())
    y, x = rows[-1]
    await shopper.pilot.click(offset=(x, y))
    await shopper.wait()


async def choose_in_menu(shopper: Shopper, sentence: str) -> None:
    """Opens the menu by a click, turns the wheel until the command is in sight, and clicks it."""
    await click_text(shopper, "menu")
    assert isinstance(shopper.screen, ShopPalette)
    for _ in range(40):
        if any(sentence in line for line in shopper.screen_text()):
            break
        shopper.app.post_message(MouseScrollDown(None, 20, 8, 0, 0, 0, False, False, False))
        await shopper.wait()
    await click_text(shopper, sentence)


async def test_a_click_beside_it_closes_help_and_so_does_its_key_at_the_foot(shopper: Shopper) -> None:
    for close in ((0, 0), None):
        await click_text(shopper, "help")
        assert isinstance(shopper.screen, HelpScreen)
        await shopper.pilot.click(offset=(30, 8))
        assert isinstance(shopper.screen, HelpScreen)
        if close:
            await shopper.pilot.click(offset=close)
            await shopper.wait()
        else:
            await click_text(shopper, "close")
        assert isinstance(shopper.screen, CatalogScreen)


async def test_the_shop_is_left_by_mouse(shopper: Shopper) -> None:
    await choose_in_menu(shopper, "Leave the shop")
    assert not shopper.app.is_running


async def test_the_menu_closes_by_a_click_beside_it(shopper: Shopper) -> None:
    await click_text(shopper, "menu")
    await shopper.pilot.click(offset=(0, 0))
    await shopper.wait()
    assert isinstance(shopper.screen, CatalogScreen)


async def test_a_price_breakdown_closes_by_a_click_beside_it(shopper: Shopper) -> None:
    await shopper.open("Beret")
    await shopper.add_to_cart()
    await shopper.open_cart()
    below = shopper.screen
    await shopper.press("equals_sign")
    assert shopper.screen is not below
    await shopper.pilot.click(offset=(0, 0))
    await shopper.wait()
    assert shopper.screen is below


async def test_a_click_beside_a_question_says_no(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        await shopper.press("a")
        assert isinstance(shopper.screen, ConfirmScreen)
        await shopper.pilot.click(offset=(0, 0))
        await shopper.wait()
        assert isinstance(shopper.screen, AccountScreen)
        assert shop.accounts.resume(session.token).account is not None


async def test_one_step_back_is_in_the_menu(shopper: Shopper) -> None:
    await shopper.open("Beret")
    await choose_in_menu(shopper, "One step back")
    assert isinstance(shopper.screen, CatalogScreen)


async def test_every_command_can_be_clicked(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walks through the screens, and clicks all keys at the foot of each; what is not there has to be in the menu."""
    groups = (group for group in vars(commands).values() if isinstance(group, tuple))
    missing = {command.id for group in groups for command in group if command.key} - BY_ITS_WIDGET
    run: list[str] = []
    run_action = ShopApp.run_action

    async def note(app: ShopApp, action: str, *where: DOMNode) -> bool:
        if action.startswith("choose("):
            return await run_action(app, action, *where)
        run.append(action)
        return True

    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        for keys in PLACES:
            await (shopper.register(EMAIL, PASSWORD, name="Ada") if keys == "register" else _pay(shopper)
                   if keys == "pay" else shopper.press(*keys.split()))
            shown = commands_of(shopper.screen)
            if not isinstance(shopper.screen, Dialog):
                missing -= {command.id for command in shown if command.palette and command.action}
            keys_at_foot = shopper.screen.query_one(KeyBar).keys
            with monkeypatch.context() as patch:
                patch.setattr(ShopApp, "run_action", note)
                for key in keys_at_foot:
                    x = f"{shopper.screen_text()[-1]} ".find(f" {key.key} ") + 1
                    await pilot.click(offset=(x, 39))
                    await pilot.pause()
                    assert run.pop() == key.action
            offered = {(key.label, key.action) for key in keys_at_foot}
            missing -= {command.id for command in shown if (command.label, command.action) in offered}
    assert not missing


PLACES = ("escape", "question_mark", "escape ctrl+p", "escape escape home end enter", "a", "c", "delete",
          "u equals_sign", "escape enter", "tab tab", "ctrl+r", "register", "tab", "pay", "o", "enter", "x", "n p", "a",
          "n e")
"""Keys that lead from screen to screen: catalog, help, product, cart, breakdown, log in, register, checkout, …"""


def commands_of(screen: Screen[object]) -> list[Command]:
    """What can be done on a screen, everywhere included."""
    return [*getattr(screen, "commands", ()), *commands.EVERYWHERE]


async def _pay(shopper: Shopper) -> None:
    await shopper.check_out()
