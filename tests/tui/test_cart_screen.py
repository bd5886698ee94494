"""The cart on the screen."""
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from shopkeeper import Shop
from tests.tui.buying import on_sale, settled, text_of
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.login import LoginScreen
from tui.widgets.cart_lines import CartLines

CATALOG = """\
Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory \
Policy,Variant Price,Status,Published
shirt,Shirt [XL],Size,L,S-L,shopify,40,deny,10.00,active,true
mug,Rainy Day Mug,Volume,350 ml,M-3,shopify,3,deny,14.00,active,true
"""


@pytest.fixture
def shop(tmp_path: Path, shop_file: Path) -> Iterator[Shop]:
    (tmp_path / "catalog.csv").write_text(CATALOG, encoding="utf-8")
    with Shop.open(str(shop_file)) as shop:
        shop.catalog.import_csv(tmp_path / "catalog.csv")
        yield shop


@asynccontextmanager
async def a_cart(shop: Shop, folder: Path, **wanted: int) -> AsyncIterator[tuple[ShopApp, Pilot[None]]]:
    """A guest before a cart with so many of each product."""
    app = ShopApp(shop, state_folder=folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        for handle, quantity in wanted.items():
            app.cart = await app.backend.add(on_sale(shop, handle), quantity)
        app.action_cart()
        await settled(pilot)
        yield app, pilot


def in_cart(app: ShopApp) -> list[tuple[str, int]]:
    assert app.cart is not None
    return [(line.title, line.quantity) for line in app.cart.lines]


async def test_no_press_of_plus_is_lost(shop: Shop, tmp_path: Path) -> None:
    async with a_cart(shop, tmp_path, shirt=1) as (app, pilot):
        await pilot.press(*["plus"] * 9)
        await settled(pilot)
        assert in_cart(app) == [("Shirt [XL]", 10)]
        assert "$100.00" in str(app.screen.query_one("#total", Static).content)


async def test_more_than_there_are_is_told_and_the_line_shows_what_is_true(shop: Shop, tmp_path: Path) -> None:
    async with a_cart(shop, tmp_path, mug=1) as (app, pilot):
        await pilot.press(*["plus"] * 6)
        await settled(pilot)
        assert in_cart(app) == [("Rainy Day Mug", 3)]
        assert "[ 3 ]" in text_of(app)
        assert "Only 3 of" in text_of(app)


async def test_what_was_taken_out_is_put_back_last_first(shop: Shop, tmp_path: Path) -> None:
    async with a_cart(shop, tmp_path, shirt=4, mug=2) as (app, pilot):
        await pilot.press("delete")
        await settled(pilot)
        await pilot.press("delete")
        await settled(pilot)
        assert "Your cart is empty" in text_of(app)
        await pilot.press("u")
        await settled(pilot)
        assert in_cart(app) == [("Rainy Day Mug", 2)]
        await pilot.press("u")
        await settled(pilot)
        assert sorted(in_cart(app)) == [("Rainy Day Mug", 2), ("Shirt [XL]", 4)]


async def test_plus_minus_and_remove_can_be_clicked(shop: Shop, tmp_path: Path) -> None:
    async with a_cart(shop, tmp_path, shirt=4) as (app, pilot):
        row = text_of(app).splitlines()[4]
        for glyph, quantity in (("+", 5), ("−", 4)):
            await pilot.click(offset=(row.index(glyph), 4))
            await settled(pilot)
            assert in_cart(app) == [("Shirt [XL]", quantity)]
        await pilot.click(offset=(row.index("×"), 4))
        await settled(pilot)
        assert in_cart(app) == []


async def test_a_title_with_brackets_is_shown_to_the_letter_and_amounts_are_never_cut(
    shop: Shop, tmp_path: Path
) -> None:
    async with a_cart(shop, tmp_path, shirt=40) as (app, pilot):
        await pilot.resize_terminal(60, 24)
        await settled(pilot)
        assert "Shirt [XL]" in text_of(app)
        assert "$400.00" in text_of(app).splitlines()[4]


async def test_a_changed_price_stands_under_its_line(shop: Shop, tmp_path: Path) -> None:
    async with a_cart(shop, tmp_path, mug=1) as (app, pilot):
        (tmp_path / "catalog.csv").write_text(CATALOG.replace("14.00", "15.00"), encoding="utf-8")
        shop.catalog.import_csv(tmp_path / "catalog.csv")
        await pilot.press("v")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "! was $14.00 when you added it" in text_of(app)


async def test_a_guest_signs_in_before_checking_out_and_comes_back_to_it(shop: Shop, tmp_path: Path) -> None:
    shop.accounts.register("ada@example.com", "correct horse battery staple", name="Ada")
    async with a_cart(shop, tmp_path, shirt=1) as (app, pilot):
        assert isinstance(app.screen, CartScreen)
        assert app.screen.query_one(CartLines).has_focus
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, LoginScreen)
        await pilot.press(*"ada@example.com", "enter", *"correct", "space", *"horse", "space", *"battery", "space",
                          *"staple", "enter")
        await settled(pilot)
        assert app.screen.query("#pay")
        assert "Pay $10.00" in text_of(app)
