"""Products of a file that were read and checked, on the disk until they are written: a batch is in memory at once."""
from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from shopkeeper.catalog.csv_parse import ProductRows, VariantRow
from shopkeeper.catalog.model import Image

# A batch is so many products, or as many as have so many variants or characters: it is in memory, and it is written in
# one transaction, for which others wait.
_BATCH = 500
_BATCH_VARIANTS = 2_500
_BATCH_TEXT = 2_000_000


class KeptProducts:
    """Products in batches. They are kept in the temporary file of the sheet that they come from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._batch: list[ProductRows] = []
        self._size = (0, 0)
        self._batches = 0
        connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, products BLOB NOT NULL)")

    def __len__(self) -> int:
        """How many batches there are."""
        return self._batches

    def add(self, rows: ProductRows) -> None:
        """Keeps a product, after those that were kept before it."""
        variants, text = len(rows.variants) + self._size[0], len(rows.description) + self._size[1]
        if len(self._batch) == _BATCH or (self._batch and (variants > _BATCH_VARIANTS or text > _BATCH_TEXT)):
            self.end()
            variants, text = len(rows.variants), len(rows.description)
        self._batch.append(rows)
        self._size = variants, text

    def end(self) -> None:
        """Nothing more goes into the batch that was begun."""
        if self._batch:
            kept = marshal.dumps([_plain(each) for each in self._batch])
            self._connection.execute("INSERT INTO kept (number, products) VALUES (?, ?)", (self._batches, kept))
            self._batch, self._size, self._batches = [], (0, 0), self._batches + 1

    def batch(self, number: int) -> list[ProductRows]:
        """The products of a batch, counted from 0."""
        kept, = self._connection.execute("SELECT products FROM kept WHERE number = ?", (number,)).fetchone()
        # It is read by who wrote it, out of a file that nobody else can open.
        return [_product(each) for each in marshal.loads(kept)]  # noqa: S302

    def products(self) -> Iterator[ProductRows]:
        """All products, in the order in which they were kept."""
        for number in range(len(self)):
            yield from self.batch(number)


def _plain(rows: ProductRows) -> tuple[Any, ...]:
    *values, images, variants = rows
    return (*values, [(image.source, image.alt) for image in images], list(map(tuple, variants)))


def _product(plain: tuple[Any, ...]) -> ProductRows:
    *values, images, variants = plain
    return ProductRows._make((*values, tuple([Image(*each) for each in images]), tuple(map(_variant, variants))))


_variant = partial[VariantRow](tuple.__new__, VariantRow)  # as `_make`, in less than half the time
