"""Law 10 and the filter rule: browse against a plain reading of the rule, on random catalogs and queries."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.catalog.model import Query
from shopkeeper.catalog.service import Catalog
from shopkeeper.clock import system_clock
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.catalogs import catalog_of
from tests.indexed import answer_by_index
from tests.properties.reading import Reading, assert_says
from tests.properties.shelves import ITEMS, LABELS, QUERIES, SHELVES
from tests.shelf import Item, put_on_shelf


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One file for all examples: each replaces what is in it."""
    database = Database.open(str(tmp_path_factory.mktemp("browse") / "shop.db"))
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="module", params=["SQL", "the index"])
def catalog(database: Database, request: pytest.FixtureRequest) -> Iterator[Catalog]:
    """What small shops are browsed by, and what large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "the index":
            answer_by_index(patch)
        yield catalog_of(database, system_clock)


@settings(max_examples=300, deadline=None)
@given(items=SHELVES, query=QUERIES)
def test_browse_reads_the_rule_as_it_is_written(
    database: Database, catalog: Catalog, items: list[Item], query: Query
) -> None:
    put_on_shelf(database, items, LABELS)
    assert_says(catalog.browse(query), Reading(items), query)


@settings(max_examples=60, deadline=None)
@given(items=SHELVES, query=QUERIES)
def test_what_a_facet_counts_is_what_choosing_it_finds(
    database: Database, catalog: Catalog, items: list[Item], query: Query
) -> None:
    put_on_shelf(database, items, LABELS)
    for facet in catalog.browse(query).facets:
        others = {code: labels for code, labels in query.options.items() if code.lower() != facet.code}
        for value in facet.values:
            chosen = replace(query, options={**others, facet.code: {value.label}})
            assert catalog.browse(chosen).total == value.count


@settings(max_examples=60, deadline=None)
@given(items=SHELVES, query=QUERIES, limit=st.integers(1, 3))
def test_pages_are_the_result_cut_into_pieces(
    database: Database, catalog: Catalog, items: list[Item], query: Query, limit: int
) -> None:
    put_on_shelf(database, items, LABELS)
    whole = catalog.browse(query)
    pages = [catalog.browse(query, limit=limit)]
    while cursor := pages[-1].next_cursor:
        pages.append(catalog.browse(query, limit=limit, cursor=cursor))
    assert [card for page in pages for card in page.products] == list(whole.products)
    assert all(len(page.products) == limit for page, _ in pairwise(pages))
    assert all(page.facets == whole.facets and page.total == whole.total for page in pages)
    assert pages == [catalog.browse(query, limit=limit, start=page.start) for page in pages]
    assert pages == [catalog.browse(query, limit=limit, start=page.start, around=page.products[-1].id)
                     for page in pages if page.products] or not whole.total


@settings(max_examples=60, deadline=None)
@given(items=SHELVES, query=QUERIES, changed=st.lists(st.tuples(st.integers(0, 6), ITEMS), max_size=4))
def test_a_product_that_stays_as_it_is_comes_once_whatever_others_do(
    database: Database, catalog: Catalog, items: list[Item], query: Query, changed: list[tuple[int, Item]]
) -> None:
    put_on_shelf(database, items, LABELS)
    before = [card.id for card in catalog.browse(query).products]
    page = catalog.browse(query, limit=2)
    seen = [card.id for card in page.products]
    others = dict(changed)
    put_on_shelf(database, [others.get(place, item) for place, item in enumerate(items)], LABELS)
    while page.next_cursor:
        page = catalog.browse(query, limit=2, cursor=page.next_cursor)
        seen += [card.id for card in page.products]
    steady = [id_ for id_ in before if id_ - 1 not in others]
    assert [id_ for id_ in seen if id_ - 1 not in others] == steady
