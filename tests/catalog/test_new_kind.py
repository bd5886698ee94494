"""A kind of product nobody thought of is data only."""
from __future__ import annotations

from pathlib import Path

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
