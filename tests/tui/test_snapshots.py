"""What each screen looks like, as text, at three sizes. `pytest --snapshot-update` takes what is shown as right."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.tui.snapshots import Snapshots
from tui.app import ShopApp
from tui.testing import Shopper


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
async def test_every_screen_looks_as_it_did(
    sample_shop: Shop, tmp_path: Path, snapshots: Snapshots, size: tuple[int, int]
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=size) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        snapshots.compare(shopper, "catalog")
        await shopper.search("hoodie")
        await shopper.filter("Color", "Black")
        snapshots.compare(shopper, "catalog-filters")
        await shopper.search("nothing of that kind")
        snapshots.compare(shopper, "catalog-nothing-found")
        await shopper.clear_filters()
        await shopper.press("question_mark")
        snapshots.compare(shopper, "help")
        await shopper.press("escape", "c")
        snapshots.compare(shopper, "cart-empty")
        await shopper.open("Beret")
        snapshots.compare(shopper, "product")
        await shopper.add_to_cart(quantity=2)
        await shopper.open_cart()
        snapshots.compare(shopper, "cart")
        await shopper.press("equals_sign")
        snapshots.compare(shopper, "explain")
        await shopper.press("escape")
        await shopper.open_sign_in()
        snapshots.compare(shopper, "login")
        await shopper.press("ctrl+r")
        snapshots.compare(shopper, "register")
        await shopper.register("ada@example.com", "correct horse battery staple", name="Ada Lovelace")
        snapshots.compare(shopper, "account")
        await shopper.open_orders()
        snapshots.compare(shopper, "orders-empty")
        await shopper.open_cart()
        await shopper.press("enter")
        snapshots.compare(shopper, "checkout")
        await shopper.check_out()
        snapshots.compare(shopper, "receipt")
        await shopper.open_orders()
        snapshots.compare(shopper, "orders")
        await shopper.press("enter")
        snapshots.compare(shopper, "order")
