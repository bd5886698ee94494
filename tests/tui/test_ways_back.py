"""Going back over several screens at once, and typing faster than the shop answers."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from shopkeeper import Shop
from tui.app import ShopApp
from tui.screens.catalog import CatalogScreen
from tui.screens.product import ProductScreen
from tui.testing import Shopper


async def test_a_screen_that_is_only_passed_on_the_way_back_does_not_come_to_the_top(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[ProductScreen] = []
    monkeypatch.setattr(ProductScreen, "shown", lambda screen: shown.append(screen))
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Beret")
        await shopper.open_cart()
        assert len(shown) == 1
        app.action_catalog()
        await shopper.wait()
        assert isinstance(shopper.screen, CatalogScreen)
        assert len(shown) == 1


async def test_a_key_that_comes_before_the_last_one_is_looked_at_is_kept(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        search = shopper.screen.query_one("#search", Input)
        search.value = "beret"
        with search.prevent(Input.Changed):
            search.value = "berets"
        await shopper.wait()
        assert search.value == "berets"
