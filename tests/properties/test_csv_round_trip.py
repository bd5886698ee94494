"""Law 11: import, export, import is a fixed point; a refused import changes nothing; what is not named stays."""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product as combinations
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.catalog.model import Product
from shopkeeper.catalog.service import Catalog
from shopkeeper.clock import system_clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import ImportFailed
from tests.catalogs import catalog_of, contents, shown, write_csv

Rows = list[dict[str, str]]

# Short texts out of what has gone wrong in real files: entities, markup, odd blanks, separators of this very format.
_SIGNS = st.sampled_from([*"aAbB12 é<>&;\"',|\n=[]", "\u00a0", "\u2028", "\u202e", "e\u0301", "&amp;", "&lt;", "<p>",
                          "<li>", "• ", ">", "🧵"])
_TEXT = st.lists(_SIGNS, max_size=8).map("".join)
_TITLE = _TEXT.map(lambda text: f"T{text}")
_OPTION_NAMES = ("Size", "COLOR", "Colour ", "Title", "Band&nbsp;Width", "fabric", "Größe")
_OPTION_COLUMNS = {f"Option{i} {what}": "" for i in (1, 2, 3) for what in ("Name", "Value")}
_LABELS = ("S", "s ", "XL", "9", "10", "Red", "100 g", "1 kg", "&amp;", "-30°", "30°", "Default Title")
_CENTS = st.integers(0, 9999).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
_FLAG = st.sampled_from(["", "true", "FALSE"])


def _without_counts(product: Product | None) -> Product | None:
    return product and replace(product, categories=tuple(replace(each, count=0) for each in product.categories))


@st.composite
def product_rows(draw: st.DrawFn, handle: str) -> Rows:
    """A product that a file may hold: its first row speaks for all of it, and images may outnumber variants."""
    names = draw(st.lists(st.sampled_from(_OPTION_NAMES), max_size=2, unique_by=lambda name: name.strip()[:4].lower()))
    choices = st.lists(st.sampled_from(_LABELS), min_size=1, max_size=3, unique_by=lambda label: label.strip().lower())
    kinds = [draw(choices) for _ in names]
    rows = [_variant(draw, handle, labels) for labels in combinations(*kinds)]
    listed = draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    rows = [row for i, row in enumerate(rows) if i in listed]
    rows += [{"Handle": handle} for _ in range(draw(st.integers(0, 2)))]
    for row in rows:
        row["Image Src"] = draw(st.sampled_from(["", "mug", "https://a.b/c?d=1&copy=2"]))
        row["Image Alt Text"] = draw(_TEXT)
    rows[0] = _OPTION_COLUMNS | rows[0] | {f"Option{i} Name": name for i, name in enumerate(names, start=1)}
    rows[0] |= {
        "Title": draw(_TITLE), "Body (HTML)": draw(_TEXT), "Vendor": draw(_TEXT), "Tags": draw(_TEXT),
        "Type": draw(st.sampled_from(["", "Mug", "MUG", "A > B", "Uncategorized"])),
        "Product Category": draw(st.sampled_from(["", "A > B", "a>b > C &amp; D", "Uncategorized", "★"])),
        "Status": draw(st.sampled_from(["", "active", "draft", "archived"])), "Published": draw(_FLAG),
        "Gift Card": draw(_FLAG), "Origin (product.metafields.custom.origin)": draw(_TEXT),
        "Fabric (product.metafields.custom.fabric)": draw(_TEXT),
    }
    return rows


def _variant(draw: st.DrawFn, handle: str, labels: tuple[str, ...]) -> dict[str, str]:
    return {
        "Handle": handle,
        **{f"Option{i} Value": label for i, label in enumerate(labels, start=1)},
        "Variant SKU": draw(st.sampled_from(["", "X", "=1+1"])),
        "Variant Price": draw(_CENTS),
        "Variant Compare At Price": draw(st.one_of(st.just(""), _CENTS)),
        "Variant Inventory Tracker": draw(st.sampled_from(["", "shopify"])),
        "Variant Inventory Qty": draw(st.sampled_from(["", "-2", "0", "7"])),
        "Variant Inventory Policy": draw(st.sampled_from(["", "deny", "continue"])),
        "Variant Requires Shipping": draw(_FLAG),
    }


_FILES = st.tuples(*(product_rows(handle) for handle in ("mug", "tee"))).map(lambda parts: [*parts[0], *parts[1]])


@contextmanager
def empty_shops(empty_database: Path, count: int) -> Iterator[tuple[Path, list[tuple[Database, Catalog]]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        databases = [Database.open(str(copy(empty_database, folder / f"{i}.db"))) for i in range(count)]
        yield folder, [(database, catalog_of(database, system_clock)) for database in databases]
        for database in databases:
            database.close()


short = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@short
@given(first=_FILES, second=_FILES)
def test_import_export_import_is_a_fixed_point(empty_database: Path, first: Rows, second: Rows) -> None:
    with empty_shops(empty_database, 2) as (folder, ((database, catalog), (other, fresh))):
        for rows in (first, second):
            catalog.import_csv(write_csv(folder / "in.csv", *rows))
        before = contents(database)
        assert catalog.import_csv(folder / "in.csv").unchanged == 2
        assert contents(database) == before
        catalog.export_csv(folder / "out.csv")
        assert catalog.import_csv(folder / "out.csv").unchanged == 2
        assert contents(database) == before
        fresh.import_csv(folder / "out.csv")
        assert shown(other, fresh) == shown(database, catalog)
        assert fresh.categories() == catalog.categories()
        fresh.export_csv(folder / "again.csv")
        assert (folder / "again.csv").read_text("utf-8") == (folder / "out.csv").read_text("utf-8")


@short
@given(rows=_FILES, other=_FILES, wrong=st.sampled_from([
    {"Variant Price": "?"}, {"Variant Price": "-1"}, {"Status": "secret"}, {"Title": ""}, {"Handle": ""}]))
def test_a_refused_import_changes_nothing(empty_database: Path, rows: Rows, other: Rows, wrong: dict[str, str]) -> None:
    with empty_shops(empty_database, 1) as (folder, ((database, catalog),)):
        catalog.import_csv(write_csv(folder / "in.csv", *rows))
        before = contents(database)
        with pytest.raises(ImportFailed):
            catalog.import_csv(write_csv(folder / "wrong.csv", {**other[0], **wrong}, *other[1:]))
        assert contents(database) == before


@short
@given(first=_FILES, second=product_rows("mug"))
def test_an_import_touches_only_what_it_names_and_deletes_no_variant(
        empty_database: Path, first: Rows, second: Rows) -> None:
    with empty_shops(empty_database, 1) as (folder, ((database, catalog),)):
        catalog.import_csv(write_csv(folder / "in.csv", *first))
        before, rows = shown(database, catalog), contents(database)
        catalog.import_csv(write_csv(folder / "mug.csv", *second))
        after = contents(database)
        # A category's count is of all products: the mug may have come or gone.
        assert _without_counts(shown(database, catalog)["tee"]) == _without_counts(before["tee"])
        assert {row[:3] for row in rows["variant"]} <= {row[:3] for row in after["variant"]}
        assert set(rows["variant_option"]) <= set(after["variant_option"])
