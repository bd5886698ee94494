"""An exported catalog is opened in a spreadsheet: nothing in it is run there, and it comes back as it was."""
from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from shopkeeper.catalog.csv_formulas import guarded, unguarded
from shopkeeper.catalog.service import Catalog
from shopkeeper.catalog.tables import product
from shopkeeper.database.engine import Database
from tests.catalogs import catalog_of, contents, simple, write_csv
from tests.conftest import FakeClock

Tried = Callable[[str, int], None]

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://a.b","x")', "-2+3+cmd|' /C calc'!A0",
    "'=1", "''=1", "'-30°", "-", "=", "@", "+", "'-", "=&amp;", "=,1", '="1"', "'@", "''''+1", "-5 °C", "= 1",
    "+49 30 1",
]
PLAIN = ["'", "''", "'n Roll", "a=1", "1-2", "'1", "\"=1", ".-", "a'=1"]


@pytest.fixture
def catalog(database: Database, clock: FakeClock) -> Catalog:
    return catalog_of(database, clock)


def everywhere(number: int, text: str) -> dict[str, str]:
    """A product that has the text in every cell that takes any; the cells are as `guarded` makes them."""
    safe = guarded(text)
    return simple(f"{safe} {number}", **dict.fromkeys(
        ("Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Option1 Name", "Option1 Value",
         "Variant SKU", "Image Alt Text", f"{text} a (product.metafields.custom.a{number})"), safe),
        **{"Image Src": "a.png", "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "-2",
           "Variant Inventory Policy": "continue"})


def test_no_cell_goes_out_as_a_formula_and_the_file_comes_back_as_it_was(
        catalog: Catalog, database: Database, tmp_path: Path, tried: Tried) -> None:
    texts = [*FORMULAS, *PLAIN]
    catalog.import_csv(write_csv(tmp_path / "in.csv", *(everywhere(n, text) for n, text in enumerate(texts))))
    catalog.export_csv(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    quantity = rows[0].index("Variant Inventory Qty")
    assert {row[quantity] for row in rows[1:]} == {"-2"}
    cells = [cell for row in rows for place, cell in enumerate(row) if cell and place != quantity]
    assert [cell for cell in cells if cell[0] in "=+-@\t\r"] == []
    before = contents(database)
    assert catalog.import_csv(tmp_path / "out.csv").unchanged == len(texts)
    assert contents(database) == before
    catalog.export_csv(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    tried("cells written", len(cells))


def test_what_is_kept_is_the_text_and_not_its_guard(catalog: Catalog, database: Database, tmp_path: Path) -> None:
    catalog.import_csv(write_csv(tmp_path / "in.csv", simple("a", Title="'=1+1"), simple("b", Title="=1+1"),
                                 simple("c", Title="''=1+1"), simple("d", Title="'n Roll")))
    with database.read() as connection:
        titles = connection.scalars(select(product.c.title).order_by(product.c.handle)).all()
    assert titles == ["=1+1", "=1+1", "'=1+1", "'n Roll"]


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN, "\t=1", "\r1", "'\t", ""])
def test_a_guard_is_put_on_formulas_alone_and_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in set("=+-@\t\r")
    assert (guarded(text) == text) == (text.lstrip("'")[:1] not in set("=+-@\t\r"))
