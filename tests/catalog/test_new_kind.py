"""A kind of product nobody thought of is data only."""
from __future__ import annotations

from pathlib import Path

from shopkeeper import Address, Card, Query, Shop
from shopkeeper.catalog.service import Catalog
from tests.catalogs import write_csv

ATTRIBUTES = """
[gauge]
label = "Gauge"
type = "choice"
choices = ["Extra light 9–42", "Light 10–46", "Medium 11–49"]
[winding]
label = "Winding"
type = "choice"
[scale_length]
label = "Scale length"
type = "number"
unit = "mm"
"""
STRINGS = [
    {"Handle": "slinky", "Title": "Slinky strings", "Type": "Guitar strings", "Option1 Name": "Gauge",
     "Option1 Value": "Light 10–46", "Option2 Name": "Winding", "Option2 Value": "Round wound", "Variant Price": "7.50",
     "Scale length (product.metafields.custom.scale_length)": "648"},
    {"Handle": "slinky", "Option1 Value": "Extra light 9–42", "Option2 Value": "Flat wound", "Variant Price": "8.50"},
    {"Handle": "burly", "Title": "Burly strings", "Type": "Guitar strings", "Option1 Name": "gauge",
     "Option1 Value": "Medium 11–49", "Option2 Name": "WINDING", "Option2 Value": "Round wound", "Variant Price": "9"},
]


def bring_strings(catalog: Catalog, folder: Path) -> None:
    (folder / "attributes.toml").write_text(ATTRIBUTES, "utf-8")
    catalog.import_attributes(folder / "attributes.toml")
    catalog.import_csv(write_csv(folder / "strings.csv", *STRINGS))


def test_guitar_strings_are_chosen_by_gauge_and_winding(catalog: Catalog, tmp_path: Path) -> None:
    bring_strings(catalog, tmp_path)
    strings = catalog.product("slinky")
    assert strings.product_type == "Guitar strings"
    assert [choice.label for choice in strings.options[0].choices] == ["Extra light 9–42", "Light 10–46"]
    assert [(spec.label, spec.value) for spec in strings.specs] == [("Scale length", "648 mm")]
    assert str(strings.variant(gauge="light 10–46", winding="Round wound").price) == "$7.50"


def test_guitar_strings_are_filtered_and_bought(shop: Shop, tmp_path: Path) -> None:
    bring_strings(shop.catalog, tmp_path)
    wanted = Query(options={"gauge": {"light 10–46", "Medium 11–49"}, "winding": {"Round wound"}})
    page = shop.catalog.browse(wanted)
    assert {card.handle for card in page.products} == {"slinky", "burly"}
    assert {facet.code for facet in page.facets} == {"gauge", "winding"}
    none = shop.catalog.browse(Query(options={"gauge": {"Light 10–46"}, "winding": {"Flat wound"}}))
    assert none.total == 0

    session = shop.accounts.register("ada@example.com", "correct horse battery staple", name="Ada")
    variant = shop.catalog.product("slinky").variant(gauge="Light 10–46", winding="Round wound")
    cart = shop.cart.add(session, variant.id, quantity=2)
    order = shop.checkout.place(session, Card.test("4242 4242 4242 4242"), expected_total=cart.total,
                                idempotency_key="strings", address=Address("Ada", "1 Main St", "London", "N1", "GB"))
    line = order.lines[0]
    assert (line.options, line.specs) == (
        {"gauge": "Light 10–46", "winding": "Round wound"}, {"Scale length": "648 mm"})
    assert str(order.total) == "$15.00"
