"""Product CSV in: a file's products are read, checked and written; all of the file lands or none.

It is read and checked before anything is written. A file of one batch is written in one transaction. Of a longer one,
each batch has its own, so that shoppers can buy between them: what is new goes in unseen (`arrivals.py`), and the last
transaction changes what was there before and publishes all. So nobody sees anything of an import before all of it is
there, and one that is killed has changed nothing that can be seen; it is started again.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select

from shopkeeper.catalog import arrivals, csv_check, csv_helpers, csv_prepare, csv_read, lengths
from shopkeeper.catalog.availability import Forget, Receive
from shopkeeper.catalog.csv_kept import KeptProducts
from shopkeeper.catalog.csv_merge import Merger
from shopkeeper.catalog.csv_named import Named
from shopkeeper.catalog.csv_names import Names
from shopkeeper.catalog.csv_notes import Notes
from shopkeeper.catalog.csv_pace import Pace
from shopkeeper.catalog.csv_parse import Rules
from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.csv_settle import settle
from shopkeeper.catalog.csv_sheet import Sheet
from shopkeeper.catalog.csv_skus import FindHandle
from shopkeeper.catalog.csv_state import WantedProduct
from shopkeeper.catalog.csv_write import Compared, change, compare, create
from shopkeeper.catalog.model import ImportReport, Progress
from shopkeeper.catalog.tables import product
from shopkeeper.database.engine import Database
from shopkeeper.errors import ImportFailed, Problem
from shopkeeper.garbage import looked_for_seldom

_SHOWN = 10
_MOST_PROBLEMS = 1_000


class ProductFile:
    """The products of a file, read and checked, ready to be written."""

    def __init__(self, name: str, sheet: Sheet, rules: Rules, pace: Pace) -> None:
        """Checks what the file says.

        Raises:
            ImportFailed: With every line that is wrong, or the first thousand.
        """
        self._name = name
        self._sheet = sheet
        self._pace = pace
        self._named = Named()
        self._kept = KeptProducts(sheet.connection)
        self._scope = Scope(sheet.columns)
        self._doubts: list[Problem] = []
        self._notes = Notes(self._scope)
        self._refuse([*lengths.of_columns(sheet.specs), *sheet.too_large()])
        self._check(rules)

    def _check(self, rules: Rules) -> None:
        problems: list[Problem] = []
        done, number = 0, len(self._sheet)
        check = partial(csv_check.check, rules=rules)
        with csv_helpers.each(check, self._sheet.batches(), number) as checked:
            for batch in checked:
                problems += [*batch.findings.problems, *self._named.join(batch.named)]
                if len(problems) >= _MOST_PROBLEMS:
                    break
                self._doubts += batch.findings.doubts
                self._notes.extend(batch.findings.notes)
                self._kept.add(batch.products)
                done += batch.number
                self._pace.checked(done, number)
        self._refuse(problems)

    def compare(self, database: Database) -> ImportReport:
        """What `save` would do; nothing is changed.

        Raises:
            ImportFailed: A product has two options which this shop knows as one.
        """
        told = _Told(self._notes)
        with database.write() as connection:
            names, merger = self._resolve(connection)
            connection.rollback()
        with self._batches(names) as batches:
            for number, batch in batches:
                with database.read() as connection:
                    told.add(batch, compare(connection, batch, merger))
                self._pace.written(number, len(self._kept))
        self._pace.end()
        return told.report()

    def save(self, database: Database, now: datetime, receive: Receive, forget: Forget) -> ImportReport:
        """Writes what differs from what is there; the report counts products.

        Raises:
            ImportFailed: A product has two options which this shop knows as one.
            DatabaseUnavailable: Another import is under way, or the database cannot be written to.
        """
        with database.alone("import"):
            arrivals.take_out(database, forget)
            if len(self._kept) > 1:
                return self._save_in_steps(database, now, receive)
            told = _Told(self._notes)
            with database.write() as connection:
                names, merger = self._resolve(connection)
                with self._batches(names) as batches:
                    for number, batch in batches:
                        told.add(batch, _write(connection, batch, merger, now, receive))
                        self._pace.written(number, len(self._kept))
            self._pace.end()
            return told.report()

    def _save_in_steps(self, database: Database, now: datetime, receive: Receive) -> ImportReport:
        told, changed = _Told(self._notes), dict[int, set[str]]()
        with database.write() as connection:
            names, merger = self._resolve(connection)
            self._pace.weigh(connection.scalar(select(func.count()).select_from(product)) or 0, len(self._sheet))
        with self._batches(names) as batches:
            for number, batch in batches:
                with database.write() as connection:
                    compared = compare(connection, batch, merger)
                    create(connection, compared.new, now, receive, ahead=True)
                told.add(batch, compared)
                if compared.changed:
                    changed[number] = {each.values.handle for each, _ in compared.changed}
                self._pace.written(number, len(self._kept))
        with self._batches(names, changed) as batches, database.write() as connection:
            for place, (number, batch) in enumerate(batches, start=1):
                again = [each for each in batch if each.values.handle in changed[number]]
                _write(connection, again, merger, now, receive)
                self._pace.changed(place, len(changed))
            arrivals.publish(connection)
        self._pace.end()
        return told.report()

    def _resolve(self, connection: Connection) -> tuple[Names, Merger]:
        """Finds in the shop what the products name, and what those that are there keep."""
        self._refuse(settle(connection, self._scope, self._kept, self._named, self._doubts))
        names = Names(connection, self._named, self._sheet.specs)
        self._refuse(names.problems(self._kept.products()))
        return names, Merger(self._scope, names.specifications)

    @contextmanager
    def _batches(self, names: Names, some: Mapping[int, Collection[str]] | None = None,
                 ) -> Iterator[Iterator[tuple[int, list[WantedProduct]]]]:
        """The batches by number, counted from 1, with products as they are wanted; or `some`, by changed handles."""
        numbers = range(1, len(self._kept) + 1) if some is None else some.keys()
        products = len(self._sheet) if some is None else sum(map(len, some.values()))
        prepare = partial(csv_prepare.prepare, names=names)
        with csv_helpers.each(prepare, self._kept.batches(numbers), products) as batches:
            yield zip(numbers, map(csv_prepare.prepared, batches), strict=True)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if not problems:
            return
        wrong = sorted(problems)[:_MOST_PROBLEMS]
        shown = [": ".join(filter(None, (f"line {each.line}", each.handle, each.message))) for each in wrong[:_SHOWN]]
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise ImportFailed("\n".join([f"{self._name} was refused; nothing was changed.", *shown, *more]), wrong)


class _Told:
    """What is told of an import, as far as it has come."""

    def __init__(self, notes: Notes) -> None:
        self._counts: Counter[str] = Counter()
        self._notes = notes

    def add(self, batch: Sequence[WantedProduct], found: Compared) -> None:
        self._counts.update(products=len(batch), variants=sum(len(each.variants) for each in batch),
                            created=len(found.new), updated=len(found.changed), unchanged=found.unchanged)
        self._notes.join(found.notes)

    def report(self) -> ImportReport:
        counts = {name: self._counts[name] for name in ("products", "variants", "created", "updated", "unchanged")}
        return ImportReport(**counts, skipped=0, problems=tuple(self._notes.problems()))


@contextmanager
def opened(path: Path, currency: str, find_handle: FindHandle, *, assume_tracked: bool,
           progress: Progress | None) -> Iterator[ProductFile]:
    """The products of a file.

    Raises:
        ImportFailed: It is no product CSV, or says something that cannot be.
    """
    pace = Pace(progress)
    with looked_for_seldom(), csv_read.read(path, pace, find_handle) as sheet:
        yield ProductFile(path.name, sheet, Rules(sheet.columns, currency, assume_tracked), pace)


def _write(connection: Connection, batch: Sequence[WantedProduct], merger: Merger, now: datetime,
           receive: Receive) -> Compared:
    compared = compare(connection, batch, merger)
    if compared.new:
        create(connection, compared.new, now, receive)
    if compared.changed:
        change(connection, compared.changed, now, receive)
    return compared
