"""The index finds what SQL finds, whatever changes in between; `test_browse_rule.py` holds both against the rule."""
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
from tests.properties.shelves import QUERIES, SHELVES
from tests.shelf import Item, put_on_shelf

EXAMPLES, CASES = 330, 10_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One file for all examples: each replaces what is in it."""
    database = Database.open(str(tmp_path_factory.mktemp("index") / "shop.db"))
    migrate(database)
    yield database
    database.close()


def test_the_index_finds_what_sql_finds(database: Database, tried: Callable[[str, int], None],
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    cases = 0

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(before=SHELVES, after=SHELVES, queries=st.lists(QUERIES, min_size=6, max_size=12), anew=st.booleans(),
           few=st.sampled_from([1, 2, 4_000]))
    def one(before: list[Item], after: list[Item], queries: list[Query], anew: bool, few: int) -> None:
        nonlocal cases
        monkeypatch.setattr(frequent, "_FEW", few)
        put_on_shelf(database, before)
        if anew:
            _forget_index(database)
        keeper = Keeper(database)
        keeper.make()
        cases += _agreed(database, keeper, queries)
        put_on_shelf(database, after)
        cases += _agreed(database, keeper, queries)

    one()
    tried("questions to the index and to SQL", cases)
    assert cases >= CASES


def _forget_index(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(catalog_index))


def _agreed(database: Database, keeper: Keeper, queries: list[Query]) -> int:
    """How often both were asked; each time they said the same."""
    with database.read() as connection:
        for query in queries:
            for limit in (2, 50):
                assert _pages(connection, query, limit, keeper) == _pages(connection, query, limit, None)
    return 2 * len(queries)


def _pages(connection: Connection, query: Query, limit: int, keeper: Keeper | None) -> list[BrowsePage]:
    """All of the result, page by page."""
    assert keeper is None or keeper.find(connection, query, limit, Begin())
    pages = [browse.page(connection, query, limit, None, "USD", keeper)]
    while pages[-1].next_cursor:
        pages.append(browse.page(connection, query, limit, pages[-1].next_cursor, "USD", keeper))
    return pages
