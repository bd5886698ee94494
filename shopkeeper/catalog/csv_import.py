"""Product CSV in: a file's products are read, checked and written; all of the file lands or none."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from shopkeeper.catalog import csv_parse, csv_read, lengths
from shopkeeper.catalog.availability import Receive
from shopkeeper.catalog.csv_names import Named, Names
from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.catalog.csv_sheet import Sheet
from shopkeeper.catalog.csv_write import Written, write
from shopkeeper.catalog.model import ImportReport, Progress
from shopkeeper.catalog.search import reindex
from shopkeeper.errors import ImportFailed, Problem

# A batch is what is in memory at once: so many products, or as many as have so many variants or characters.
_BATCH = 500
_BATCH_VARIANTS = 5_000
_BATCH_TEXT = 2_000_000
_SHOWN = 10
_MOST_PROBLEMS = 1_000


class ProductFile:
    """The products of a file, read and checked, ready to be written."""

    def __init__(self, name: str, sheet: Sheet, currency: str, *, assume_tracked: bool,
                 progress: Progress | None) -> None:
        """Checks what the file says.

        Raises:
            ImportFailed: With every line that is wrong, or the first thousand.
        """
        self._name = name
        self._sheet = sheet
        self._currency = currency
        self._assume_tracked = assume_tracked
        self._done = _counter(2 * len(sheet), progress)
        self._refuse([*lengths.of_columns(sheet.specs), *sheet.too_large()])
        self._named = Named()
        self._check()

    def _check(self) -> None:
        problems: list[Problem] = []
        for each in self._products(problems):
            problems += lengths.of_product(each)
            try:
                self._named.add(each)
            except ValueError as error:
                problems.append(Problem(each.line, each.handle, str(error)))
            self._done()
            if len(problems) >= _MOST_PROBLEMS:
                break
        self._refuse(problems)

    def _products(self, problems: list[Problem]) -> Iterator[ProductRows]:
        return csv_parse.products(self._sheet, self._currency, assume_tracked=self._assume_tracked, problems=problems)

    def save(self, connection: Connection, now: datetime, receive: Receive) -> ImportReport:
        """Writes what differs from what is there; the report counts products.

        Raises:
            ImportFailed: A product has two options which this shop knows as one.
        """
        names = Names(connection, self._named, self._sheet.specs)
        self._refuse(names.problems(self._products([])))
        counts: Counter[str] = Counter()
        notes: list[Problem] = []
        # The products are read a second time: all of them are more than the memory holds.
        for batch in _batches(self._products([])):
            written = self._save_batch(connection, names, batch, now, receive)
            counts.update(products=len(batch), variants=sum(len(each.variants) for each in batch),
                          created=len(written.created), updated=len(written.updated), unchanged=written.unchanged,
                          notes=len(written.notes))
            notes += written.notes[: _MOST_PROBLEMS - len(notes)]
        return ImportReport(
            products=counts["products"],
            variants=counts["variants"],
            created=counts["created"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            skipped=0,
            problems=(*sorted(notes), *_more(counts["notes"] - len(notes))),
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
        wrong = sorted(problems)[:_MOST_PROBLEMS]
        shown = [f"line {each.line}: {each.handle}: {each.message}" for each in wrong[:_SHOWN]]
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise ImportFailed("\n".join([f"{self._name} was refused; nothing was changed.", *shown, *more]), wrong)


@contextmanager
def opened(path: Path, currency: str, *, assume_tracked: bool, progress: Progress | None) -> Iterator[ProductFile]:
    """The products of a file.

    Raises:
        ImportFailed: It is no product CSV, or says something that cannot be.
    """
    with csv_read.read(path) as sheet:
        yield ProductFile(path.name, sheet, currency, assume_tracked=assume_tracked, progress=progress)


def _batches(products: Iterator[ProductRows]) -> Iterator[Sequence[ProductRows]]:
    batch: list[ProductRows] = []
    variants = text = 0
    for each in products:
        variants += len(each.variants)
        text += len(each.description)
        if len(batch) == _BATCH or (batch and (variants > _BATCH_VARIANTS or text > _BATCH_TEXT)):
            yield batch
            batch, variants, text = [], len(each.variants), len(each.description)
        batch.append(each)
    if batch:
        yield batch


def _more(number: int) -> list[Problem]:
    return [Problem(0, "", f"The same is true of {number:,} more lines.")] if number else []


def _counter(total: int, progress: Progress | None) -> Callable[[], None]:
    so_far = 0

    def done() -> None:
        nonlocal so_far
        so_far += 1
        if progress:
            progress(so_far, total)

    return done
