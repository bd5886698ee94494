"""Sheets that lack columns: what these would say stays as it is, and nothing is guessed."""
from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from shopkeeper import ImportFailed, Money, NotFound
from shopkeeper.catalog import csv_sheet
from shopkeeper.catalog.service import Catalog
from shopkeeper.catalog.tables import stock, variant
from shopkeeper.database.engine import Database
from shopkeeper.errors import Problem
from shopkeeper.text import clean
from tests.catalog.conftest import Bring
from tests.catalogs import CsvRow, contents, shown, simple

LAMP = {
    "Handle": "lamp", "Title": "Desk lamp", "Body (HTML)": "<p>Bends both ways.</p>", "Vendor": "Oak & Co",
    "Product Category": "Home > Lamps", "Type": "Lamp", "Tags": "desk, light", "Option1 Name": "Color",
    "Option1 Value": "Green", "Variant SKU": "LAMP-G", "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "5", "Variant Inventory Policy": "deny", "Variant Price": "40.00",
    "Variant Compare At Price": "50.00", "Image Src": "lamp.jpg", "Image Alt Text": "A lamp", "Status": "active",
    "Variant Image": "green.jpg", "Material (product.metafields.custom.material)": "Brass",
}
BLUE = {name: LAMP[name] for name in LAMP if name.startswith(("Handle", "Variant"))} | {
    "Option1 Value": "Blue", "Variant SKU": "LAMP-B", "Variant Inventory Qty": "6", "Variant Image": ""}
TEASER = simple("teaser", Status="draft", **{"Variant SKU": "TEASE-1"})
SIZED = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "Color",
         "Option2 Value": "Red", "Variant Price": "20"}


@pytest.fixture(autouse=True)
def lamps(bring: Bring) -> None:
    bring(LAMP, BLUE, TEASER)


def refused(bring: Bring, *rows: CsvRow) -> list[Problem]:
    """Return the problems for which a file with these rows is refused."""
    with pytest.raises(ImportFailed) as error:
        bring(*rows)
    return [*error.value.problems]


def named(handle: str, **cells: str) -> CsvRow:
    return {"Handle": handle, **cells}


@pytest.mark.parametrize("rows", [
    [{"Option1 Name": "Color", "Option1 Value": "Green"}, {"Option1 Value": "Blue"}],
    [{"Option1 Value": "green "}, {"Option1 Value": "BLUE"}],
    [{"Variant SKU": "LAMP-G"}, {"Variant SKU": "LAMP-B"}],
    [{"Variant SKU": "LAMP-B"}, {"Variant SKU": "LAMP-G"}],
    [{}, {}],
], ids=["by options", "by labels", "by SKU", "by SKU in another order", "all the same"])
def test_a_price_sheet_changes_prices_and_nothing_else(
        rows: list[CsvRow], bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    catalog.export_csv(tmp_path / "before.csv")
    report = bring(*[named("lamp", **row, **{"Variant Price": "35"}) for row in rows])
    assert (report.updated, report.problems) == (1, ())
    catalog.export_csv(tmp_path / "after.csv")
    expected = (tmp_path / "before.csv").read_text("utf-8").replace(",40.00,", ",35.00,")
    assert (tmp_path / "after.csv").read_text("utf-8") == expected


def test_in_many_batches_a_price_sheet_changes_the_same(
        bring: Bring, catalog: Catalog, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_sheet, "_BATCH", 1)
    before = shown(database, catalog)["lamp"]
    bring(named("teaser", **{"Variant SKU": "TEASE-1", "Variant Price": "9"}),
          named("lamp", **{"Variant SKU": "LAMP-B", "Variant Price": "41"}),
          named("lamp", **{"Variant SKU": "LAMP-G", "Variant Price": "40"}))
    after = shown(database, catalog)["lamp"]
    assert before
    assert after
    assert (before.description, before.specs, before.variants[0]) == (after.description, after.specs, after.variants[0])
    assert after.variants[1].price == Money(4100, "USD")


@pytest.mark.parametrize("column", [name for name in LAMP if name not in {
    "Handle", "Option1 Name", "Option1 Value", "Variant SKU", "Image Alt Text"}])
def test_a_sheet_of_one_column_changes_nothing_where_it_says_what_is_so(
        column: str, bring: Bring, database: Database) -> None:
    before = contents(database)
    rows = [{name: row.get(name, "") for name in ("Handle", "Variant SKU", column)} for row in (LAMP, BLUE)]
    assert bring(*rows).unchanged == 1
    assert contents(database) == before


@pytest.mark.parametrize("sku", ["Variant SKU", "SKU"])
def test_a_sheet_without_handles_finds_variants_by_sku(sku: str, bring: Bring, catalog: Catalog) -> None:
    report = bring({sku: "TEASE-1", "Price": "9", "Inventory quantity": ""},
                   {sku: "LAMP-B", "Price": "41", "Inventory quantity": "9"})
    assert (report.updated, report.problems) == (2, ())
    assert [(each.sku, each.price.minor, each.available) for each in catalog.product("lamp").variants] == [
        ("LAMP-G", 4000, 5), ("LAMP-B", 4100, 9)]


def test_an_sku_of_no_product_or_of_several_is_refused(bring: Bring, database: Database) -> None:
    bring(simple("cup", **{"Variant SKU": "LAMP-B"}))
    before = contents(database)
    rows = [{"SKU": sku, "Price": "1"} for sku in ("LAMP-B", "LAMP-G", "X")]
    assert [line for line, *_ in refused(bring, *rows)] == [2, 4]
    assert contents(database) == before


def test_a_draft_stays_a_draft(bring: Bring, catalog: Catalog) -> None:
    bring(named("teaser", Title="Teaser", **{"Variant Price": "95"}))
    with pytest.raises(NotFound):
        catalog.product("teaser")


def test_a_blank_cell_under_a_column_that_is_there_empties_the_value(bring: Bring, catalog: Catalog) -> None:
    bring(named("lamp", Vendor="", **{"Material (product.metafields.custom.material)": ""}))
    lamp = catalog.product("lamp")
    assert (lamp.vendor, lamp.specs) == ("", ())
    assert lamp.description
    assert len(lamp.variants) == 2


def test_a_new_product_needs_a_title_and_a_price(bring: Bring, database: Database) -> None:
    before = contents(database)
    assert refused(bring, named("lamp", Vendor="Me"), named("vase", Vendor="Me")) == [
        (3, "vase", "This product is new: it needs a price, and the file has no column Variant Price."),
        (3, "vase", "This product is new: it needs a title, and the file has no column Title."),
    ]
    assert contents(database) == before


def test_a_new_product_gets_defaults_for_what_has_no_column(bring: Bring, catalog: Catalog) -> None:
    bring({"Handle": "vase", "Title": "Vase", "Variant Price": "3"})
    vase = catalog.product("vase")
    assert (vase.vendor, vase.variant().available, vase.variant().requires_shipping) == ("", None, True)


def test_a_new_variant_needs_a_price(bring: Bring) -> None:
    (line, handle, message), = refused(bring, {
        "Handle": "lamp", "Option1 Name": "Color", "Option1 Value": "Pink", "Variant SKU": "LAMP-P"})
    assert (line, handle) == (2, "lamp")
    assert "needs a price" in message


def test_a_sheet_that_lists_some_variants_archives_the_others(bring: Bring, catalog: Catalog) -> None:
    bring({"Handle": "lamp", "Option1 Name": "Color", "Option1 Value": "Blue", "Variant Price": "40"})
    assert [each.sku for each in catalog.product("lamp").variants] == ["LAMP-B"]


def test_a_sheet_without_options_archives_no_variant(bring: Bring, catalog: Catalog) -> None:
    bring(named("lamp", **{"Variant SKU": "LAMP-B", "Variant Price": "41"}))
    assert [(each.sku, each.price.minor) for each in catalog.product("lamp").variants] == [
        ("LAMP-G", 4000), ("LAMP-B", 4100)]


@pytest.mark.parametrize(("rows", "line", "message"), [
    ([{"Variant Price": "35"}], 2, "The product has 2 variants, and the file has 1 row for them: which variant does"
     " each row mean? Give the file the columns Option1 Name and Option1 Value, or the column Variant SKU."),
    ([{"Variant Price": "35"}, {"Variant Price": "36"}], 2, "has 2 rows for them"),
    ([{"Variant SKU": "LAMP-G", "Variant Price": "35"}, {"Variant SKU": "LAMP-X", "Variant Price": "35"}], 3,
     "The product has no variant with the SKU LAMP-X."),
    ([{"Option1 Value": "Pink", "Variant Price": "35"}], 2, "The product has no variant Pink."),
    ([{"Option2 Value": "Green", "Variant Price": "35"}], 2, "The product has no variant Green."),
    ([{"Variant SKU": "LAMP-G", "Variant Price": ""}], 2, "The price is blank."),
])
def test_a_row_that_may_mean_several_variants_or_none_is_refused(
        rows: list[CsvRow], line: int, message: str, bring: Bring, database: Database) -> None:
    before = contents(database)
    (told, _, why), = refused(bring, *[named("lamp", **row) for row in rows])
    assert told == line
    assert message in why
    assert contents(database) == before


@pytest.mark.parametrize(("column", "text"), [
    ("Variant SKU", ""), ("Option2 Value", ""), ("Option2 Value", "Red"), ("Option1 Name", "")])
def test_rows_that_say_nothing_of_variants_need_not_tell_them_apart(
        column: str, text: str, bring: Bring, catalog: Catalog) -> None:
    bring(SIZED, {"Handle": "tee", "Option1 Value": "M", "Option2 Value": "Red", "Variant Price": "20"})
    bring(named("tee", Vendor="Me", **{column: text}))
    tee = catalog.product("tee")
    assert (tee.vendor, len(tee.variants)) == ("Me", 2)


def test_variants_are_told_by_the_options_that_a_sheet_has(bring: Bring, catalog: Catalog) -> None:
    bring(SIZED, {"Handle": "tee", "Option1 Value": "M", "Option2 Value": "Blue", "Variant Price": "20"})
    bring({"Handle": "tee", "Option1 Name": "SIZE", "Option1 Value": "m", "Variant Price": "25"})
    assert [(dict(each.options), each.price.minor) for each in catalog.product("tee").variants] == [
        ({"size": "S", "color": "Red"}, 2000), ({"size": "M", "color": "Blue"}, 2500)]


def test_two_rows_of_a_product_without_options_are_refused(bring: Bring) -> None:
    rows = [named("teaser", **{"Variant SKU": sku, "Variant Price": "1"}) for sku in ("A", "B")]
    assert [line for line, *_ in refused(bring, *rows)] == [3]


def test_a_product_without_options_takes_another_sku(bring: Bring, database: Database) -> None:
    bring(named("teaser", **{"Variant SKU": "TEASE-2"}))
    with database.read() as connection:
        assert connection.scalars(select(variant.c.sku).order_by(variant.c.id)).all() == ["LAMP-G", "LAMP-B", "TEASE-2"]


def test_a_former_price_that_is_not_higher_any_more_goes_and_the_report_says_so(
        bring: Bring, catalog: Catalog) -> None:
    report = bring(named("lamp", **{"Variant SKU": "LAMP-G", "Variant Price": "55"}))
    assert catalog.product("lamp").variants[0].compare_at is None
    assert [(each.line, each.handle) for each in report.problems] == [(2, "lamp")]
    assert "compare-at" in report.problems[0].message


def test_stock_is_counted_on_where_the_sheet_has_no_tracker(bring: Bring, database: Database) -> None:
    bring(named("lamp", **{"Variant SKU": "LAMP-G", "Variant Inventory Qty": "9"}))
    with database.read() as connection:
        rows = connection.execute(select(stock.c.tracked, stock.c.on_hand, stock.c.policy).order_by(stock.c.variant_id))
        assert rows.all()[:2] == [(True, 9, "deny"), (True, 6, "deny")]


def test_a_quantity_of_what_is_not_tracked_is_not_dropped_in_silence(bring: Bring) -> None:
    report = bring(named("teaser", **{"Variant Inventory Qty": "9"}))
    assert report.unchanged == 1
    assert "not used for 1 variant that is not tracked" in report.problems[0].message


@pytest.mark.parametrize(("cells", "why"), [
    ({}, "The file has no column Variant Inventory Qty: 1 tracked variant starts at 0 (sold out)."),
    ({"Variant Inventory Qty": ""}, "Variant Inventory Qty is blank: 1 tracked variant starts at 0 (sold out)."),
])
def test_what_is_sold_out_for_want_of_a_quantity_is_told(cells: CsvRow, why: str, bring: Bring) -> None:
    rows = [simple("vase", **{"Variant Inventory Tracker": "shopify"}, **cells),
            named("cup", Title="Cup", **{"Variant Inventory Tracker": "shopify", "Variant Price": "1",
                                         "Variant Inventory Policy": "continue"})]
    for dry_run in (True, False):
        message, = [each.message for each in bring(*rows, dry_run=dry_run).problems]
        assert message.startswith(why)
        assert "stock set" in message


def test_a_gift_card_needs_no_shipping_where_the_sheet_says_nothing_of_gift_cards(
        bring: Bring, catalog: Catalog) -> None:
    bring(simple("voucher", **{"Gift Card": "true"}))
    bring(named("voucher", **{"Variant Price": "20", "Variant Requires Shipping": ""}))
    assert not catalog.product("voucher").variant().requires_shipping


def test_a_product_without_category_stands_in_its_type_whichever_column_is_missing(
        bring: Bring, catalog: Catalog, database: Database) -> None:
    def path(handle: str) -> list[str]:
        return [each.name for each in catalog.product(handle).categories]

    before = contents(database)["category"]
    bring(named("lamp", Type="Lamp"))
    assert contents(database)["category"] == before
    bring(named("lamp", **{"Product Category": ""}))
    assert path("lamp") == ["Lamp"]
    bring(simple("cup"))
    bring(named("cup", Type="Cups"))
    assert path("cup") == ["Cups"]


def test_pictures_keep_their_texts_and_their_order(bring: Bring, catalog: Catalog) -> None:
    bring({**simple("cup"), "Image Src": "1.jpg", "Image Position": "2", "Image Alt Text": "One"},
          named("cup", **{"Image Src": "2.jpg", "Image Position": "1", "Image Alt Text": "Two"}))
    bring(named("cup", **{"Image Src": "1.jpg"}), named("cup", **{"Image Src": "3.jpg"}),
          named("cup", **{"Image Src": "2.jpg"}))
    assert [(each.source, each.alt) for each in catalog.product("cup").images] == [
        ("2.jpg", "Two"), ("1.jpg", "One"), ("3.jpg", "")]


def test_texts_of_pictures_without_pictures_are_not_dropped_in_silence(bring: Bring) -> None:
    report = bring(named("lamp", **{"Image Alt Text": "Another"}))
    assert report.unchanged == 1
    assert "Image Alt Text is not used" in report.problems[0].message


@pytest.mark.parametrize("column", [
    "Command", "Variant Command", "TAGS COMMAND", "Tags_Command", "TagsCommand", "variant-command", "Tags\u00a0Command",
    " Image  Command ", "Tags/Command:", "\u201cCommand\u201d", "\ufeffcommand", "Ｃｏｍｍａｎｄ", "COMMAND\u200b",
    "Variant.Command"])
def test_a_sheet_of_commands_is_refused(column: str, bring: Bring) -> None:
    (line, _, message), = refused(bring, named("lamp", **{column: "DELETE"}))
    assert line == 1
    assert f"A column {clean(column)} is not understood" in message


def test_a_specification_of_a_command_is_no_command(bring: Bring, catalog: Catalog) -> None:
    bring(named("lamp", **{"Voice command (product.metafields.custom.voice_command)": "Light"}))
    assert [spec.value for spec in catalog.product("lamp").specs if spec.code == "voice_command"] == ["Light"]


def test_an_unlisted_product_comes_in_as_a_draft_and_the_report_says_so(bring: Bring, catalog: Catalog) -> None:
    for dry_run in (True, False):
        report = bring(simple("vase"), simple("gift", Status="Unlisted"), dry_run=dry_run)
        assert [(each.line, each.handle) for each in report.problems] == [(3, "gift")]
        assert "unlisted" in report.problems[0].message
    assert catalog.product("vase")
    with pytest.raises(NotFound):
        catalog.product("gift")
