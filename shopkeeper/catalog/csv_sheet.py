"""The rows of a file, product by product: they are sorted on the disk, for a file may be larger than the memory."""
from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import groupby
from operator import itemgetter

from shopkeeper.catalog.csv_columns import Columns, Row
from shopkeeper.catalog.csv_text import refusal
from shopkeeper.errors import ImportFailed, Problem

MOST_ROWS = 5_000
"""Of one product: variants and pictures together."""

_LARGEST = 8_000_000

_SET_UP = """
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -16384;
    CREATE TABLE run (line INTEGER PRIMARY KEY, handle TEXT NOT NULL, rows INTEGER NOT NULL, size INTEGER NOT NULL,
                      texts BLOB NOT NULL)
"""
_ADD = "INSERT INTO run (line, handle, rows, size, texts) VALUES (?, ?, ?, ?, ?)"
# A product stands where its first row does.
_SORT = """
    CREATE INDEX run_handle ON run (handle);
    CREATE TABLE product (line INTEGER PRIMARY KEY, handle TEXT NOT NULL, rows INTEGER NOT NULL, size INTEGER NOT NULL);
    INSERT INTO product SELECT min(line), handle, sum(rows), sum(size) FROM run GROUP BY handle
"""
_TOO_LARGE = "SELECT line, handle FROM product WHERE rows > ? OR size > ? ORDER BY line LIMIT 1000"
_IN_ORDER = """
    SELECT product.line, product.rows, product.size, run.handle, run.texts
    FROM product CROSS JOIN run ON run.handle = product.handle
    ORDER BY product.line, run.line
"""

# A batch is so many products, or as many as have so many rows or characters: it is in memory, and it is written in one
# transaction, for which others wait.
_BATCH = 1_000
_BATCH_ROWS = 5_000
_BATCH_TEXT = 4_000_000

Batch = list[tuple[str, list[bytes]]]
"""Products by their handles, each as runs of rows as they are kept; `rows_of` reads them."""

# Of a run, which is rows of one product that stand together: what is in memory at once.
_RUN_ROWS, _RUN_TEXT = 100, 500_000


Record = tuple[int, tuple[str, ...]]
"""The line on which a row begins, and its texts as `Columns.row` takes them."""


class Sheet:
    """The rows of a file, by product; `specs` are the labels of specifications by code, in the order of the columns.

    `connection` is to the temporary file in which they are; more can be kept in it.
    """

    def __init__(self, connection: sqlite3.Connection, columns: Columns, specs: Mapping[str, str]) -> None:
        self.columns = columns
        self.specs = specs
        self.connection = connection

    def __len__(self) -> int:
        """How many products there are."""
        return int(self.connection.execute("SELECT count(*) FROM product").fetchone()[0])

    def batches(self) -> Iterator[Batch]:
        """The products in batches, in the order in which they first appear."""
        batch, rows, text = Batch(), 0, 0
        in_order = self.connection.execute(_IN_ORDER)
        for (_, its_rows, its_text, handle), runs in groupby(in_order, key=itemgetter(0, 1, 2, 3)):
            rows, text = rows + its_rows, text + its_text
            if len(batch) == _BATCH or (batch and (rows > _BATCH_ROWS or text > _BATCH_TEXT)):
                yield batch
                batch, rows, text = [], its_rows, its_text
            batch.append((handle, [texts for *_, texts in runs]))
        if batch:
            yield batch

    def too_large(self) -> list[Problem]:
        """The products that have more rows or text than any product needs."""
        message = f"The product has more than {MOST_ROWS:,} rows or {_LARGEST:,} characters. Make several of it."
        return [Problem(line, handle, message)
                for line, handle in self.connection.execute(_TOO_LARGE, (MOST_ROWS, _LARGEST))]


@contextmanager
def sorted_by_product(records: Iterable[tuple[str, Iterable[Record]]], columns: Columns, specs: Mapping[str, str],
                      name: str) -> Iterator[Sheet]:
    """The sheet of a file of that name; records of one handle are given with it as far as they are together.

    Raises:
        ImportFailed: There is no room on the disk, or very many rows together are one product's.
    """
    # Without a name it is SQLite's own temporary file, which nobody else can open, and which is gone when we are. The
    # shop's driver would keep it in memory.
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        try:
            _run(connection, _SET_UP)
            connection.execute("BEGIN")
            connection.executemany(_ADD, _runs(records, name))
            _run(connection, _SORT)
            yield Sheet(connection, columns, specs)
        except sqlite3.OperationalError as error:
            raise ImportFailed(f"There is no room for temporary files: {error}.") from error


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        connection.execute(statement)


def _runs(given: Iterable[tuple[str, Iterable[Record]]], name: str) -> Iterator[tuple[int, str, int, int, bytes]]:
    for handle, together in given:
        run, size = list[Record](), 0
        for number, record in enumerate(together):
            line, texts = record
            if handle and number == MOST_ROWS:  # told at once; `too_large` finds those that are not together
                raise refusal(name, line, f"More than {MOST_ROWS:,} rows are too many for one product. Make several"
                                          " of it.")
            if len(run) == _RUN_ROWS or size > _RUN_TEXT:
                yield _kept(handle, run, size)
                run, size = [], 0
            run.append(record)
            size += sum(map(len, texts))
        yield _kept(handle, run, size)


def _kept(handle: str, run: list[Record], size: int) -> tuple[int, str, int, int, bytes]:
    return run[0][0], handle, len(run), size, marshal.dumps(run)


def rows_of(batch: Batch, columns: Columns) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each product and its handle."""
    for handle, runs in batch:
        yield handle, [columns.row(*record) for texts in runs for record in _read(texts)]


def _read(kept: bytes) -> list[Record]:
    # It was written here, into a file that nobody else can open. (JSON takes three times as long.)
    records: list[Record] = marshal.loads(kept)  # noqa: S302
    return records
