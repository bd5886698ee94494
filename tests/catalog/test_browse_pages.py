"""Page after page: where a cursor goes on, and which cursors are refused."""
from __future__ import annotations

import pytest

from shopkeeper.catalog.model import Query, Sort
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidInput
from tests.shelf import Item, Piece, put_on_shelf

pytestmark = pytest.mark.usefixtures("both")

ITEMS = [Item(f"Mug {n % 3}", [Piece(price=100 * (n % 2))], created=n // 2) for n in range(7)]


def all_pages(catalog: Catalog, query: Query, limit: int) -> list[int]:
    ids, cursor = [], None
    while True:
        page = catalog.browse(query, limit=limit, cursor=cursor)
        ids += [card.id for card in page.products]
        cursor = page.next_cursor
        if cursor is None:
            return ids


@pytest.mark.parametrize("sort", ["relevance", "name", "price", "-price", "newest"])
def test_pages_go_on_where_the_last_one_ended(database: Database, catalog: Catalog, sort: Sort) -> None:
    put_on_shelf(database, ITEMS)
    for text in ("", "mug"):
        whole = [card.id for card in catalog.browse(Query(text, sort=sort)).products]
        assert sorted(whole) == [1, 2, 3, 4, 5, 6, 7]
        assert all_pages(catalog, Query(text, sort=sort), limit=2) == whole


def test_the_last_page_has_no_next(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, ITEMS)
    assert catalog.browse(Query(), limit=7).next_cursor is None
    assert catalog.browse(Query(), limit=6).next_cursor is not None


def test_what_is_sold_off_before_the_cursor_makes_nothing_come_twice(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("A"), Item("B"), Item("C"), Item("D")])
    cursor = catalog.browse(Query(), limit=2).next_cursor
    put_on_shelf(database, [Item("A", live=False), Item("B"), Item("C"), Item("D")])
    assert [card.title for card in catalog.browse(Query(), cursor=cursor).products] == ["C", "D"]


def test_a_cursor_goes_with_its_query_however_that_is_written(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, ITEMS)
    cursor = catalog.browse(Query("MUG "), limit=2).next_cursor
    assert catalog.browse(Query("mug"), limit=3, cursor=cursor).products


@pytest.mark.parametrize("other", [
    Query("cup"), Query(sort="price"), Query(in_stock=True), Query(category="hats"), Query(options={"size": {"M"}}),
])
def test_a_cursor_of_another_query_is_refused(database: Database, catalog: Catalog, other: Query) -> None:
    put_on_shelf(database, ITEMS)
    cursor = catalog.browse(Query(), limit=2).next_cursor
    with pytest.raises(InvalidInput, match="first page"):
        catalog.browse(other, cursor=cursor)


@pytest.mark.parametrize("damaged", ["", "x", "é", "\ud800", "0" * 40, "{}", "W10="])
def test_a_damaged_cursor_is_refused(catalog: Catalog, damaged: str) -> None:
    with pytest.raises(InvalidInput, match="first page"):
        catalog.browse(Query(), cursor=damaged)


def test_a_cursor_cut_short_is_refused(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, ITEMS)
    cursor = catalog.browse(Query(), limit=2).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidInput, match="first page"):
        catalog.browse(Query(), cursor=cursor[:-1])


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_from_1_to_200_products(catalog: Catalog, limit: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 200"):
        catalog.browse(Query(), limit=limit)
