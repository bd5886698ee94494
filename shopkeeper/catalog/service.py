"""Catalog: what callers ask of the things that are sold. Each verb stands in a module of its own."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from shopkeeper import log
from shopkeeper.catalog import browse, categories, products
from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.availability import Forget, Receive
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Category, ImportReport, Product, Progress, Query
from shopkeeper.catalog.tables import product
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.settings import Settings


class Catalog:
    """Products to browse and to open, and product CSV in and out."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, *, receive: Receive,
                 forget: Forget) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._receive = receive
        self._forget = forget
        self._keeper = Keeper(database)

    def browse(self, query: Query, *, limit: int = 50, cursor: str | None = None, start: int | None = None,
               around: int | None = None) -> BrowsePage:
        """One page of what matches the query, at most `limit` (1 to 200) products; the rule stands in `browse.py`.

        `cursor` is the `next_cursor` of the page before. Products that stay as they are are neither skipped nor
        repeated from page to page, whatever happens to others.

        Or it begins at position `start`, from 0; behind the end there are no products. `around` is the id of a product
        whose page is wanted, of those that begin at 0, `limit`, twice `limit` and so on; where it is not in the result
        (any more), `start` holds. The page's `start` says where it begins.

        Raises:
            InvalidInput: Query, limit, cursor or position cannot be; the message says which part of it, and what can.
        """
        with self._database.read() as connection:
            currency = self._settings.read(connection).currency
            return browse.page(connection, query, limit, cursor, currency, self._keeper, start=start, around=around)

    def is_preparing(self) -> bool:
        """Whether the index of a large shop is being made: until it is there, pages take longer. This takes no time."""
        return self._keeper.is_making()

    def needs_index(self) -> bool:
        """Whether the shop is so large that it has an index, or is to have one."""
        with self._database.read() as connection:
            return self._keeper.is_needed(connection)

    def make_index(self) -> None:
        """Makes the index now, and keeps it for the programs that come: else the first one that browses does so."""
        self._keeper.make()

    def close(self) -> None:
        """Ends what goes on aside."""
        self._keeper.close()

    def product(self, handle: str) -> Product:
        """The product with this handle.

        Raises:
            NotFound: There is none, or shoppers do not see it: a draft, archived or not published.
        """
        with self._database.read() as connection:
            return products.live(connection, handle, self._settings.read(connection).currency)

    def categories(self) -> tuple[Category, ...]:
        """The tree of the categories in which there are products, by name."""
        with self._database.read() as connection:
            return categories.live_tree(connection)

    def is_empty(self) -> bool:
        """Whether there is no product at all, seen or unseen."""
        with self._database.read() as connection:
            return connection.execute(select(product.c.id).where(arrived(product.c.id)).limit(1)).first() is None

    def import_attributes(self, path: str | Path) -> None:
        """Reads an attributes file (TOML): labels, types, units and aliases of attributes, and their choices in order.

        What the file does not name stays as it is; reading it twice changes nothing.

        Raises:
            ImportFailed: The message says which attribute is wrong; nothing was changed.
        """
        from shopkeeper.catalog import attributes_file

        entries = attributes_file.read(Path(path))
        with self._database.write() as connection:
            attributes_file.save(connection, Path(path), entries)

    def import_csv(self, path: str | Path, *, dry_run: bool = False, assume_tracked: bool = False,
                   progress: Progress | None = None) -> ImportReport:
        """Reads a product CSV file (a Shopify export, by its classic or its current header); all of it or none.

        Products that the file names become as its columns say: what has no column stays as it is, and a blank cell
        empties the value. Variants that it does not list are archived, unless it lacks columns of the product's
        options: then each row changes the variant that it means. Other products are not touched. `dry_run` does
        everything but keep it. `assume_tracked` counts the stock of variants without a tracker, too. `progress` is
        told how far it is, in lines of the file. The report's `problems` are what was not taken as it stood. Shoppers
        buy meanwhile; what the file brings they see all at once, at the end.

        Raises:
            ImportFailed: With the number of every line that is wrong; nothing was changed.
            DatabaseUnavailable: Another import has not ended within ten seconds, or what else keeps it from writing.
        """
        from shopkeeper.catalog import csv_import
        from shopkeeper.catalog.csv_skus import handle_finder

        with csv_import.opened(Path(path), self._settings.currency, handle_finder(self._database),
                               assume_tracked=assume_tracked, progress=progress) as file:
            if dry_run:
                return file.compare(self._database)
            report = file.save(self._database, self._arrival_time(), self._receive, self._forget)
        log.event("imported", file=str(path), products=report.products, created=report.created, updated=report.updated)
        return report

    def _arrival_time(self) -> datetime:
        """Return when new products come: never before those that are there, whatever clocks said, for `newest`."""
        with self._database.read() as connection:
            latest: datetime | None = connection.scalar(select(func.max(product.c.created_at)))
        return max(self._clock(), latest) if latest else self._clock()

    def export_csv(self, path: str | Path) -> None:
        """Writes all products as product CSV with the classic header; import of it changes nothing.

        Raises:
            InvalidInput: The file cannot be written.
        """
        from shopkeeper.catalog.csv_export import export

        with self._database.read() as connection:
            export(connection, Path(path), self._settings.read(connection).currency)
