"""Opening a product, and the tree of categories."""
from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select

from shopkeeper import InvalidInput, NotFound, Query, Shop
from shopkeeper.catalog import categories
from shopkeeper.catalog.model import Category
from shopkeeper.catalog.service import Catalog
from shopkeeper.catalog.variants import variant_specifications, variants
from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from tests.catalog.conftest import Bring
from tests.catalogs import simple
from tests.conftest import FakeClock
from tests.factories import add_product

TEE = [
    {"Handle": "tee", "Title": "Tee [XL]", "Vendor": "Northwind", "Type": "T-shirt", "Tags": "soft, new, Soft",
     "Product Category": "Apparel > Tees", "Option1 Name": "Size", "Option1 Value": "M", "Option2 Name": "Color",
     "Option2 Value": "Black", "Variant SKU": "T-M-B", "Variant Price": "20", "Variant Inventory Tracker": "shopify",
     "Variant Inventory Qty": "3", "Fabric (product.metafields.custom.fabric)": "Cotton"},
    {"Handle": "tee", "Option1 Value": "S", "Option2 Value": "Black", "Variant Price": "19"},
    {"Handle": "tee", "Option1 Value": "S", "Option2 Value": "Red", "Variant Price": "19"},
]


@pytest.mark.parametrize("wrong_by", [1e8, -1e8])
def test_newest_is_the_order_of_arrival_whatever_the_clock_said(
    shop: Shop, clock: FakeClock, wrong_by: float
) -> None:
    add_product(shop, "First")
    clock.advance(wrong_by)
    add_product(shop, "Second")
    clock.advance(60 - wrong_by)
    add_product(shop, "Third")
    newest = shop.catalog.browse(Query(sort="newest")).products
    assert [card.title for card in newest] == ["Third", "Second", "First"]


def test_a_product_says_all_there_is_to_know(bring: Bring, catalog: Catalog) -> None:
    bring(*TEE)
    tee = catalog.product("tee")
    assert (tee.title, tee.vendor, tee.product_type, tee.tags) == ("Tee [XL]", "Northwind", "T-shirt", ("soft", "new"))
    assert [each.slug for each in tee.categories] == ["apparel", "apparel/tees"]
    assert [each.count for each in tee.categories] == [1, 1]
    assert [(spec.label, spec.value) for spec in tee.specs] == [("Fabric", "Cotton")]
    assert [(each.code, [choice.label for choice in each.choices]) for each in tee.options] == [
        ("size", ["S", "M"]), ("color", ["Black", "Red"])]
    assert [each.price for each in tee.variants] == [Money(2000, "USD"), Money(1900, "USD"), Money(1900, "USD")]


def test_a_variant_is_chosen_by_its_options_in_any_case(bring: Bring, catalog: Catalog) -> None:
    bring(*TEE)
    tee = catalog.product("tee")
    assert tee.variant(size="m", color="BLACK").sku == "T-M-B"
    assert tee.variant(color="red").options == {"size": "S", "color": "Red"}
    with pytest.raises(NotFound, match="not made in"):
        tee.variant(size="M", color="Red")
    with pytest.raises(InvalidInput, match="choose Color"):
        tee.variant(size="S")


def test_there_is_no_product_with_an_unknown_handle(catalog: Catalog) -> None:
    with pytest.raises(NotFound) as missing:
        catalog.product("' OR 1=1 --")
    assert missing.value.code == "not_found"


def test_a_shop_is_empty_until_a_product_is_there(bring: Bring, catalog: Catalog) -> None:
    assert catalog.is_empty()
    assert catalog.categories() == ()
    bring(simple("mug", Status="draft"))
    assert not catalog.is_empty()


def test_categories_count_what_is_in_them_and_below(bring: Bring, catalog: Catalog) -> None:
    bring(simple("a", Type="Zines"), simple("b", **{"Product Category": "Home > Mugs"}),
          simple("c", **{"Product Category": "HOME > Cups & Glasses"}), simple("d", **{"Product Category": "Home"}),
          simple("hidden", Status="draft", Type="Secrets"), simple("nowhere"))
    assert catalog.categories() == (
        Category("home", "Home", 3, (
            Category("home/cups-glasses", "Cups & Glasses", 1),
            Category("home/mugs", "Mugs", 1),
        )),
        Category("zines", "Zines", 1),
    )


@pytest.mark.parametrize("counts", [categories._BELOW, categories._IN_EACH])
def test_the_products_of_a_category_are_counted_without_reading_them(counts: Select[Any], database: Database) -> None:
    with database.read() as connection:
        statement = counts.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert "product USING COVERING INDEX ix_product_category_id_status_published" in str(plan)


def test_carts_and_orders_find_variants_by_id(bring: Bring, catalog: Catalog, database: Database) -> None:
    bring(*TEE)
    first, second, _ = catalog.product("tee").variants
    bring(TEE[0])
    with database.read() as connection:
        found = variants(connection, [first.id, second.id, 999], "USD")
        specs = variant_specifications(connection, [first.id, second.id, 999])
    assert list(found) == [first.id, second.id]
    one = found[first.id]
    assert (one.handle, one.title, one.sku, one.price) == ("tee", "Tee [XL]", "T-M-B", Money(2000, "USD"))
    assert (one.options, one.available, one.live) == ({"size": "M", "color": "Black"}, 3, True)
    assert specs == {first.id: {"Fabric": "Cotton"}, second.id: {"Fabric": "Cotton"}}
    assert not found[second.id].live


def test_a_variant_of_a_hidden_product_is_not_live(bring: Bring, catalog: Catalog, database: Database) -> None:
    bring(simple("mug"))
    id_ = catalog.product("mug").variant().id
    bring(simple("mug", Published="false"))
    with database.read() as connection:
        assert not variants(connection, [id_], "USD")[id_].live
