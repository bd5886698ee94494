"""A catalog to bring products into."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper.catalog.model import ImportReport
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from tests.catalogs import CsvRow, catalog_of, write_csv
from tests.conftest import FakeClock

Bring = Callable[..., ImportReport]


@pytest.fixture
def catalog(database: Database, clock: FakeClock) -> Catalog:
    """The catalog of an empty shop."""
    return catalog_of(database, clock)


@pytest.fixture
def bring(catalog: Catalog, tmp_path: Path) -> Bring:
    """Imports rows of product CSV."""

    def bring(*rows: CsvRow, dry_run: bool = False, assume_tracked: bool = False) -> ImportReport:
        path = write_csv(tmp_path / "products.csv", *rows)
        return catalog.import_csv(path, dry_run=dry_run, assume_tracked=assume_tracked)

    return bring
