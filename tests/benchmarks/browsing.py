"""Browsing a large shop, asked as shoppers do and as they do at worst; how long it takes, and what it takes."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import quantiles
from string import ascii_lowercase
from typing import NamedTuple

from sqlalchemy import delete

from shopkeeper.catalog import browse
from shopkeeper.catalog.browse import MOST_AT_ONCE
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Query
from shopkeeper.catalog.tables import catalog_index
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from shopkeeper.money import Money
from tests.benchmarks.generator import LABELS
from tests.shelf import Item, put_on_shelf

QUERIES = 195  # and the worst ones
_DEEP = 50  # pages of the most products that there can be

# A program that has just started: when its index is there, in milliseconds after the first question; how long a page
# takes then; and how many megabytes of memory more it takes now.
_FIRST_USE = """
import sys, time
from psutil import Process
from shopkeeper import Query, Shop
with Shop.open(sys.argv[1]) as shop:
    shop.catalog.is_empty()
    before = Process().memory_info().rss
    began = time.perf_counter()
    shop.catalog._keeper.make()
    made = time.perf_counter()
    shop.catalog.browse(Query())
    print(1000 * (made - began), 1000 * (time.perf_counter() - made), (Process().memory_info().rss - before) / 2**20)
"""


class Question(NamedTuple):
    """What is asked for, and which page of it."""

    query: Query
    cursor: str | None = None


class Times(NamedTuple):
    """So many milliseconds take half of the questions, 95 and 99 of a hundred at most."""

    p50: float
    p95: float
    p99: float

    def __str__(self) -> str:
        return ", ".join(f"{each:.1f}" for each in self)


class Figures(NamedTuple):
    """What was measured in a shop: seconds to build the index, milliseconds to load it, megabytes of it."""

    variants: int
    built: float
    loaded: float
    memory: float
    in_index: Times
    by_sql: Times


def shop_of(path: Path, items: Iterable[Item]) -> Database:
    """A shop with these products."""
    database = Database.open(str(path))
    migrate(database)
    put_on_shelf(database, items, LABELS)
    return database


def measured(database: Database, variants: int, queries: Iterable[Query], by_sql: int | None = None) -> Figures:
    """Asks these questions and the worst ones, and all or `by_sql` of them, the worst first, without an index, too."""
    with database.write() as connection:
        connection.execute(delete(catalog_index))
    began = time.perf_counter()
    keeper = Keeper(database)
    keeper.make()
    built = time.perf_counter() - began
    asked = [*worst(database, keeper), *map(Question, queries)]
    times_taken(database, asked, keeper)  # the first time, words are looked up
    loaded, _, memory = first_use(database, 3)
    return Figures(variants, built, loaded, memory, times_taken(database, asked, keeper),
                   times_taken(database, asked[:by_sql], None))


def worst(database: Database, keeper: Keeper) -> list[Question]:
    """The most frequent letter, no filter at all, all filters at once, and a page far down, by each of two orders."""
    whole = page(database, Question(Query()), keeper)
    letter = max(ascii_lowercase, key=lambda each: page(database, Question(Query(each)), keeper).total)
    first = [(facet.code, {value.label for value in facet.values[:3]}) for facet in whole.facets[:2]]
    everything = Query(letter, whole.categories[0].slug if whole.categories else None, dict(first), Money(1, "USD"),
                       Money(100_000, "USD"), in_stock=True, sort="-price")
    return [Question(Query(letter)), Question(Query()), Question(everything), *(
        Question(query, _far_down(database, query, keeper)) for query in (Query(letter), Query(sort="price")))]


def _far_down(database: Database, query: Query, keeper: Keeper) -> str | None:
    cursor = None
    for _ in range(_DEEP):
        after = page(database, Question(query, cursor), keeper, MOST_AT_ONCE).next_cursor
        if after is None:
            break
        cursor = after
    return cursor


def page(database: Database, asked: Question, keeper: Keeper | None, limit: int = 50) -> BrowsePage:
    """A page as shoppers get it; without a keeper, by SQL."""
    with database.read() as connection:
        return browse.page(connection, asked.query, limit, asked.cursor, "USD", keeper)


def times_taken(database: Database, asked: Sequence[Question], keeper: Keeper | None) -> Times:
    """How long these take, one after the other."""
    times = []
    for question in asked:
        began = time.perf_counter()
        page(database, question, keeper)
        times.append(1000 * (time.perf_counter() - began))
    marks = quantiles(times, n=100, method="inclusive")
    return Times(marks[49], marks[94], marks[98])


def first_use(database: Database, runs: int) -> tuple[float, float, float]:
    """In a new program, after how many milliseconds the index is there, numpy's import among them; how many a page
    takes then; and by how many megabytes the program has grown."""
    installed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = [subprocess.run([sys.executable, "-c", _FIRST_USE, str(database.path)], capture_output=True, text=True,
                           check=True, env=installed).stdout.split() for _ in range(runs + 1)][1:]
    ready, first, memory = (sorted(map(float, each))[runs // 2] for each in zip(*told, strict=True))
    return ready, first, memory
