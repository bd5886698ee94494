"""How long a page of results takes at 10,000 variants: in milliseconds, and beside a plain count of the same rows."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median, quantiles
from time import thread_time

import pytest
from sqlalchemy import func, select

from shopkeeper.catalog.tables import product, stock, variant, variant_option
from shopkeeper.clock import system_clock
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.benchmarks.generator import LABELS, items, queries
from tests.catalogs import catalog_of
from tests.shelf import put_on_shelf

pytestmark = pytest.mark.benchmark

VARIANTS = 10_000
QUERIES = 400
MOST_COUNTS = 8  # of them take 30 ms where this was written

# What any answer about all variants and their options has to read at least.
_COUNT = (
    select(func.count(), func.sum(stock.c.on_hand))
    .join_from(product, variant, variant.c.product_id == product.c.id)
    .join(stock, stock.c.variant_id == variant.c.id)
    .join(variant_option, variant_option.c.variant_id == variant.c.id)
    .where(product.c.status == "active", variant.c.archived == 0)
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(str(tmp_path_factory.mktemp("browse") / "shop.db"))
    migrate(database)
    put_on_shelf(database, items(VARIANTS), LABELS)
    yield database
    database.close()


def test_a_page_with_facets_takes_as_long_as_a_few_counts(database: Database) -> None:
    catalog = catalog_of(database, system_clock)
    asked = list(queries(QUERIES))
    for query in asked[:50]:  # the first of each shape compiles its statements
        catalog.browse(query)
    times, counts = [], []
    for query in asked:
        times.append(_milliseconds(partial(catalog.browse, query)))
        counts.append(_milliseconds(partial(_count, database)))
    marks, count = quantiles(times, n=20), median(counts)
    p50, p95 = marks[9], marks[18]
    print(f"\nbrowse at {VARIANTS} variants: p50 {p50:.1f} ms, p95 {p95:.1f} ms;"
          f" {p50 / count:.1f} and {p95 / count:.1f} of a count ({count:.1f} ms)")
    assert p95 / count < MOST_COUNTS


def _count(database: Database) -> None:
    with database.read() as connection:
        connection.execute(_COUNT).all()


def _milliseconds(work: Callable[[], object]) -> float:
    """Of processor time, the best of three: nothing here waits, and the machine has other things to do as well."""
    times = []
    for _ in range(3):
        start = thread_time()
        work()
        times.append(thread_time() - start)
    return min(times) * 1000
