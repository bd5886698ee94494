"""Real exports: each imports, is opened, and goes round through export."""
from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.catalog.model import Query
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.catalogs import catalog_of, contents, shown, write_csv
from tests.conftest import FakeClock

FOLDER = Path(__file__).parents[3] / "shared" / "catalogs"
# How many products and variants each file has: its titles, and its rows with an inventory policy.
FILES = {
    "apparel.csv": (20, 22),
    "department-store.csv": (1244, 4969),
    "hair.csv": (84, 445),
    "home-and-garden.csv": (20, 21),
    "jewelery.csv": (20, 23),
    "streetwear.csv": (30, 147),
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the folder of real exports, {FOLDER}, is not here")


@pytest.fixture
def other(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Database, Catalog]]:
    """Another, empty shop."""
    database = Database.open(str(tmp_path / "other.db"))
    migrate(database)
    yield database, catalog_of(database, clock)
    database.close()


def listed(catalog: Catalog) -> set[str]:
    """The handles on all pages of the whole catalog."""
    page = catalog.browse(Query(), limit=200)
    handles = {card.handle for card in page.products}
    while page.next_cursor:
        page = catalog.browse(Query(), limit=200, cursor=page.next_cursor)
        handles |= {card.handle for card in page.products}
    return handles


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", FILES)
def test_a_real_export_imports_and_a_second_import_changes_nothing(
        name: str, catalog: Catalog, database: Database, clock: FakeClock) -> None:
    products, variants = FILES[name]
    first = catalog.import_csv(FOLDER / name)
    assert (first.products, first.variants, first.created) == (products, variants, products)
    before = contents(database)
    clock.advance(60)
    second = catalog.import_csv(FOLDER / name)
    assert (second.created, second.updated, second.unchanged) == (0, 0, products)
    assert contents(database) == before


@pytest.mark.parametrize("name", FILES)
def test_every_active_product_of_a_real_export_can_be_found_and_opened(
        name: str, catalog: Catalog, database: Database) -> None:
    catalog.import_csv(FOLDER / name)
    rows = [row for row in rows_of(FOLDER / name) if row["Title"]]
    live = {row["Handle"] for row in rows if row.get("Status", "") in {"active", ""} and row["Published"] == "true"}
    opened = {handle: product for handle, product in shown(database, catalog).items() if product}
    assert opened.keys() == live
    assert all(product.variants for product in opened.values())
    assert listed(catalog) == live
    for product in list(opened.values())[::10]:
        found = catalog.browse(Query(text=product.title), limit=200)
        assert product.handle in {card.handle for card in found.products}


@pytest.mark.parametrize("name", FILES)
def test_a_real_export_comes_out_as_it_went_in(
        name: str, catalog: Catalog, database: Database, other: tuple[Database, Catalog], tmp_path: Path) -> None:
    catalog.import_csv(FOLDER / name)
    catalog.export_csv(tmp_path / "out.csv")
    again = catalog.import_csv(tmp_path / "out.csv")
    assert (again.unchanged, again.products) == (FILES[name][0], FILES[name][0])
    other[1].import_csv(tmp_path / "out.csv")
    assert shown(*other) == shown(database, catalog)
    assert other[1].categories() == catalog.categories()
    other[1].export_csv(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_some_columns_of_a_real_export_change_nothing(
        name: str, catalog: Catalog, database: Database, tmp_path: Path) -> None:
    catalog.import_csv(FOLDER / name)
    before, rows = contents(database), rows_of(FOLDER / name)
    options = {column for column in rows[0] if column.startswith("Option")}
    for columns in ({"Tags", "Vendor"}, {*options, "Variant Price"}, {*options, "Title", "Variant SKU", "Image Src"}):
        some = [{column: text for column, text in row.items() if column in {"Handle", *columns}} for row in rows]
        assert catalog.import_csv(write_csv(tmp_path / "some.csv", *some)).unchanged == FILES[name][0]
        assert contents(database) == before


def test_all_real_exports_live_in_one_shop(catalog: Catalog, database: Database) -> None:
    for name in FILES:
        catalog.import_csv(FOLDER / name)
    before = contents(database)
    for name in FILES:
        assert catalog.import_csv(FOLDER / name).unchanged == FILES[name][0]
    assert contents(database) == before
    assert catalog.product("chain-bracelet").options[0].code == "color"
