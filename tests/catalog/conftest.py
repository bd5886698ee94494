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
from tests.indexed import answer_by_index

Bring = Callable[..., ImportReport]


@pytest.fixture
def catalog(database: Database, clock: FakeClock) -> Catalog:
    """The catalog of an empty shop."""
    return catalog_of(database, clock)


@pytest.fixture(params=["SQL", "the index"])
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is browsed is found by SQL, as in small shops, and then by the index, as in large ones."""
    if request.param == "the index":
        answer_by_index(monkeypatch)


@pytest.fixture
def bring(catalog: Catalog, tmp_path: Path) -> Bring:
    """Imports rows of product CSV."""

    def bring(*rows: CsvRow, dry_run: bool = False, assume_tracked: bool = False) -> ImportReport:
        path = write_csv(tmp_path / "products.csv", *rows)
        return catalog.import_csv(path, dry_run=dry_run, assume_tracked=assume_tracked)

    return bring
