"""Searching, filtering and looking around, as one sees it."""
from __future__ import annotations

import asyncio
import csv
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from textual.actions import SkipAction
from textual.widgets import Input, Static

from shopkeeper import Product, Query, Shop
from shopkeeper.catalog.index import keeper
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.tables import variant
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.screens.catalog import CatalogScreen
from tui.testing import Shopper
from tui.widgets.facets import Facets
from tui.widgets.keybar import KeyBar
from tui.widgets.picture import Picture, pixels
from tui.widgets.product_list import ProductList


@pytest.fixture
async def shopper(sample_shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        yield shopper


def screen_of(shopper: Shopper) -> CatalogScreen:
    assert isinstance(shopper.app.screen, CatalogScreen)
    return shopper.app.screen


def status(shopper: Shopper) -> str:
    return str(shopper.app.screen.query_one("#status", Static).content)


def shows(shopper: Shopper, text: str) -> bool:
    return any(text in line for line in shopper.screen_text())


async def test_results_follow_every_key(shopper: Shopper, sample_shop: Shop) -> None:
    everything = sample_shop.catalog.browse(Query()).total
    assert status(shopper) == f"{everything} products"
    for typed in ("h", "ho", "hoo"):
        await shopper.press(typed[-1])
        assert status(shopper) == f"{sample_shop.catalog.browse(Query(text=typed)).total} of {everything} products"


async def test_a_late_answer_of_an_older_search_is_dropped(shopper: Shopper, sample_shop: Shop) -> None:
    screen = screen_of(shopper)
    screen.ask(Query(text="mug"))
    screen.ask(Query(text="hoodie"))
    await shopper.wait()
    found = sample_shop.catalog.browse(Query(text="hoodie")).products
    assert [card.title for card in screen.products.cards] == [card.title for card in found]


async def test_a_product_that_is_read_late_is_not_told_where_nothing_is_found(
        shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    backend, asked, answering = shopper.app.backend, asyncio.Event(), asyncio.Event()
    product = backend.product

    async def slow(handle: str) -> Product:
        asked.set()
        await answering.wait()
        return await product(handle)

    monkeypatch.setattr(backend, "product", slow)
    await shopper.pilot.press("down", "down")
    await asked.wait()
    screen_of(shopper).ask(Query(text="nothing of that kind"))
    while screen_of(shopper).products.highlighted is not None:
        await shopper.pilot.pause()
    await shopper.pilot.pause()
    answering.set()
    await shopper.wait()
    assert str(shopper.app.screen.query_one("#story", Static).content) == ""


async def test_two_filters_are_chosen_shown_and_cleared_and_the_bar_stays_where_it_was(shopper: Shopper) -> None:
    await shopper.filter("Color", "Black")
    await shopper.filter("Color", "Slate")
    assert shows(shopper, "Color: Black, Slate  ✕")
    facets = screen_of(shopper).facets
    assert facets.has_focus
    assert (facets.rows[facets.cursor].label, facets.rows[facets.cursor].selected) == ("Slate", True)
    await shopper.press("x")
    assert not shows(shopper, "Color: Black")
    assert " of " not in status(shopper)


async def test_a_click_on_a_filter_in_force_takes_it_away(shopper: Shopper) -> None:
    screen_of(shopper).ask(Query(options={"color": {"Black"}}))
    await shopper.wait()
    chip = screen_of(shopper).query_one("#chips")
    await shopper.pilot.click(chip, offset=(6, 0))
    await shopper.wait()
    assert " of " not in status(shopper)


async def test_prices_are_narrowed_in_steps_and_given_free_again(shopper: Shopper) -> None:
    facets = screen_of(shopper).facets
    await shopper.press("escape", "f")
    facets.cursor = next(at for at, row in enumerate(facets.rows) if row.label == "from")
    await shopper.press("right", "right")
    assert shows(shopper, "from $")
    assert " of " in status(shopper)
    await shopper.press("enter")
    assert " of " not in status(shopper)


async def test_a_click_selects_a_product_and_another_opens_it(shopper: Shopper) -> None:
    products = screen_of(shopper).products
    await shopper.pilot.click(products, offset=(6, 5))
    await shopper.wait()
    assert products.cursor == 1
    await shopper.pilot.click(products, offset=(6, 5))
    await shopper.wait()
    assert not isinstance(shopper.app.screen, CatalogScreen)


async def test_the_end_of_the_list_brings_the_next_page(shopper: Shopper) -> None:
    products = screen_of(shopper).products
    first_page = len(products.cards)
    await shopper.press("enter", "end")
    assert len(products.cards) > first_page
    assert len({card.id for card in products.cards}) == len(products.cards)


async def test_coming_back_keeps_the_place_in_the_list(shopper: Shopper) -> None:
    await shopper.press("enter", "down", "down", "down")
    products = screen_of(shopper).products
    before = products.highlighted
    await shopper.press("enter")
    await shopper.press("escape")
    assert products.highlighted is not None
    assert before is not None
    assert products.highlighted.id == before.id


async def test_nothing_found_says_what_was_asked_and_the_key_that_widens_it(shopper: Shopper) -> None:
    await shopper.search("zzzz")
    assert shows(shopper, "Nothing matches “zzzz”")
    await shopper.press("escape", "x")
    assert screen_of(shopper).query_one("#search", Input).value == ""
    assert len(shopper.results()) > 1


async def test_a_large_shop_says_that_its_index_is_being_made(
        sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, make = threading.Event(), Keeper.make

    def make_later(keeper: Keeper) -> None:
        go_on.wait(PATIENCE)
        make(keeper)

    monkeypatch.setattr(keeper, "_IS_LARGE", select(variant.c.id).limit(1))
    monkeypatch.setattr(Keeper, "make", make_later)
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        async with asyncio.timeout(PATIENCE):
            while not status(shopper).startswith("making the search index …   "):
                await shopper.pilot.pause()
            assert shopper.results()
            go_on.set()
            while "index" in status(shopper):
                await shopper.pilot.pause()
        assert status(shopper) == f"{sample_shop.catalog.browse(Query()).total} products"


async def test_enter_takes_what_is_offered_where_nothing_is_found(shopper: Shopper) -> None:
    await shopper.search("zip hodie")
    assert shows(shopper, "Nothing matches “zip hodie”")
    assert shows(shopper, "Did you mean zip hoodie?")
    await shopper.press("enter")
    search = screen_of(shopper).search
    assert (search.value, search.has_focus, search.cursor_position) == ("zip hoodie", True, len("zip hoodie"))
    assert shopper.results()[0] == "Zip Hoodie"
    await shopper.press("enter")
    assert screen_of(shopper).products.has_focus


async def test_the_foot_says_what_enter_does(shopper: Shopper) -> None:
    told = {}
    for text in ("hoodie", "hoodei", "qqqqqqqq"):
        await shopper.search(text)
        await shopper.press("escape")
        told[text] = [key.label for key in shopper.screen.query_one(KeyBar).keys if key.key == "enter"]
    assert told == {"hoodie": ["open"], "hoodei": ["use suggestion"], "qqqqqqqq": []}


async def test_what_is_offered_is_taken_from_the_list_by_key_and_all_of_it_by_mouse(shopper: Shopper) -> None:
    await shopper.search("hoodei")
    await shopper.press("escape", "enter")
    assert screen_of(shopper).search.value == "hoodie"
    await shopper.search("hoodei")
    line = next(at for at, line in enumerate(shopper.screen_text()) if "or hooded" in line)
    await shopper.pilot.click(offset=(shopper.screen_text()[line].index("hooded") + 2, line))
    await shopper.wait()
    assert screen_of(shopper).search.value == "hooded"
    assert "Hooded Rain Jacket" in shopper.results()


async def test_who_types_on_does_not_take_what_was_offered_before(shopper: Shopper) -> None:
    await shopper.search("hoodei")
    screen_of(shopper).ask(Query("mug"))
    with pytest.raises(SkipAction):
        screen_of(shopper).action_enter_suggestion()
    screen_of(shopper).action_take_suggestion(0)
    await shopper.wait()
    assert screen_of(shopper).search.value == "mug"


async def test_an_empty_shop_says_how_products_come_in(shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        assert shows(shopper, "shopkeeper import FILE")


async def test_on_a_narrow_screen_the_filters_slide_over_the_list(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        facets = shopper.app.screen.query_one("#facets", Facets)
        await shopper.press("escape")
        assert not facets.display
        await shopper.press("f")
        assert facets.display
        assert facets.has_focus
        await shopper.press("escape")
        assert not facets.display


async def test_titles_are_shown_to_the_letter_and_wide_ones_keep_the_columns(shop: Shop, tmp_path: Path) -> None:
    titles = ["Shirt [XL]", "[@click=app.quit]hi[/]", "東京の手ぬぐい、とても長い名前のついた青い一枚" * 3]
    with (tmp_path / "odd.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Handle", "Title", "Variant Price", "Published", "Status"])
        rows.writerows([f"odd-{at}", title, "12.00", "true", "active"] for at, title in enumerate(titles))
    shop.catalog.import_csv(tmp_path / "odd.csv")
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        assert shows(shopper, "Shirt [XL]")
        assert shows(shopper, "[@click=app.quit]hi[/]")
        products = shopper.app.screen.query_one("#products", ProductList)
        lines = [products.render_line(y) for y in range(6)]
        assert {line.cell_length for line in lines} == {products.scrollable_content_region.width}
        assert all(line.text.rstrip().endswith("$12.00") for line in lines[::2])


@pytest.mark.parametrize("name", ["no-such-picture", "../hoodie", "https://example.com/x.png", ""])
def test_a_picture_that_is_not_there_is_a_parcel(name: str) -> None:
    assert pixels(name) == pixels("none of this name")
    assert pixels("hoodie") != pixels(name)


async def test_the_highlighted_product_is_described_beside_the_list(shopper: Shopper, sample_shop: Shop) -> None:
    await shopper.search("zip hoodie")
    product = sample_shop.catalog.product("zip-hoodie")
    assert shows(shopper, product.description.split(".")[0][:20])
    assert shopper.app.screen.query_one(Picture).visible
