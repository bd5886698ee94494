"""How often the screen is laid out and painted for what a key brings: each time takes as long as an answer."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.screen import Screen

from shopkeeper import Query, Shop
from tui.app import ShopApp
from tui.screens.catalog import CatalogScreen
from tui.testing import Shopper


@pytest.fixture
async def shopper(sample_shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.search("mu")
        yield shopper


async def test_a_key_and_its_results_are_laid_out_once_each(
        shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[str] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[None], *given: object, **named: object) -> None:
        lay_out(screen, *given, **named)  # type: ignore[arg-type]
        laid_out.append(next(line for line in shopper.screen_text() if "products" in line and "Search" not in line))

    monkeypatch.setattr(Screen, "_refresh_layout", counted)
    before = next(line for line in shopper.screen_text() if " of " in line)
    await shopper.press("g")
    await shopper.wait()
    after = next(line for line in shopper.screen_text() if " of " in line)
    assert before != after
    # The key; the results; what the list knows of the first product, and what only the product itself knows.
    assert laid_out == [before, after, after, after]


async def test_results_are_painted_as_soon_as_they_are_there(
        shopper: Shopper, sample_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []
    show = CatalogScreen._show_in_a_frame

    async def shown(screen: CatalogScreen, page: object) -> None:
        await show(screen, page)  # type: ignore[arg-type]
        painted.extend(shopper.screen_text())
        assert not screen._dirty_widgets

    monkeypatch.setattr(CatalogScreen, "_show_in_a_frame", shown)
    await shopper.press("g")
    found = sample_shop.catalog.browse(Query("mug")).total
    assert any(f" {found} of " in line for line in painted)
