"""What was told on one screen lies over nothing on the next one."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.factories import PASSWORD
from tests.tui.terminals import shows
from tui.app import ShopApp
from tui.screens.checkout import CheckoutScreen
from tui.testing import Shopper


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_a_toast_that_was_seen_goes_with_its_screen(
    sample_shop: Shop, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=size, notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        assert shows(shopper, "Welcome, Ada")
        await shopper.open("Beret")
        assert not shows(shopper, "Welcome, Ada")
        await shopper.press("a")
        assert shows(shopper, "in your cart.")
        await shopper.press("c")
        assert not shows(shopper, "in your cart.")
        await shopper.press("enter")
        assert isinstance(shopper.screen, CheckoutScreen)
        assert not shopper.screen.query("Toast")
