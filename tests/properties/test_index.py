"""The index finds what SQL finds, whatever changes between two questions."""
from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from shopkeeper.catalog import browse
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Query
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.properties.test_browse_rule import _SHELVES, _queries
from tests.shelf import Item, put_on_shelf


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(str(tmp_path_factory.mktemp("index") / "shop.db"))
    migrate(database)
    yield database
    database.close()


@settings(max_examples=300, deadline=None)
@given(items=_SHELVES, later=_SHELVES, queries=st.lists(_queries(), min_size=1, max_size=4))
def test_the_index_finds_what_sql_finds(database: Database, items: list[Item], later: list[Item],
                                        queries: list[Query]) -> None:
    put_on_shelf(database, items)
    keeper = Keeper(database)
    keeper.make()
    with database.read() as connection:
        agree(connection, keeper, queries)
    put_on_shelf(database, later)
    with database.read() as connection:
        agree(connection, keeper, queries)


def agree(connection: Connection, keeper: Keeper, queries: list[Query]) -> None:
    for query in queries:
        for limit in (1, 2, 50):
            assert pages(connection, query, limit, keeper) == pages(connection, query, limit, None)


def pages(connection: Connection, query: Query, limit: int, keeper: Keeper | None) -> list[BrowsePage]:
    found, cursor = [], None
    while True:
        if keeper:
            assert keeper.find(connection, query, limit, None)
        found.append(browse.page(connection, query, limit, cursor, "USD", keeper))
        cursor = found[-1].next_cursor
        if cursor is None:
            return found
