"""In the smallest window that the shop asks for, and from there on, nothing runs together and all can be reached."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.tui.terminals import account_of_ada, app_of
from tui.testing import Shopper
from tui.widgets.card_fields import CardNumberInput

SMALLEST = (60, 18)


@pytest.mark.parametrize("brand", ["Shopkeeper", "The Haberdashery of Upper Harbour Road"])
async def test_bars_keep_their_words_whole_and_apart_at_any_width(
        sample_shop: Shop, tmp_path: Path, brand: str) -> None:
    sample_shop.settings.change(name=brand)
    async with account_of_ada(sample_shop, tmp_path, name="Ada King, Countess of Lovelace") as (shopper, session):
        sample_shop.cart.add(session, sample_shop.catalog.product("five-panel-cap").variants[0].id, 40)
        await shopper.press("c")
        for width in (60, 66, 75, 76, 90, 120):
            for working in (True, False):
                app_of(shopper).working = working
                await shopper.pilot.resize_terminal(width, 24)
                await shopper.wait()
                bar, foot = shopper.screen_text()[0], shopper.screen_text()[-1]
                left, right = bar.split("  Catalog   Orders   Account  ")
                name, cart = right.split("  Cart 40")
                assert left.strip().removesuffix("…") in brand
                assert name.strip() == "◌ working" or name.strip()[:3] in ("Ada", "◌ w"), bar
                assert cart in ("", " · $1,040.00")
                assert "? help" in foot
                assert "enter check out" in foot
                assert max(len(bar), len(foot)) <= width - 2


async def test_all_of_a_product_and_of_a_checkout_can_be_reached_by_tab(sample_shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(sample_shop, tmp_path, size=SMALLEST) as (shopper, _):
        await shopper.open("Essential Hoodie")
        text = "\n".join(shopper.screen_text())
        assert "[ S ]   M     L     XL\n" in text
        assert "Add to cart   $58.00" in text
        await tab_through(shopper)
        await shopper.add_to_cart()
        await shopper.open_cart()
        await tab_through(shopper)
        await shopper.press("enter")
        assert shopper.screen.query_one(CardNumberInput).content_size.width >= len("1234 1234 1234 1234")
        await tab_through(shopper)
        await shopper.check_out()


async def tab_through(shopper: Shopper) -> None:
    """All that takes the focus is in sight, whole, while it has it."""
    for _ in shopper.screen.focus_chain:
        await shopper.press("tab")
        focused = shopper.app.focused
        assert focused is not None
        assert shopper.screen.can_view_entire(focused), focused
