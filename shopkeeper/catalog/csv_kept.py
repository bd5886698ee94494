"""Products of a file that were read and checked, on the disk until they are written: a batch is in memory at once."""
from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from shopkeeper.catalog.csv_check import unpacked
from shopkeeper.catalog.csv_parse import ProductRows


class KeptProducts:
    """Products in batches. They are kept in the temporary file of the sheet that they come from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._batches = 0
        connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, products BLOB NOT NULL)")

    def __len__(self) -> int:
        """How many batches there are."""
        return self._batches

    def add(self, products: bytes) -> None:
        """Keeps a batch, as `csv_check` packs it, after those that were kept before it."""
        self._connection.execute("INSERT INTO kept (number, products) VALUES (?, ?)", (self._batches + 1, products))
        self._batches += 1

    def replace(self, number: int, products: bytes) -> None:
        """Keep another batch in place of the one with this number, counted from 1."""
        self._connection.execute("UPDATE kept SET products = ? WHERE number = ?", (products, number))

    def batches(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """The batches with these numbers, counted from 1, as they were given."""
        return map(self._packed, numbers)

    def products(self) -> Iterator[ProductRows]:
        """All products, in the order in which they were kept."""
        for batch in self.batches(range(1, len(self) + 1)):
            yield from unpacked(batch)

    def _packed(self, number: int) -> bytes:
        kept: bytes
        kept, = self._connection.execute("SELECT products FROM kept WHERE number = ?", (number,)).fetchone()
        return kept
