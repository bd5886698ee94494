"""Product CSV in: a file's products are read, checked and written; all of the file lands or none."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from shopkeeper.catalog import csv_parse, csv_read, lengths
from shopkeeper.catalog.availability import Receive
from shopkeeper.catalog.csv_names import Names
from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.catalog.csv_write import Written, write
from shopkeeper.catalog.model import ImportReport, Progress
from shopkeeper.catalog.search import reindex
from shopkeeper.errors import ImportFailed, Problem
from shopkeeper.text import clean

_BATCH = 500
_SHOWN = 10


class ProductFile:
    """The products of a file, read and checked, ready to be written."""

    def __init__(self, path: Path, currency: str, *, assume_tracked: bool, progress: Progress | None) -> None:
        """Reads the file.

        Raises:
            ImportFailed: With every line that is wrong.
        """
        self._name = path.name
        sheet = csv_read.read(path)
        handles = {clean(row["handle"]) for row in sheet.rows}
        self._done = _counter(2 * len(handles), progress)
        self._specs = sheet.specs
        self._products, problems = csv_parse.products(sheet, currency, assume_tracked=assume_tracked, done=self._done)
        self._refuse(sorted([*problems, *lengths.problems(self._products, sheet.specs)]))

    def save(self, connection: Connection, now: datetime, receive: Receive) -> ImportReport:
        """Writes what differs from what is there; the report counts products.

        Raises:
            ImportFailed: A product has two options which this shop knows as one.
        """
        names = Names(connection, self._products, self._specs)
        self._refuse(names.problems(self._products))
        written = [self._save_batch(connection, names, batch, now, receive) for batch in _batches(self._products)]
        return ImportReport(
            products=len(self._products),
            variants=sum(len(each.variants) for each in self._products),
            created=sum(len(each.created) for each in written),
            updated=sum(len(each.updated) for each in written),
            unchanged=sum(each.unchanged for each in written),
            skipped=0,
            problems=tuple(sorted(note for each in written for note in each.notes)),
        )

    def _save_batch(self, connection: Connection, names: Names, batch: Sequence[ProductRows], now: datetime,
                    receive: Receive) -> Written:
        written = write(connection, [names.wanted(each) for each in batch], now, receive)
        reindex(connection, [*written.created, *written.updated])
        for _ in batch:
            self._done()
        return written

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if not problems:
            return
        shown = [f"line {each.line}: {each.handle}: {each.message}" for each in problems[:_SHOWN]]
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise ImportFailed("\n".join([f"{self._name} was refused; nothing was changed.", *shown, *more]), problems)


def _batches(products: Sequence[ProductRows]) -> list[Sequence[ProductRows]]:
    return [products[start : start + _BATCH] for start in range(0, len(products), _BATCH)]


def _counter(total: int, progress: Progress | None) -> Callable[[], None]:
    so_far = 0

    def done() -> None:
        nonlocal so_far
        so_far += 1
        if progress:
            progress(so_far, total)

    return done
