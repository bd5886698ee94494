"""A terminal and the API on one database: one cart, which both see."""
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from shopkeeper import Shop
from tests.api.caller import V1, Caller, code_of
from tests.api.process import serving
from tests.factories import PASSWORD, add_account, add_product
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.testing import Shopper

MUG, CANDLE = 1, 2


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A shop with two things in it, and Ada's account."""
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        add_product(shop, "Plain Mug")
        add_product(shop, "Plum Candle")
        add_account(shop)
    return tmp_path / "shop.db"


@pytest.fixture
def ada(database: Path) -> Iterator[Caller]:
    """Ada, at some other front end: in another process."""
    with serving(database) as server, httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        answer = client.post(f"{V1}/account/login", json={"email": "ada@example.com", "password": PASSWORD})
        yield Caller(client, answer.json()["token"])


@pytest_asyncio.fixture
async def shopper(database: Path, tmp_path: Path) -> AsyncIterator[Shopper]:
    """Ada, at a terminal."""
    app = ShopApp(lambda: Shop.open(str(database)), state_folder=tmp_path / "state")
    async with app.run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.log_in("ada@example.com", PASSWORD)
        yield shopper


async def test_what_is_added_over_http_is_seen_at_the_next_key(ada: Caller, shopper: Shopper) -> None:
    ada.add(MUG, 2)
    await shopper.press("down")
    assert "2 · $40.00" in shopper.screen_text()[0]


async def test_a_cart_on_the_screen_follows(ada: Caller, shopper: Shopper) -> None:
    await shopper.press("c")
    ada.add(MUG, 2)
    ada.add(CANDLE)
    await shopper.press("down")
    assert any("Plum Candle" in line for line in shopper.screen_text())
    ada.call("POST", "/cart/product/remove", {"variant_id": CANDLE})
    await shopper.press("up")
    assert not any("Plum Candle" in line for line in shopper.screen_text())


async def test_what_is_added_by_keys_is_seen_over_http(ada: Caller, shopper: Shopper) -> None:
    await shopper.open("Plain Mug")
    await shopper.add_to_cart(3)
    tag = ada.call("GET", "/cart/user").headers["etag"]
    assert [(line["title"], line["quantity"]) for line in ada.cart()["lines"]] == [("Plain Mug", 3)]
    await shopper.open_cart()
    await shopper.press("plus")
    assert ada.cart()["lines"][0]["quantity"] == 4
    stale = ada.call("POST", "/cart/product", {"variant_id": MUG, "quantity": 1}, If_Match=tag)
    assert code_of(stale) == (412, "cart_changed")
