"""What helps who types: parts of words find titles, and what finds nothing offers what would."""
from __future__ import annotations

import pytest

from shopkeeper.catalog.model import Query
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from tests.shelf import Item, Piece, put_on_shelf

pytestmark = pytest.mark.usefixtures("both")

HOODS = [Item("Zip Hoodie"), Item("Essential Hoodie"), Item("Hooded Rain Jacket"), Item("V-Neckline Tee"), Item("Mug")]


def titles(catalog: Catalog, text: str) -> list[str]:
    return [card.title for card in catalog.browse(Query(text)).products]


def offered(catalog: Catalog, text: str) -> tuple[str, ...]:
    page = catalog.browse(Query(text))
    assert not (page.total and page.suggestions)
    return page.suggestions


# Parts of words

def test_a_part_of_a_word_finds_titles(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    found = {
        "oodie": ["Essential Hoodie", "Zip Hoodie"], "ÖODIE": ["Essential Hoodie", "Zip Hoodie"],
        "acke": ["Hooded Rain Jacket"], "line": ["V-Neckline Tee"], "neck tee": ["V-Neckline Tee"],
        "zip oodie": ["Zip Hoodie"], "oodie sent": ["Essential Hoodie"], "oodie jacket": [], "od": [],
    }
    assert {typed: titles(catalog, typed) for typed in found} == found


def test_a_part_is_looked_for_only_where_no_product_has_it_as_a_word(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [*HOODS, Item("Warmer", description="For the neck.")])
    assert titles(catalog, "neck") == ["V-Neckline Tee", "Warmer"]  # the one begins so
    assert titles(catalog, "neck tee") == []
    assert titles(catalog, "line") == ["V-Neckline Tee"]
    put_on_shelf(database, [*HOODS, Item("Line")])
    assert titles(catalog, "line") == ["Line"]


def test_a_word_before_a_part_is_no_beginning(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Zip Hoodie"), Item("Zipper Hoodie")])
    assert titles(catalog, "zip oodie") == ["Zip Hoodie"]


def test_a_part_is_looked_for_in_titles_alone(database: Database, catalog: Catalog) -> None:
    told = Item("Beanie", [Piece({"color": "Moss"}, sku="AB1234")], "hats/caps", vendor="Northwind", tags=["Gift"],
                description="Brushed cotton.")
    put_on_shelf(database, [told])
    assert [titles(catalog, part) for part in ("1234", "orth", "otton", "ift", "oss", "ats")] == [[]] * 6
    assert titles(catalog, "eani") == ["Beanie"]


def test_what_has_all_words_in_its_title_comes_before_what_has_some_elsewhere(
        database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Any Hoodie", tags=["warm"]), Item("Zip Hoodie Warm")])
    assert titles(catalog, "oodie warm") == ["Zip Hoodie Warm", "Any Hoodie"]


def test_whole_words_come_before_beginnings_beside_a_part(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("A Zipper Hoodie"), Item("Zip Hoodie")])
    assert titles(catalog, "oodie zip") == ["Zip Hoodie", "A Zipper Hoodie"]


def test_who_chooses_among_what_a_part_finds_gets_what_was_counted(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Hoodie", [Piece({"size": "S"}), Piece({"size": "M"})], "tops"),
                            Item("Zip Hoodie", [Piece({"size": "M"})], "tops"),
                            Item("Mug", [Piece({"size": "M"})], "mugs")])
    page = catalog.browse(Query("oodie", options={"size": {"S"}}))
    assert [(value.label, value.count) for value in page.facets[0].values] == [("S", 1), ("M", 2)]
    assert page.total == 1
    assert catalog.browse(Query("oodie", "mugs")).total == 0
    first = catalog.browse(Query("oodie"), limit=1)
    assert [card.title for card in catalog.browse(Query("oodie"), limit=1, cursor=first.next_cursor).products] == [
        "Zip Hoodie"]


def test_what_nobody_sees_makes_no_difference(database: Database, catalog: Catalog) -> None:
    hidden = [Item("Oodie", live=False), Item("Boodie", live=False, category="hoodyb/hoodyc/hoodyd"),
              Item("Oodie", [Piece(archived=True)])]
    put_on_shelf(database, [*HOODS, *hidden])
    assert titles(catalog, "oodie") == ["Essential Hoodie", "Zip Hoodie"]
    assert offered(catalog, "boodies") == ("hoodie",)
    assert offered(catalog, "oodeis") == ()
    assert offered(catalog, "hoodya") == ("hoodie", "hooded")


# Did you mean

def test_a_word_that_finds_nothing_offers_the_nearest(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    instead = {
        "hoodei": ("hoodie", "hooded"), "hodie": ("hoodie",), "hoodiee": ("hoodie", "hooded"), "hoofie": ("hoodie",),
        "mgu": ("mug",), "jakcet": ("jacket",), "zpi hoodie": ("zip hoodie",), "Zip Hoddie!": ("zip hoodie",),
        "hoodei zpi": ("hoodie zip",), "rian jaket": ("rain jacket",), "oodie zpi": ("oodie zip",),
    }
    assert {typed: offered(catalog, typed) for typed in instead} == instead


def test_the_last_word_may_be_half_typed(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [*HOODS, Item("Early Bird")])
    assert offered(catalog, "essnet") == ("essential",)
    assert offered(catalog, "essnet hoodie") == offered(catalog, "xssent") == ()


def test_nothing_is_offered_that_finds_nothing_or_in_place_of_what_is_nothing_like_it(
        database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    for typed in ("hoodei mug", "zip mug", "hoodie", "xyzzy", "qq", "", "?", "aaaa bbbb cccc dddd", "hoodei " * 50,
                  "h" * 5000):
        assert offered(catalog, typed) == (), typed


def test_what_a_product_is_called_is_offered_and_neither_its_sku_nor_its_description(
        database: Database, catalog: Catalog) -> None:
    told = Item("Beanie", [Piece({"color": "Moss"}, sku="AB12")], "hats/caps", vendor="Northwind", kind="Knitwear",
                tags=["Gift"], description="Cotton.")
    put_on_shelf(database, [told, Item("Mug"), Item("Mug", live=False, category="ab12")])
    instead = {"nortwhind": ("northwind",), "kintwear": ("knitwear",), "hast": ("hats",), "gfit": ("gift",),
               "mosss": ("moss",), "abx12": (), "coton": ()}
    assert {typed: offered(catalog, typed) for typed in instead} == instead


def test_of_equally_near_words_those_that_most_products_have_come_first(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Bat"), Item("Cat"), Item("Hat"), Item("Hat"), Item("Cat toy"), Item("Hat box"),
                            Item("Rat", live=False), Item("Rat", live=False)])
    assert offered(catalog, "qat") == ("hat", "cat", "bat")


def test_words_are_offered_whatever_else_is_filtered(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    assert catalog.browse(Query("hoodei", "mugs", in_stock=True, sort="price")).suggestions == ("hoodie", "hooded")
    assert catalog.browse(Query("hoodie", options={"size": {"XS"}})).suggestions == ()
