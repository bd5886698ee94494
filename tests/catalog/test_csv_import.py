"""What product CSV means, and what an import touches."""
from __future__ import annotations

import gc
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shopkeeper import ImportFailed, NotFound, Query
from shopkeeper.catalog import csv_sheet
from shopkeeper.catalog.service import Catalog
from shopkeeper.catalog.tables import product, stock, variant
from shopkeeper.database.engine import Database
from shopkeeper.inventory.tables import stock_movement
from shopkeeper.money import Money
from tests.catalog.conftest import Bring
from tests.catalogs import contents, simple
from tests.conftest import FakeClock

TEE = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "COLOR",
       "Option2 Value": "Red", "Variant Price": "20"}


def more(size: str, color: str, **cells: str) -> dict[str, str]:
    return {"Handle": "tee", "Option1 Value": size, "Option2 Value": color, "Variant Price": "20", **cells}


def test_rows_of_one_handle_are_one_product_wherever_they_stand(bring: Bring, catalog: Catalog) -> None:
    report = bring(TEE, simple("mug"), more("M", "Red"), simple("cup"), more("S", "Blue"))
    assert (report.products, report.variants, report.created) == (3, 5, 3)
    tee = catalog.product("tee")
    assert [dict(each.options) for each in tee.variants] == [
        {"size": "S", "color": "Red"}, {"size": "M", "color": "Red"}, {"size": "S", "color": "Blue"}]
    assert [(option.label, [choice.label for choice in option.choices]) for option in tee.options] == [
        ("Size", ["S", "M"]), ("COLOR", ["Blue", "Red"])]


def test_default_title_means_no_options(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Variant SKU": "M-1"}))
    mug = catalog.product("mug")
    assert mug.options == ()
    assert mug.variant().sku == "M-1"
    assert mug.variant().options == {}


@pytest.mark.parametrize("name", ["Title", "Price"])
def test_an_option_may_be_called_title_or_price(name: str, bring: Bring, catalog: Catalog) -> None:
    row = {"Handle": "card", "Title": "Gift card", "Option1 Name": name, "Option1 Value": "10", "Variant Price": "10"}
    bring(row, {"Handle": "card", "Option1 Value": "25", "Variant Price": "25"})
    card = catalog.product("card")
    assert [option.code for option in card.options] == [name.lower()]
    assert card.variant(**{name.lower(): "25"}).price == Money(2500, "USD")


def test_image_rows_are_images_and_images_stand_by_position(bring: Bring, catalog: Catalog) -> None:
    bring(
        {**TEE, "Image Src": "front.png", "Image Position": "2", "Image Alt Text": "Front &amp; sleeve"},
        {"Handle": "tee", "Image Src": "label.png", "Image Position": "1"},
    )
    tee = catalog.product("tee")
    assert [(image.source, image.alt) for image in tee.images] == [("label.png", ""), ("front.png", "Front & sleeve")]
    assert len(tee.variants) == 1


def test_a_blank_tracker_means_untracked(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Variant Inventory Tracker": "", "Variant Inventory Qty": "3"}))
    assert catalog.product("mug").variant().available is None


def test_a_blank_tracker_is_counted_where_that_is_asked_for(bring: Bring, catalog: Catalog) -> None:
    row = simple("mug", **{"Variant Inventory Tracker": "", "Variant Inventory Qty": "3"})
    bring(row, assume_tracked=True)
    assert catalog.product("mug").variant().available == 3


@pytest.mark.parametrize(("policy", "available"), [("deny", 0), ("", 0), ("FALSE", 0), ("continue", None),
                                                   ("TRUE", None)])
def test_what_sells_on_when_sold_out_has_no_limit(
        policy: str, available: int | None, bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "0",
                           "Variant Inventory Policy": policy}))
    assert catalog.product("mug").variant().available == available


def test_a_negative_quantity_is_none_and_the_report_says_so(bring: Bring, catalog: Catalog) -> None:
    report = bring(simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "-3"}))
    assert catalog.product("mug").variant().available == 0
    assert [(each.line, each.handle) for each in report.problems] == [(2, "mug")]


def test_what_is_reserved_cannot_be_counted_away(bring: Bring, database: Database) -> None:
    tracked = {"Variant Inventory Tracker": "shopify"}
    bring(simple("mug", **tracked, **{"Variant Inventory Qty": "5"}))
    with database.write() as connection:
        connection.execute(stock.update().values(reserved=3))
    report = bring(simple("mug", **tracked, **{"Variant Inventory Qty": "1"}))
    with database.read() as connection:
        assert connection.execute(select(stock.c.on_hand, stock.c.reserved)).one() == (3, 3)
    assert "reserved" in report.problems[0].message


def test_a_file_without_quantities_leaves_the_stock_alone(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "5"}))
    report = bring(simple("mug", **{"Variant Inventory Tracker": "shopify"}))
    assert report.unchanged == 1
    assert catalog.product("mug").variant().available == 5


@pytest.mark.parametrize(("compare_at", "kept"), [("", None), ("0", None), ("0.00", None), ("12.50", None),
                                                  ("9", None), ("15", Money(1500, "USD"))])
def test_a_former_price_counts_only_if_it_was_higher(
        compare_at: str, kept: Money | None, bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Variant Compare At Price": compare_at}))
    assert catalog.product("mug").variant().compare_at == kept


@pytest.mark.parametrize("hidden", [{"Status": "draft"}, {"Status": "archived"}, {"Published": "false"}])
def test_what_is_not_for_sale_is_kept_but_not_shown(
        hidden: dict[str, str], bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    bring(simple("mug", **hidden))
    assert not catalog.is_empty()
    with pytest.raises(NotFound):
        catalog.product("mug")
    catalog.export_csv(tmp_path / "out.csv")
    assert "mug" in (tmp_path / "out.csv").read_text("utf-8")


def test_shipping_is_needed_unless_the_file_says_no_or_it_is_a_gift_card(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug"), simple("ebook", **{"Variant Requires Shipping": "false"}),
          simple("voucher", **{"Gift Card": "true"}))
    assert catalog.product("mug").variant().requires_shipping
    assert not catalog.product("ebook").variant().requires_shipping
    assert not catalog.product("voucher").variant().requires_shipping


@pytest.mark.parametrize(("category", "kind", "path"), [
    ("Home > Kitchen > Mugs", "Cup", ["Home", "Kitchen", "Mugs"]),
    ("", "Cup", ["Cup"]),
    ("Uncategorized", "Cup", ["Cup"]),
    ("Uncategorized", "", []),
    ("", "", []),
])
def test_a_product_stands_in_its_category_else_in_its_type(
        category: str, kind: str, path: list[str], bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Product Category": category, "Type": kind}))
    assert [each.name for each in catalog.product("mug").categories] == path
    assert catalog.product("mug").product_type == kind


def test_html_becomes_paragraphs(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug", **{"Body (HTML)": "<p>Holds&nbsp;tea &amp; <b>coffee</b>.</p><script>alert(1)</script>"
                                          "<ul><li>Blue</li>\n<li><p>Red</p></li></ul>Two<br>lines"}))
    assert catalog.product("mug").description == "Holds tea & coffee.\n\n• Blue\n• Red\n\nTwo\nlines"


def test_entities_blanks_and_hidden_characters_are_cleaned(bring: Bring, catalog: Catalog) -> None:
    bring({"Handle": "tee", "Title": "Tee\u202e &amp; \u2028Shirt\u00a0\u200bXL", "Option1 Name": "Band&nbsp;Width ",
           "Option1 Value": "2&quot;\x07", "Variant Price": " 20.00 ", "Vendor": "Me &lt;You"})
    tee = catalog.product("tee")
    assert (tee.title, tee.vendor) == ("Tee & Shirt XL", "Me <You")
    assert tee.options[0].label == "Band Width"
    assert tee.variant(band_width='2"').price == Money(2000, "USD")


def test_metafields_of_the_custom_namespace_are_specifications(
        bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "attributes.toml").write_text(
        '[heat]\nlabel = "Brewing temperature"\ntype = "number"\nunit = "°C"\n[vegan]\ntype = "boolean"\n', "utf-8")
    catalog.import_attributes(tmp_path / "attributes.toml")
    bring(simple("tea", **{"Temp (product.metafields.custom.heat)": "92", "Vegan (product.metafields.custom.vegan)":
                           "TRUE", "Origin (product.metafields.custom.origin)": "Assam &amp; Nilgiri",
                           "Ignored (product.metafields.reviews.rating)": "5"}))
    assert [(spec.code, spec.label, spec.value) for spec in catalog.product("tea").specs] == [
        ("heat", "Brewing temperature", "92 °C"), ("vegan", "Vegan", "yes"), ("origin", "Origin", "Assam & Nilgiri")]


def test_a_specification_of_any_code_is_found_again(bring: Bring) -> None:
    rows = (simple("tea", **{"Origin (product.metafields.custom.origin)": "Assam",
                             "Origin (product.metafields.custom.Origin=)": "India"}),)
    bring(*rows)
    assert bring(*rows).unchanged == 1


def test_the_same_sku_may_stand_on_many_variants(bring: Bring, catalog: Catalog) -> None:
    bring({**TEE, "Variant SKU": "X"}, more("M", "Red", **{"Variant SKU": "X"}), simple("mug", **{"Variant SKU": "X"}))
    assert [each.sku for each in catalog.product("tee").variants] == ["X", "X"]


def test_an_import_touches_only_the_products_it_names(bring: Bring, catalog: Catalog) -> None:
    bring(simple("mug"), simple("cup"))
    before = catalog.product("cup")
    report = bring(simple("mug", Title="Great mug"))
    assert (report.products, report.updated) == (1, 1)
    assert catalog.product("cup") == before


def test_a_second_import_writes_nothing(bring: Bring, database: Database, clock: FakeClock) -> None:
    rows = (TEE, more("M", "Blue"), simple("mug", **{"Variant Inventory Tracker": "shopify",
                                                     "Variant Inventory Qty": "4"}))
    bring(*rows)
    before = contents(database)
    clock.advance(3600)
    assert bring(*rows).unchanged == 2
    assert contents(database) == before


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(bring: Bring, database: Database) -> None:
    bring(simple("mug"))
    before = contents(database)
    report = bring(simple("mug", Title="Other"), TEE, dry_run=True)
    assert (report.created, report.updated) == (1, 1)
    assert contents(database) == before


def test_a_variant_no_longer_listed_is_archived_and_comes_back_as_itself(
        bring: Bring, catalog: Catalog, database: Database) -> None:
    bring(TEE, more("M", "Red"))
    was = catalog.product("tee").variant(size="M").id
    bring(TEE)
    assert [each.options["size"] for each in catalog.product("tee").variants] == ["S"]
    with database.read() as connection:
        assert connection.scalar(select(variant.c.archived).where(variant.c.id == was)) is True
    bring(TEE, more("M", "Red"))
    assert catalog.product("tee").variant(size="M").id == was


def test_options_in_another_order_keep_the_variants(bring: Bring, catalog: Catalog) -> None:
    bring(TEE, more("M", "Red"))
    was = {each.options["size"]: each.id for each in catalog.product("tee").variants}
    turned = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Color", "Option1 Value": "Red", "Option2 Name": "Size",
              "Option2 Value": "S", "Variant Price": "20"}
    report = bring(turned, {**turned, "Title": "", "Option2 Value": "M"})
    tee = catalog.product("tee")
    assert report.updated == 1
    assert [option.code for option in tee.options] == ["color", "size"]
    assert {each.options["size"]: each.id for each in tee.variants} == was


def test_another_option_makes_other_variants_and_archives_the_old(
        bring: Bring, catalog: Catalog, database: Database) -> None:
    bring(TEE, more("M", "Red"))
    bring({**TEE, "Option3 Name": "Fit", "Option3 Value": "Slim"})
    assert [dict(each.options) for each in catalog.product("tee").variants] == [
        {"size": "S", "color": "Red", "fit": "Slim"}]
    with database.read() as connection:
        assert connection.scalar(select(func.count()).where(variant.c.archived == 1)) == 2


def test_stock_that_changed_is_booked_once(bring: Bring, database: Database) -> None:
    for quantity in ("5", "3", "3"):
        bring(simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": quantity}))
    with database.read() as connection:
        booked = select(stock_movement.c.quantity).order_by(stock_movement.c.id)
        assert connection.scalars(booked).all() == [5, -2]


def test_when_a_product_changed_is_remembered(bring: Bring, database: Database, clock: FakeClock) -> None:
    bring(simple("mug"))
    made = clock()
    clock.advance(60)
    bring(simple("mug", Title="Better mug"))
    with database.read() as connection:
        assert connection.execute(select(product.c.created_at, product.c.updated_at)).one() == (made, clock())


def test_garbage_is_looked_for_seldom_while_an_import_goes_on_and_then_as_before(
        catalog: Catalog, bring: Bring, tmp_path: Path) -> None:
    bring(simple("mug"))
    before, meanwhile = gc.get_threshold(), list[int]()
    catalog.import_csv(tmp_path / "products.csv", progress=lambda *_: meanwhile.append(gc.get_threshold()[0]))
    with pytest.raises(ImportFailed):
        catalog.import_csv(tmp_path / "none.csv")
    assert min(meanwhile) > before[0]
    assert gc.get_threshold() == before


def test_progress_is_told_in_lines_and_ends_at_the_whole(
        catalog: Catalog, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_sheet, "_BATCH", 2)
    bring(*(simple(f"mug-{n}") for n in range(29)))
    told: list[tuple[int, int]] = []
    catalog.import_csv(tmp_path / "products.csv", progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert [total for _, total in told] == [30] * len(told)
    assert told[-1] == (30, 30)
    assert len(told) > 5


def test_a_hundred_values_of_one_option(bring: Bring, catalog: Catalog) -> None:
    rows = [{"Handle": "hair", "Option1 Value": f"{n} g", "Variant Price": "1"} for n in range(100, 0, -1)]
    bring({**rows[0], "Title": "Hair", "Option1 Name": "Weight"}, *rows[1:])
    labels = [choice.label for choice in catalog.product("hair").options[0].choices]
    assert labels == [f"{n} g" for n in range(1, 101)]


def test_what_changes_is_found_by_what_it_is_now(bring: Bring, catalog: Catalog) -> None:
    def found(*words: str) -> list[int]:
        return [catalog.browse(Query(word)).total for word in words]

    bring(TEE, simple("mug", **{"Variant SKU": "OLD-1"}))
    bring(simple("mug", **{"Variant SKU": "OLD-1", "Variant Price": "9"}))
    assert found("mug", "old", "9") == [1, 1, 0]
    bring(simple("mug", Title="Bowl", **{"Variant SKU": "OLD-1"}))
    assert found("bowl", "old") == [1, 1]
    bring(simple("mug", Title="Bowl", **{"Variant SKU": "NEW-1"}))
    assert found("bowl", "new", "old") == [1, 1, 0]
