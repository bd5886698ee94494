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


@pytest.mark.parametrize("sort", ["relevance", "name", "price", "-price", "newest"])
def test_a_page_begins_at_any_position(database: Database, catalog: Catalog, sort: Sort) -> None:
    put_on_shelf(database, ITEMS)
    for query in (Query(sort=sort), Query("mug", sort=sort)):
        whole = [card.id for card in catalog.browse(query).products]
        for start in range(9):
            page = catalog.browse(query, limit=2, start=start)
            assert (page.start, [card.id for card in page.products]) == (start, whole[start : start + 2])
            assert (page.next_cursor is not None) == (start < 5)
            if page.next_cursor:
                after = catalog.browse(query, cursor=page.next_cursor)
                assert (after.start, [card.id for card in after.products]) == (start + 2, whole[start + 2 :])


def test_pages_by_position_put_together_are_the_result(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item(f"Mug {n * 379 % 1000:03}") for n in range(1000)])
    pages = [catalog.browse(Query("mug"), limit=100, start=start) for start in range(0, 1000, 100)]
    assert [card.title for page in pages for card in page.products] == [f"Mug {n:03}" for n in range(1000)]
    assert [card.id for page in pages for card in page.products] == all_pages(catalog, Query("mug"), limit=100)


@pytest.mark.parametrize("sort", ["relevance", "name", "price", "-price", "newest"])
def test_the_page_of_a_product_is_found(database: Database, catalog: Catalog, sort: Sort) -> None:
    put_on_shelf(database, ITEMS)
    for query in (Query(sort=sort), Query("mug", sort=sort)):
        for position, card in enumerate(catalog.browse(query).products):
            assert catalog.browse(query, limit=3, around=card.id) == catalog.browse(
                query, limit=3, start=position - position % 3)


@pytest.mark.parametrize("gone", [2, 4, 99, 0, -1, 2**63, -2**63])
def test_around_a_product_that_is_not_found_the_start_holds(database: Database, catalog: Catalog, gone: int) -> None:
    put_on_shelf(database, [Item("A"), Item("B", live=False), Item("C"), Item("D", [Piece(on_hand=0)]), Item("E")])
    page = catalog.browse(Query(in_stock=True), limit=1, start=1, around=gone)
    assert (page.start, [card.title for card in page.products]) == (1, ["C"])
    assert catalog.browse(Query(in_stock=True), around=gone).start == 0


@pytest.mark.parametrize("start", [-1, 2**63])
def test_there_is_no_such_position(catalog: Catalog, start: int) -> None:
    with pytest.raises(InvalidInput, match="count from 0"):
        catalog.browse(Query(), start=start)


def test_a_page_is_asked_for_by_cursor_or_by_position(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, ITEMS)
    cursor = catalog.browse(Query(), limit=2).next_cursor
    with pytest.raises(InvalidInput, match="not for both"):
        catalog.browse(Query(), cursor=cursor, start=0)
    with pytest.raises(InvalidInput, match="not for both"):
        catalog.browse(Query(), cursor=cursor, around=1)


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
