"""What the sample catalog promises to those who browse, import and test with it."""
from __future__ import annotations

import csv
import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"
SPECIFICATION = re.compile(r".+ \(product\.metafields\.custom\.(?P<code>[a-z_]+)\)")
Row = dict[str, str]


@cache
def products() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    with (DATA / "catalog.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["Handle"], []).append(row)
    return found


@cache
def attributes() -> dict[str, dict[str, Any]]:
    return tomllib.loads((DATA / "attributes.toml").read_text(encoding="utf-8"))


def firsts() -> list[Row]:
    return [rows[0] for rows in products().values()]


def variants() -> list[Row]:
    return [row for rows in products().values() for row in rows]


def titled(title: str) -> list[Row]:
    return next(rows for rows in products().values() if rows[0]["Title"] == title)


def options(first: Row) -> list[str]:
    return [first[f"Option{n} Name"] for n in (1, 2, 3) if first[f"Option{n} Name"]]


def combination(row: Row) -> tuple[str, str, str]:
    return row["Option1 Value"], row["Option2 Value"], row["Option3 Value"]


def code(name: str) -> str:
    return name.lower().replace(" ", "_")


def labels(attribute: dict[str, Any]) -> list[str]:
    return [choice if isinstance(choice, str) else choice["label"] for choice in attribute["choices"]]


def specifications(row: Row) -> dict[str, str]:
    found = ((SPECIFICATION.fullmatch(column), value) for column, value in row.items())
    return {match["code"]: value for match, value in found if match and value}


def sold_out(row: Row) -> bool:
    tracked = row["Variant Inventory Tracker"] == "shopify"
    return tracked and row["Variant Inventory Qty"] == "0" and row["Variant Inventory Policy"] == "deny"


def test_there_is_a_shop_full_of_things() -> None:
    assert 90 <= len(products()) <= 110
    assert 650 <= len(variants()) <= 800
    assert len({first["Type"] for first in firsts()}) >= 12
    assert 10 <= len({first["Vendor"] for first in firsts()}) <= 14


def test_categories_are_two_levels_deep() -> None:
    paths = [first["Product Category"].split(" > ") for first in firsts()]
    assert {len(path) for path in paths} == {2}
    assert 6 <= len({path[0] for path in paths}) <= 8


def test_rows_of_one_product_stand_together() -> None:
    seen: list[str] = []
    with (DATA / "catalog.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not seen or seen[-1] != row["Handle"]:
                seen.append(row["Handle"])
    assert len(seen) == len(set(seen))


def test_lines_end_as_on_unix() -> None:
    for path in [DATA / "catalog.csv", DATA / "attributes.toml", *DATA.glob("pictures/*.txt")]:
        content = path.read_bytes()
        assert b"\r" not in content and content.endswith(b"\n"), path.name


def test_what_describes_a_product_stands_on_its_first_row_only() -> None:
    described = ["Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Status"]
    for first, *others in products().values():
        assert all(first[column] for column in [*described, "Option1 Name", "Gift Card"]), first["Handle"]
        for row in others:
            assert not any(row[column] for column in [*described, "Option1 Name", "Gift Card", "Image Src"])
            assert not specifications(row)


def test_every_description_is_html_and_no_two_are_alike() -> None:
    bodies = [first["Body (HTML)"] for first in firsts()]
    assert all(body.startswith("<p>") and body.endswith(("</p>", "</ul>")) for body in bodies)
    assert len(set(bodies)) == len(bodies)
    assert any("<ul>" in body for body in bodies) and any("&amp;" in body for body in bodies)


def test_every_product_has_two_to_four_tags() -> None:
    assert all(2 <= len(first["Tags"].split(", ")) <= 4 for first in firsts())


def test_every_option_value_is_a_known_choice() -> None:
    for rows in products().values():
        names = options(rows[0])
        for row in rows:
            values = [value for value in combination(row) if value]
            assert len(values) == len(names), row["Variant SKU"]
            if names == ["Title"]:
                assert values == ["Default Title"] and len(rows) == 1
                continue
            for name, value in zip(names, values, strict=True):
                assert value in labels(attributes()[code(name)]), (row["Handle"], name, value)


def test_every_specification_is_known_and_fits_its_type() -> None:
    for first in firsts():
        for name, value in specifications(first).items():
            attribute = attributes()[name]
            if attribute["type"] == "choice":
                assert value in labels(attribute), (first["Handle"], name, value)
            elif attribute["type"] == "number":
                assert Decimal(value) > 0
            elif attribute["type"] == "boolean":
                assert value in {"true", "false"}
            else:
                assert attribute["type"] == "text"


def test_every_specification_describes_at_least_two_products() -> None:
    used = [name for first in firsts() for name in specifications(first)]
    assert len(set(used)) >= 12
    assert all(used.count(name) >= 2 for name in used)


def test_a_kind_uses_an_attribute_as_option_or_as_specification_never_as_both() -> None:
    kinds: dict[str, tuple[set[str], set[str]]] = {}
    for first in firsts():
        as_option, as_specification = kinds.setdefault(first["Type"], (set(), set()))
        as_option.update(code(name) for name in options(first))
        as_specification.update(specifications(first))
    assert all(not (chosen & told) for chosen, told in kinds.values())


def test_the_vocabulary_is_well_formed() -> None:
    names: list[str] = []
    for key, attribute in attributes().items():
        assert attribute["type"] in {"text", "number", "boolean", "choice", "color"}, key
        assert ("choices" in attribute) == (attribute["type"] in {"choice", "color"}), key
        if "choices" in attribute:
            assert len(set(labels(attribute))) == len(attribute["choices"]), key
        if attribute["type"] == "color":
            assert all(re.fullmatch(r"#[0-9a-f]{6}", choice["hex"]) for choice in attribute["choices"]), key
        names += [name.casefold() for name in (attribute["label"], *attribute.get("aliases", []))]
    assert len(set(names)) == len(names), "a name means one attribute"


def test_measures_stand_in_the_order_of_their_size() -> None:
    factors = {"": 1.0, "cm": 1.0, "ml": 1.0, "l": 1000.0, "g": 1.0, "kg": 1000.0, "m": 1.0, "%": 1.0}
    counted = ("cocoa", "set_of", "eu_size", "kids_size", "hat_size")
    for key in ("weight", "capacity", "length", "volume", *counted):
        measures = [label.partition(" ") for label in labels(attributes()[key])]
        amounts = [float(number) * factors[unit] for number, _, unit in measures]
        assert amounts == sorted(amounts), key


def test_every_variant_is_one_of_a_kind() -> None:
    for handle, rows in products().items():
        combinations = [combination(row) for row in rows]
        assert len(set(combinations)) == len(combinations), handle
    skus = [row["Variant SKU"] for row in variants()]
    assert all(skus) and len(set(skus)) == len(skus)


def test_prices_are_money() -> None:
    for row in variants():
        assert re.fullmatch(r"\d+\.\d\d", row["Variant Price"]) and Decimal(row["Variant Price"]) > 0
        if before := row["Variant Compare At Price"]:
            assert Decimal(before) > Decimal(row["Variant Price"]), row["Variant SKU"]


def test_stock_is_told_for_every_variant() -> None:
    for row in variants():
        assert row["Variant Inventory Tracker"] in {"shopify", ""}
        assert row["Variant Inventory Policy"] in {"deny", "continue"}
        assert row["Variant Requires Shipping"] in {"true", "false"}
        assert int(row["Variant Inventory Qty"]) >= 0


def test_there_is_something_of_every_state() -> None:
    stock = [int(row["Variant Inventory Qty"]) for row in variants() if row["Variant Inventory Tracker"]]
    assert sum(quantity == 0 for quantity in stock) >= 50
    assert sum(1 <= quantity <= 5 for quantity in stock) >= 50
    assert sum(all(sold_out(row) for row in rows) for rows in products().values()) >= 4
    assert sum(bool(first["Variant Compare At Price"]) for first in firsts()) >= 8
    assert {row["Variant Inventory Policy"] for row in variants()} == {"deny", "continue"}
    assert any(not row["Variant Inventory Tracker"] for row in variants())


def test_some_combinations_are_not_made() -> None:
    def full(rows: list[Row]) -> int:
        first, second, third = (set(values) for values in zip(*map(combination, rows), strict=True))
        return len(first) * len(second) * len(third)

    assert sum(full(rows) > len(rows) for rows in products().values()) >= 10


def test_a_few_products_are_not_for_sale() -> None:
    states = [(first["Status"], first["Published"]) for first in firsts()]
    assert {status for status, _ in states} == {"active", "draft", "archived"}
    assert sum(status == "archived" for status, _ in states) == 1
    assert sum(published == "false" for _, published in states) == 3


def test_names_hold_what_names_hold_elsewhere() -> None:
    titles = " ".join(first["Title"] for first in firsts())
    vendors = " ".join(first["Vendor"] for first in firsts())
    assert all(word in titles for word in ("Café", "Crème Brûlée", "Jalapeño", "Smörgås", "[XL]", "’", "&"))
    assert "&" in vendors and "’" in vendors


def test_the_gift_card_is_neither_shipped_nor_counted() -> None:
    cards = [rows for rows in products().values() if rows[0]["Gift Card"] == "true"]
    assert [rows[0]["Title"] for rows in cards] == ["Gift Card"]
    assert [row["Option1 Value"] for row in cards[0]] == ["$10", "$25", "$50", "$75", "$100"]
    for row in cards[0]:
        assert row["Variant Requires Shipping"] == "false" and row["Variant Inventory Tracker"] == ""
        assert Decimal(row["Option1 Value"].removeprefix("$")) == Decimal(row["Variant Price"])


def test_every_picture_that_is_named_exists() -> None:
    named = {first["Image Src"] for first in firsts()}
    assert named == {path.stem for path in DATA.glob("pictures/*.txt")}
    assert all(first["Image Alt Text"] for first in firsts())


def test_every_picture_is_twenty_lines_of_twenty_four() -> None:
    for path in DATA.glob("pictures/*.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 20, path.name
        assert all(re.fullmatch(r"[.#+\-o*w]{24}", line) for line in lines), path.name


def test_the_essential_hoodie_comes_in_four_sizes_and_four_colors() -> None:
    rows = titled("Essential Hoodie")
    first = rows[0]
    assert (first["Handle"], first["Vendor"]) == ("essential-hoodie", "Northwind")
    assert (first["Product Category"], options(first)) == ("Apparel > Hoodies", ["Size", "Color"])
    sizes, colors = ("S", "M", "L", "XL"), ("Black", "Moss", "Slate", "Sand")
    assert [combination(row)[:2] for row in rows] == [(size, color) for size in sizes for color in colors]
    assert {row["Variant Price"] for row in rows} == {"58.00"}
    assert [row["Variant Inventory Qty"] for row in rows if combination(row)[:2] == ("M", "Black")] == ["14"]


def test_the_zip_hoodie_is_on_sale_has_no_moss_in_l_and_no_slate_left_in_xxl() -> None:
    rows = {combination(row)[:2]: row for row in titled("Zip Hoodie")}
    assert {row["Variant Compare At Price"] for row in rows.values()} == {"64.00"}
    assert {row["Variant Price"] for row in rows.values()} == {"48.00"}
    assert ("L", "Moss") not in rows
    assert sold_out(rows["XXL", "Slate"])


def test_the_trail_hoodie_costs_more_the_larger_it_is() -> None:
    prices = [Decimal(row["Variant Price"]) for row in titled("Trail Hoodie")]
    assert prices == sorted(prices)
    assert (prices[0], prices[-1]) == (Decimal("72.00"), Decimal("79.00"))


def test_the_things_that_the_screens_show_are_there() -> None:
    assert all(sold_out(row) for row in titled("Kids’ Hoodie"))
    assert {row["Variant Price"] for row in titled("Hooded Rain Jacket")} == {"129.00"}
    assert options(titled("Sour Worms")[0]) == ["Flavor", "Weight"]
    assert titled("Rainy Day Mug")


def test_nothing_before_the_essential_hoodie_is_found_by_hood() -> None:
    for first in firsts():
        if first["Title"].casefold() < "essential hoodie":
            told = " ".join(first[column] for column in ("Title", "Body (HTML)", "Tags", "Vendor", "Type"))
            assert not re.search(r"\bhood", told, re.IGNORECASE), first["Title"]
