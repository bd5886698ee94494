"""Fields from which nothing can be copied: other programs read the clipboard."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.selection import Selection
from textual.widgets import Input

from shopkeeper import Shop
from tui.app import ShopApp
from tui.screens.login import LoginScreen
from tui.screens.register import RegisterScreen
from tui.testing import Shopper
from tui.widgets.card_fields import CardNumberInput, CvcInput

TYPED = "3714 496353 98431"


def card_number() -> Input:
    return CardNumberInput()


def cvc() -> Input:
    return CvcInput(CardNumberInput())


@pytest.mark.parametrize(("screen", "field"), [
    (LoginScreen, "#password"), (RegisterScreen, "#password"), (RegisterScreen, "#confirm"),
    (card_number, "#card-number"), (cvc, "#cvc"),
])
async def test_nothing_typed_into_it_can_be_copied(
    shop: Shop, tmp_path: Path, screen: Callable[..., object], field: str, tried: Callable[[str, int], None]
) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        if screen in (LoginScreen, RegisterScreen):
            shopper.app.push_screen(screen(lambda: None))
            await shopper.wait()
        else:
            await shopper.screen.mount(screen())
        entry = shopper.screen.query_one(field, Input)
        entry.focus()
        await shopper.wait()
        entry.value = TYPED
        await shopper.wait()
        typed = entry.value
        for keys in (("shift+home",), ("end", "shift+left"), ("ctrl+shift+a",), ("home", "shift+end")):
            for way in ("ctrl+c", "super+c", "ctrl+x"):
                await shopper.press(*keys, way)
                assert shopper.app.clipboard == ""
                assert entry.value == typed
        await pilot.mouse_down(entry, offset=(2, 1))
        await pilot.hover(entry, offset=(12, 1))
        await pilot.mouse_up(entry, offset=(12, 1))
        await shopper.press("ctrl+c")
        shopper.screen.selections = dict.fromkeys(shopper.screen.walk_children(), Selection(None, None))
        assert typed not in (shopper.screen.get_selected_text() or "")
        shopper.screen.action_copy_text()
        assert typed not in shopper.app.clipboard
        tried("ways to copy a secret", 14)
