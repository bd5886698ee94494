"""The index says what the rule says, read off the shelf in plain Python, whatever changes in between."""
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete

from shopkeeper.catalog import browse
from shopkeeper.catalog.cursors import Begin
from shopkeeper.catalog.index import frequent
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Query
from shopkeeper.catalog.tables import catalog_index
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.properties.reading import Reading, assert_says
from tests.properties.shelves import LABELS, QUERIES, SHELVES
from tests.shelf import Item, put_on_shelf

EXAMPLES, CASES = 330, 10_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One file for all examples: each replaces what is in it."""
    database = Database.open(str(tmp_path_factory.mktemp("index") / "shop.db"))
    migrate(database)
    yield database
    database.close()


def test_the_index_says_what_the_rule_says(database: Database, tried: Callable[[str, int], None],
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    cases = 0

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(before=SHELVES, after=SHELVES, queries=st.lists(QUERIES, min_size=6, max_size=12), anew=st.booleans(),
           few=st.sampled_from([1, 2, 4_000]))
    def one(before: list[Item], after: list[Item], queries: list[Query], anew: bool, few: int) -> None:
        nonlocal cases
        monkeypatch.setattr(frequent, "_FEW", few)
        put_on_shelf(database, before, LABELS)
        if anew:
            _forget_index(database)
        keeper = Keeper(database)
        keeper.make()
        _assert_right(database, keeper, before, queries)
        put_on_shelf(database, after, LABELS)
        _assert_right(database, keeper, after, queries)
        cases += 4 * len(queries)  # on both shelves, as a whole and page by page

    one()
    tried("questions to the index, each answered as the rule says", cases)
    assert cases >= CASES


def _forget_index(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(catalog_index))


def _assert_right(database: Database, keeper: Keeper, items: list[Item], queries: list[Query]) -> None:
    reading = Reading(items)
    with database.read() as connection:
        assert keeper.find(connection, Query(), 1, Begin())  # it is not SQL that answers
        for query in queries:
            whole = _page(connection, query, 50, keeper)
            assert_says(whole, reading, query)
            pages = [_page(connection, query, 3, keeper)]
            while pages[-1].next_cursor:
                pages.append(_page(connection, query, 3, keeper, pages[-1].next_cursor))
            assert tuple(card for page in pages for card in page.products) == whole.products
        assert whole == browse.page(connection, query, 50, None, "USD")


def _page(connection: Connection, query: Query, limit: int, keeper: Keeper, cursor: str | None = None) -> BrowsePage:
    return browse.page(connection, query, limit, cursor, "USD", keeper)
