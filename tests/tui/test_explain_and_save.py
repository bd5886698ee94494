"""Explaining a total and saving a receipt, by keys."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Shop
from tui.app import ShopApp
from tui.testing import Shopper

PASSWORD = "correct horse battery staple"


def says(shopper: Shopper, *words: str) -> bool:
    screen = " ".join(" ".join(shopper.screen_text()).replace("▌", " ").replace("│", " ").split())
    return all(word in screen for word in words)


async def test_the_total_is_explained_in_the_cart_at_checkout_and_on_the_receipt_which_is_saved(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    sample_shop.settings.change(tax_rate="8.25", shipping_flat="4.99", shipping_free_from="60")
    how = ("How $68.19 comes about", "8.25 % of ($58.00 + $4.99) = $5.196675, rounded half up to $5.20")
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", PASSWORD, name="Ada")
        await shopper.open("Essential Hoodie")
        await shopper.choose(Size="M", Color="Black")
        await shopper.add_to_cart()
        await shopper.open_cart()
        await shopper.press("equals_sign")
        assert says(shopper, *how)
        await shopper.press("escape", "enter", "f4")
        assert says(shopper, *how)
        await shopper.press("escape")
        await shopper.check_out()
        await shopper.click("#total")
        assert says(shopper, *how)
        await shopper.press("escape", "s")
        receipt = tmp_path / "here" / f"receipt-{shopper.order_number()}.txt"
        assert says(shopper, "The receipt is in")
        assert sample_shop.back_office.problem_of_receipt(receipt.read_text("utf-8")) == ""
        await shopper.open_orders()
        await shopper.press("enter", "equals_sign")
        assert says(shopper, *how)
