"""Orders on the screen."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from textual.pilot import Pilot

from shopkeeper import Card, Shop
from tests.tui.buying import on_sale, refuse_once, settled, text_of
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.order import OrderScreen
from tui.screens.orders import OrdersScreen
from tui.widgets.order_list import OrderList

CATALOG = """\
Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory \
Policy,Variant Price,Variant Requires Shipping,Status,Published
shirt,Shirt [XL],Size,L,S-L,shopify,3,deny,10.00,false,active,true
gift,Gift card,Title,Default Title,G,,,continue,25.00,false,active,true
"""


@asynccontextmanager
async def bought(folder: Path, *orders: dict[str, int]) -> AsyncIterator[tuple[Shop, ShopApp, Pilot[None]]]:
    """Ada before her orders, each of so many of each product."""
    (folder / "catalog.csv").write_text(CATALOG, encoding="utf-8")
    with Shop.open(str(folder / "shop.db")) as shop:
        shop.catalog.import_csv(folder / "catalog.csv")
        app = ShopApp(shop, state_folder=folder)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await settled(pilot)
            account = await app.backend.register("ada@example.com", "correct horse battery staple", name="Ada")
            for order in orders:
                for handle, quantity in order.items():
                    app.cart = await app.backend.add(on_sale(shop, handle), quantity)
                assert app.cart is not None
                await app.backend.place(Card.test("4242424242424242"), expected_total=app.cart.total,
                                        key=uuid4().hex, address=None)
            await app.entered(account)
            app.action_orders()
            await settled(pilot)
            yield shop, app, pilot


async def test_orders_stand_newest_first_and_open_as_they_were_bought(tmp_path: Path) -> None:
    async with bought(tmp_path, {"shirt": 2}, {"gift": 1}) as (shop, app, pilot):
        rows = text_of(app).splitlines()
        assert "SK-000002" in rows[4]
        assert "SK-000001" in rows[5]
        assert "2 × Shirt [XL]" in rows[5]
        assert "$20.00" in rows[5]
        assert "● paid" in rows[5]
        (tmp_path / "catalog.csv").write_text(CATALOG.replace("10.00", "99.00"), encoding="utf-8")
        shop.catalog.import_csv(tmp_path / "catalog.csv")
        await pilot.press("down", "enter")
        await settled(pilot)
        assert isinstance(app.screen, OrderScreen)
        assert "2 × Shirt [XL]" in text_of(app)
        assert "$20.00" in text_of(app)
        assert "$99.00" not in text_of(app)


async def test_buying_again_says_what_cannot_be_had(tmp_path: Path) -> None:
    async with bought(tmp_path, {"shirt": 2, "gift": 1}) as (_, app, pilot):
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, CartScreen)
        assert app.cart is not None
        assert [(line.title, line.quantity) for line in app.cart.lines] == [("Shirt [XL]", 1), ("Gift card", 1)]
        assert "Only 1 of Shirt [XL]" in " ".join(text_of(app).replace("▌", " ").split())


async def test_an_order_is_cancelled_only_after_asking(tmp_path: Path) -> None:
    async with bought(tmp_path, {"gift": 1}) as (_, app, pilot):
        await pilot.click(OrderList, offset=(3, 0))
        await settled(pilot)
        await pilot.press("x", "enter")
        await settled(pilot)
        assert "● paid" in text_of(app)
        assert text_of(app).count("x cancel") == 2  # below the order and at the foot
        await pilot.press("x", "y")
        await settled(pilot)
        assert "○ cancelled" in text_of(app)
        assert "x cancel" not in text_of(app)


async def test_more_orders_are_read_as_the_end_comes_near_also_after_a_page_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bought(tmp_path, *[{"gift": 1} for _ in range(52)]) as (_, app, pilot):
        assert "52 orders" in text_of(app)
        assert len(app.screen.query_one(OrderList).orders) == 50
        refuse_once(monkeypatch, app, "history")
        await pilot.press("end")
        await settled(pilot)
        assert "The shop is busy." in text_of(app)
        await pilot.press("home", "end")
        await settled(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert "SK-000001" in text_of(app)


async def test_who_bought_nothing_yet_is_told_where_to_begin(tmp_path: Path) -> None:
    async with bought(tmp_path) as (_, app, _pilot):
        assert isinstance(app.screen, OrdersScreen)
        assert "You have not bought anything yet." in text_of(app)
        assert "b browse" in text_of(app)
