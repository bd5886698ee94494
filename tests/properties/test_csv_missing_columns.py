"""Law 11: of the products that an import names, it touches only what its columns name."""
from __future__ import annotations

import csv
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

from hypothesis import event, example, given
from hypothesis import strategies as st

from shopkeeper.catalog.csv_columns import COLUMNS
from shopkeeper.errors import ImportFailed
from tests.catalogs import contents, write_csv
from tests.properties.test_csv_round_trip import _FILES, Rows, empty_shops, short

_SPECIFICATIONS = ("Origin (product.metafields.custom.origin)", "Fabric (product.metafields.custom.fabric)")
_COLUMNS = [*(classic for name, classic, _ in COLUMNS if name != "handle"), *_SPECIFICATIONS]
_OF_PRODUCTS = {"Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Status",
                "Gift Card", *_SPECIFICATIONS}
_OPTIONS = {f"Option{i} {what}" for i in (1, 2, 3) for what in ("Name", "Value")}


def exported(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(rows: Rows, columns: Collection[str]) -> Rows:
    return [{name: text for name, text in row.items() if name == "Handle" or name in columns} for row in rows]


@short
@given(rows=_FILES, columns=st.sets(st.sampled_from(_COLUMNS)), with_options=st.booleans())
def test_some_columns_of_an_export_change_nothing(
        empty_database: Path, rows: Rows, columns: set[str], with_options: bool) -> None:
    if with_options:
        columns |= _OPTIONS
    with empty_shops(empty_database, 1) as (folder, ((database, catalog),)):
        catalog.import_csv(write_csv(folder / "in.csv", *rows))
        catalog.export_csv(folder / "out.csv")
        before = contents(database)
        sheet = write_csv(folder / "some.csv", *only(exported(folder / "out.csv"), columns))
        try:
            assert catalog.import_csv(sheet).unchanged == 2
        except ImportFailed as refused:
            # Without its options it may be impossible to tell which row is which variant.
            assert not columns >= _OPTIONS
            assert all(problem.line for problem in refused.problems)
            event("refused")
        assert contents(database) == before


@short
@given(rows=_FILES, price=st.integers(0, 9_999), columns=st.sets(st.sampled_from(_COLUMNS)))
@example(rows=[{"Handle": "mug", "Title": "Mug", "Variant Price": "5"}], price=700, columns=set())
def test_a_price_sheet_changes_prices_alone(
        empty_database: Path, rows: Rows, price: int, columns: set[str]) -> None:
    with empty_shops(empty_database, 1) as (folder, ((_, catalog),)):
        catalog.import_csv(write_csv(folder / "in.csv", *rows))
        catalog.export_csv(folder / "before.csv")
        priced = [row | ({"Variant Price": f"{Decimal(price) / 100:.2f}"} if row["Variant Price"] else {})
                  for row in exported(folder / "before.csv")]
        catalog.import_csv(write_csv(folder / "some.csv", *only(priced, {*columns, *_OPTIONS, "Variant Price"})))
        catalog.export_csv(folder / "after.csv")
        for row in priced:
            if row["Variant Compare At Price"] and Decimal(row["Variant Compare At Price"]) * 100 <= price:
                row["Variant Compare At Price"] = ""
        assert exported(folder / "after.csv") == priced


@short
@given(first=_FILES, second=_FILES, columns=st.sets(st.sampled_from(_COLUMNS)))
def test_values_without_a_column_stay_whatever_the_others_say(
        empty_database: Path, first: Rows, second: Rows, columns: set[str]) -> None:
    with empty_shops(empty_database, 1) as (folder, ((database, catalog),)):
        catalog.import_csv(write_csv(folder / "in.csv", *first))
        catalog.export_csv(folder / "before.csv")
        before = contents(database)
        try:
            catalog.import_csv(write_csv(folder / "some.csv", *only(second, columns)))
        except ImportFailed:
            assert contents(database) == before
            return
        catalog.export_csv(folder / "after.csv")
        for column in _OF_PRODUCTS - columns:
            was, now = of_products(folder / "before.csv", column), of_products(folder / "after.csv", column)
            # A product that has no category stands in its type.
            kept = {handle for handle in was if was[handle] or column != "Product Category"}
            assert {handle: now[handle] for handle in kept} == {handle: was[handle] for handle in kept}
        assert catalog.import_csv(folder / "after.csv").unchanged == 2


def of_products(path: Path, column: str) -> dict[str, str]:
    """Return what the column says of each product, by handle: its first row speaks for it."""
    return {row["Handle"]: row.get(column, "") for row in reversed(exported(path))}
