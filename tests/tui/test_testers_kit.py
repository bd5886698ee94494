"""The testers' kit does what its documentation shows."""
from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper import Query, Shop
from tests.tui.terminals import app_of
from tui.app import ShopApp
from tui.screens.help import HelpScreen
from tui.testing import Shopper


async def test_the_walk_of_the_documentation(sample_shop: Shop, tmp_path: Path) -> None:
    shop = sample_shop
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.register("ada@example.com", "correct horse battery staple", name="Ada")
        await shopper.search("hoodie")
        await shopper.filter("Size", "M")
        assert "Essential Hoodie" in shopper.results()          # titles on the screen, top to bottom
        await shopper.open("Essential Hoodie")
        await shopper.choose(Size="M", Color="Black")
        await shopper.add_to_cart(quantity=2)
        await shopper.open_cart()
        assert shopper.cart_lines() == [("Essential Hoodie", "M / Black", 2, "$116.00")]
        await shopper.check_out(card="4242 4242 4242 4242")
        number = shopper.order_number()
        await shopper.open_orders()
        assert number in shopper.orders()
        await shopper.log_out()
        await shopper.log_in("ada@example.com", "correct horse battery staple")


async def test_a_guest_walks_at_80_columns_and_registers_on_the_way_to_paying(
    sample_shop: Shop, tmp_path: Path
) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.search("hoodie")
        everything = shopper.results()
        await shopper.filter("Color", "Black")
        await shopper.open("Essential Hoodie")
        await shopper.choose(size="m", color="black")
        await shopper.add_to_cart()
        await shopper.clear_filters()
        assert shopper.results() != everything
        await shopper.open_cart()
        await shopper.press("enter")
        await shopper.register("ada@example.com", "correct horse battery staple", name="Ada")
        await shopper.check_out()
        assert shopper.order_number()


async def test_on_a_busy_machine_what_a_key_brings_is_waited_for(
        sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(*_: object) -> None:
        """On a busy machine a program that is not let work seems to have nothing to do."""

    def late(app: ShopApp) -> None:
        app.call_after_refresh(app.push_screen, HelpScreen(app.screen))

    monkeypatch.setattr(ShopApp, "action_help", late)
    monkeypatch.setattr("textual.pilot.wait_for_idle", at_once)
    monkeypatch.setattr("textual.app.wait_for_idle", at_once)
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape", "question_mark")
        assert isinstance(shopper.screen, HelpScreen)
        assert "What every key does" in " ".join(shopper.screen_text())


async def test_what_is_not_there_is_told_with_the_screen(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.search("hoodie")
        with pytest.raises(AssertionError, match=r"(?s)CatalogScreen: no product 'Bicycle'.*Essential Hoodie"):
            await shopper.open("Bicycle")
        with pytest.raises(AssertionError, match="no filter Size: Enormous"):
            await shopper.filter("Size", "Enormous")
        await shopper.open("Essential Hoodie")
        with pytest.raises(AssertionError, match="ProductScreen: Size has no 'Enormous'"):
            await shopper.choose(Size="Enormous")
        with pytest.raises(AssertionError, match="this is not the ReceiptScreen"):
            shopper.order_number()


async def test_reports_come_from_what_is_painted(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.search("hoodie")
        products, results = shopper.screen.query_one("#products"), shopper.results()
        products.display = False
        await shopper.wait()
        assert shopper.results() == []
        products.display = True
        await shopper.wait()
        assert shopper.results() == results
        await shopper.open("Essential Hoodie")
        await shopper.add_to_cart()
        await shopper.open_cart()
        lines = shopper.cart_lines()
        assert [line[0] for line in lines] == ["Essential Hoodie"]
        shopper.screen.query_one("#lines").display = False
        await shopper.wait()
        assert shopper.cart_lines() == []


async def test_cart_lines_are_all_of_them_though_the_window_shows_a_few(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        app = app_of(shopper)
        page = sample_shop.catalog.browse(Query(text="mug"), limit=9)
        for card in page.products:
            app.cart = await app.backend.add(sample_shop.catalog.product(card.handle).variants[0].id)
        await shopper.press("escape", "c")
        assert app.cart is not None
        in_cart = [(line.title, line.quantity, str(line.total)) for line in app.cart.lines]
        assert len(in_cart) == len(page.products) > 5
        for keys in ([], ["end"], ["up", "up"]):
            await shopper.press(*keys)
            assert [(title, quantity, total) for title, _, quantity, total in shopper.cart_lines()] == in_cart
