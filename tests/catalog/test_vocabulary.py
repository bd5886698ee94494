"""One vocabulary: attributes by any spelling, choices in the order people expect."""
from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper.catalog.choice_order import natural
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.errors import ImportFailed
from tests.catalog.conftest import Bring
from tests.catalogs import contents

Teach = Callable[[str], None]


@pytest.fixture
def teach(catalog: Catalog, tmp_path: Path) -> Teach:
    """Imports an attributes file with this text."""

    def teach(text: str) -> None:
        (tmp_path / "attributes.toml").write_text(text, "utf-8")
        catalog.import_attributes(tmp_path / "attributes.toml")

    return teach


def thing(handle: str, option: str, *labels: str) -> list[dict[str, str]]:
    first = {"Handle": handle, "Title": handle, "Option1 Name": option}
    return [{**(first if i == 0 else {"Handle": handle}), "Option1 Value": label, "Variant Price": "1"}
            for i, label in enumerate(labels)]


def choices(catalog: Catalog, handle: str) -> list[str]:
    return [choice.label for choice in catalog.product(handle).options[0].choices]


@pytest.mark.parametrize("spelling", [
    "Color", "COLOR", "color ", "Colour", "\u00a0Colors", "ＣＯＬＯＲ", "co\u200blor"])
def test_every_spelling_of_color_is_one_attribute(spelling: str, bring: Bring, catalog: Catalog) -> None:
    bring(*thing("first", "Color", "Black"), *thing("second", spelling, "BLACK "))
    option = catalog.product("second").options[0]
    assert (option.code, option.label) == ("color", "Color")
    assert [(choice.label, choice.hex) for choice in option.choices] == [("Black", "#1f1f23")]


def test_names_that_differ_in_signs_only_are_attributes_of_their_own(bring: Bring, catalog: Catalog) -> None:
    bring(*thing("a", "Grade C", "1"), *thing("b", "Grade C++", "1"), *thing("c", "grade_c", "1"))
    codes = [catalog.product(handle).options[0].code for handle in "abc"]
    assert codes == ["grade_c", "grade_c_2", "grade_c"]


def test_choices_of_different_sign_or_hyphen_stay_apart(bring: Bring, catalog: Catalog) -> None:
    bring(*thing("stem", "Angle", "30°", "-30°", "+30°"))
    assert len(choices(catalog, "stem")) == 3


def test_names_without_latin_letters_have_codes_too(bring: Bring, catalog: Catalog) -> None:
    bring(*thing("a", "尺寸", "大"), *thing("b", "★", "☆"))
    assert catalog.product("a").variant(尺寸="大")
    assert catalog.product("b").options[0].code


@pytest.mark.parametrize("expected", [
    ["XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL"],
    ["X-Small", "Small", "Medium", "Large", "Extra Large", "XX-Large"],
    ["9", "9.5", "10", "11"],
    ["50 mg", "100 g", "0,5 kg", "1 kg", "2.5 kg"],
    ["50 cm", "1 m", "3 m"],
    ["EU 9", "EU 10", "UK 6"],
    ["S", "S/M", "M", "M/L", "L", "28", "30 x 30", "30 x 32", "One Size"],
    ["Ash", "beige", "Café", "Zinc"],
    ["-30°", "+20°", "45°"],
], ids=lambda labels: labels[0])
def test_choices_nobody_put_in_order_stand_in_their_natural_order(expected: list[str]) -> None:
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=natural) == expected


def test_choices_from_several_products_are_sorted_together(bring: Bring, catalog: Catalog) -> None:
    bring(*thing("a", "Size", "L", "10"))
    bring(*thing("b", "Size", "S", "9", "L"))
    bring(*thing("c", "Size", "L", "S", "10", "9"))
    assert choices(catalog, "c") == ["S", "L", "9", "10"]


def test_the_attributes_file_says_label_type_order_and_colors(teach: Teach, bring: Bring, catalog: Catalog) -> None:
    teach("""
        [grind]
        type = "choice"
        choices = ["Whole bean", "Filter", "Espresso"]
        [farbe]
        label = "Color of the cup"
        type = "color"
        aliases = ["Teint"]
        choices = [{ label = "Night", hex = "#000011" }, "Red"]
    """)
    bring(*thing("coffee", "GRIND", "Espresso", "Aeropress", "whole  bean"), *thing("cup", "teint", "red", "night"))
    assert choices(catalog, "coffee") == ["Whole bean", "Espresso", "Aeropress"]
    option = catalog.product("cup").options[0]
    assert (option.code, option.label) == ("farbe", "Color of the cup")
    assert [(choice.label, choice.hex) for choice in option.choices] == [("Night", "#000011"), ("Red", "#bf2f33")]


def test_an_attributes_file_read_later_puts_in_order_what_is_there(
        teach: Teach, bring: Bring, catalog: Catalog) -> None:
    bring(*thing("coffee", "Grind", "espresso", "filter", "whole bean"))
    before = catalog.product("coffee").variants
    teach('[grind]\ntype = "choice"\nchoices = ["Whole bean", "Filter"]\n')
    assert choices(catalog, "coffee") == ["Whole bean", "Filter", "espresso"]
    assert [each.id for each in catalog.product("coffee").variants] == [each.id for each in before]
    teach('[grind]\ntype = "choice"\nchoices = ["Filter"]\n')
    assert choices(catalog, "coffee") == ["Filter", "espresso", "Whole bean"]


def test_reading_the_attributes_twice_changes_nothing(teach: Teach, database: Database) -> None:
    text = '[size]\nlabel = "Size"\ntype = "choice"\naliases = ["Sizes", "SIZE"]\nchoices = ["S", "M"]\n'
    teach(text)
    before = contents(database)
    teach(text)
    assert contents(database) == before


@pytest.mark.parametrize(("text", "message"), [
    ("size", "no TOML"),
    ("size = 1", "no attribute"),
    ("[Size]", "no attribute"),
    ('[size]\ncolour = "x"', "colour"),
    ('[size]\ntype = "enum"', "type is one of"),
    ("[size]\nlabel = 3", "label"),
    ('[size]\nlabel = " "', "label"),
    ('[size]\nchoices = "S"', "choices is a list"),
    ('[size]\nchoices = [["S"]]', "choices"),
    ('[size]\nchoices = ["S", "s "]', "twice"),
    ('[c]\ntype = "color"\nchoices = [{ label = "Black", hex = "black" }]', "no color"),
    ('[c]\nchoices = [{ label = "Black", rgb = "#000000" }]', "hex"),
    ('[a]\nlabel = "Size"\n[b]\nlabel = "size"', "already"),
    ('[size]\naliases = ["Maat"]\n[maat]', "already"),
])
def test_an_attributes_file_that_makes_no_sense_is_refused(
        text: str, message: str, teach: Teach, database: Database) -> None:
    before = contents(database)
    with pytest.raises(ImportFailed, match=message):
        teach(text)
    assert contents(database) == before
