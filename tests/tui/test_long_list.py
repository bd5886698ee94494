"""A list that is longer than what is read of it: jumping, walking, and what happens while the shop changes."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from shopkeeper import BrowsePage, Query, Shop
from shopkeeper.catalog.tables import product, variant
from tests.factories import add_product, withdraw
from tests.shelf import Item, put_on_shelf
from tui.app import ShopApp
from tui.screens.catalog import CatalogScreen
from tui.screens.product import ProductScreen
from tui.testing import Shopper
from tui.widgets.product_list import ProductList

MANY = 400


class Reads:
    """Notes where the pages begin that are read, and how many reads were under way at once; can hold answers back."""

    def __init__(self, app: ShopApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.starts: list[int] = []
        self.most = self.under_way = 0
        self._go_on: asyncio.Event | None = None
        self._browse = app.backend.browse
        monkeypatch.setattr(app.backend, "browse", self._noted)

    async def _noted(self, query: Query, *, limit: int, start: int = 0, around: int | None = None) -> BrowsePage:
        go_on = self._go_on
        self.starts.append(start)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            page = await self._browse(query, limit=limit, start=start, around=around)
            if go_on is not None:
                await go_on.wait()
            return page
        finally:
            self.under_way -= 1

    @contextmanager
    def held(self) -> Iterator[asyncio.Event]:
        """What is read from here on is answered only when the event is set."""
        self._go_on = asyncio.Event()
        yield self._go_on
        self._go_on = None


@pytest.fixture
async def shopper(shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    """Somebody in a shop of many things, with the bar on the first."""
    put_on_shelf(shop._database, [Item(f"Thing {n:03}", created=n) for n in range(MANY)])
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.press("enter")
        yield shopper


@pytest.fixture
def reads(shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> Reads:
    assert isinstance(shopper.app, ShopApp)
    return Reads(shopper.app, monkeypatch)


def list_of(shopper: Shopper) -> ProductList:
    assert isinstance(shopper.screen, CatalogScreen)
    return shopper.screen.products


def bar(shopper: Shopper) -> tuple[int, str]:
    """The line of the screen on which the bar is, and the title there."""
    lines = shopper.screen_text()
    line = next(at for at, text in enumerate(lines) if "▌ " in text)
    return line, lines[line].split("▌ ")[1][:9]


async def test_the_end_and_the_beginning_are_one_key_away(shopper: Shopper, reads: Reads) -> None:
    await shopper.press("end")
    assert bar(shopper)[1] == shopper.results()[-1] == f"Thing {MANY - 1}"
    assert reads.starts == [350]  # nothing between was read
    await shopper.press("home")
    assert bar(shopper)[1] == shopper.results()[0] == "Thing 000"
    assert reads.starts == [350]  # nor again what was known


async def test_every_product_comes_by_once_and_one_page_is_read_at_a_time(shopper: Shopper, reads: Reads) -> None:
    await shopper.press(*["pagedown"] * 20)
    assert reads.starts == [50, 100]
    assert reads.most == 1
    assert [card.title for card in list_of(shopper).cards] == [f"Thing {n:03}" for n in range(150)]
    assert bar(shopper)[1] == "Thing 120"


async def test_the_bar_goes_where_nothing_is_yet_and_what_is_there_opens_once_it_comes(
        shopper: Shopper, reads: Reads) -> None:
    with reads.held() as go_on:
        await shopper.pilot.press("pagedown", "end")
    await shopper.pilot.pause()
    assert (list_of(shopper).cursor, shopper.results()) == (MANY - 1, [])
    assert sum("┄┄┄" in line for line in shopper.screen_text()) == list_of(shopper).scrollable_content_region.height
    await shopper.pilot.press("enter")
    assert isinstance(shopper.screen, CatalogScreen)
    go_on.set()
    await shopper.wait()
    assert isinstance(shopper.screen, ProductScreen)
    assert any(f"Thing {MANY - 1}" in line for line in shopper.screen_text())


async def test_what_is_not_there_yet_does_not_open_when_the_bar_went_on(shopper: Shopper, reads: Reads) -> None:
    with reads.held() as go_on:
        await shopper.pilot.press("end", "enter", "up", "down")
    go_on.set()
    await shopper.wait()
    assert bar(shopper)[1] == f"Thing {MANY - 1}"


async def test_a_page_of_another_search_is_dropped(shopper: Shopper, reads: Reads) -> None:
    with reads.held() as go_on:
        await shopper.pilot.press("end")
    await shopper.pilot.press("s", "s", "s", "s")
    while not shopper.results():
        await shopper.pilot.pause()
    go_on.set()
    await shopper.wait()
    assert shopper.results()[:2] == [f"Thing {MANY - 1}", f"Thing {MANY - 2}"]
    await shopper.press("end")
    assert shopper.results()[-1] == "Thing 000"


@pytest.mark.parametrize("key", ["end", "home"])
async def test_the_product_stays_on_its_line_when_others_come_before_it(shop: Shop, shopper: Shopper, key: str) -> None:
    await shopper.press("end", "up", "up", key, "down" if key == "home" else "up")
    before, known = bar(shopper), shopper.results()
    await shopper.press("enter")
    add_product(shop, "A thing before all others")
    add_product(shop, "A second one")
    withdraw(shop, f"item-{MANY}" if key == "home" else "item-1")
    add_product(shop, "Another thing before all others")
    await shopper.press("escape")
    assert bar(shopper)[1] == before[1]
    assert bar(shopper)[0] == before[0]
    assert [title for title in shopper.results() if title in known] == [
        title for title in known if title in shopper.results()]


async def test_the_bar_stays_at_its_place_when_the_product_is_gone(shop: Shop, shopper: Shopper) -> None:
    await shopper.press("end", "up", "up")
    title = bar(shopper)[1]
    assert title == f"Thing {MANY - 3}"
    await shopper.press("enter")
    withdraw(shop, f"item-{MANY - 2}")
    await shopper.press("escape")
    assert list_of(shopper).cursor == MANY - 3
    assert bar(shopper)[1] == f"Thing {MANY - 2}"


async def test_all_in_sight_is_read_again_when_one_comes_back(shop: Shop, shopper: Shopper) -> None:
    await shopper.press(*["pagedown"] * 9)
    assert {"Thing 049", "Thing 050"} <= {*shopper.results()}  # of two pages
    await shopper.press("enter")
    with shop._database.write() as connection:
        connection.execute(update(variant).values(price_minor=777))
    await shopper.press("escape")
    assert sum("$7.77" in line for line in shopper.screen_text()) == len(shopper.results())


async def test_what_stood_elsewhere_before_is_not_shown_twice(shop: Shop, shopper: Shopper) -> None:
    await shopper.press(*["pagedown"] * 9)
    products = list_of(shopper)
    place = products.place
    add_product(shop, "A thing before all others")
    products.show(shop.catalog.browse(Query(), around=place.product_id), keeping=place)
    assert shopper.results()[:2] == ["Thing 049", "Thing 050"]  # what stands before it is read now
    await shopper.wait()
    assert shopper.results()[:3] == ["Thing 048", "Thing 049", "Thing 050"]


async def test_a_list_that_is_longer_by_now_is_read_again(shop: Shop, shopper: Shopper) -> None:
    add_product(shop, "Zebra")
    await shopper.press("end")
    assert shopper.results()[-1] != "Zebra"
    await shopper.press("end")
    assert bar(shopper)[1].strip(" │") == shopper.results()[-1] == "Zebra"


async def test_a_page_is_read_before_it_comes_in_sight(shopper: Shopper, reads: Reads) -> None:
    await shopper.press(*["pagedown"] * 6)
    assert shopper.results()[-1] < "Thing 050"
    assert reads.starts == [50]


async def test_what_is_in_sight_is_read_before_what_is_near(shopper: Shopper, reads: Reads) -> None:
    products = list_of(shopper)
    products.scroll_to(y=294 * products.row_height, animate=False)
    await shopper.wait()
    assert shopper.results() == [f"Thing {n}" for n in range(294, 302)]
    assert reads.starts == [250, 300]
    assert products.highlighted is not None
    await shopper.press("down")
    assert bar(shopper)[1] == "Thing 001"


async def test_the_order_changes_from_the_top(shop: Shop, shopper: Shopper) -> None:
    await shopper.press("end", "s")
    assert shopper.results()[0] == "Thing 000"
    with shop._database.write() as connection:
        connection.execute(update(product).values(title="Renamed"))
    await shopper.press("s")
    assert set(shopper.results()) == {"Renamed"}
