"""What is found by words, and in which order."""
from __future__ import annotations

import pytest

from shopkeeper.catalog.model import Query, Sort
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from tests.shelf import Item, Piece, put_on_shelf

pytestmark = pytest.mark.usefixtures("both")

HOODS = [Item("Zip Hoodie"), Item("Hooded Rain Jacket"), Item("Essential Hoodie"), Item("Mug")]


def titles(catalog: Catalog, text: str) -> list[str]:
    return [card.title for card in catalog.browse(Query(text)).products]


def test_products_are_found_while_their_name_is_being_typed(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    assert titles(catalog, "hood") == ["Essential Hoodie", "Hooded Rain Jacket", "Zip Hoodie"]


def test_every_word_must_be_found_in_any_order(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, HOODS)
    assert titles(catalog, "hoodie zip") == ["Zip Hoodie"]
    assert titles(catalog, "zip jacket") == []


def test_only_the_last_word_may_be_the_beginning_of_one(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [*HOODS, Item("Jack of all trades")])
    assert titles(catalog, "rain jack") == ["Hooded Rain Jacket"]
    assert titles(catalog, "jack rain") == []


@pytest.mark.parametrize(("title", "typed"), [
    ("Crème brûlée", "creme brulee"), ("Creme", "CRÈME"), ("Cre\u0300me", "cr\u00e8me"), ("Smørrebrød", "smorrebrod"),
    ("Große Straße", "strasse"), ("Stra\u1e9ee", "straße"), ("ﬁne Œuvre", "fine oeuvre"), ("Kids’ Hoodie", "kids"),
    ("Men's Shoes", "mens shoes"), ("Men's Shoes", "men’s"), ("L’eau", "eau"), ("日本茶", "茶"), ("ＦＵＬＬ", "full"),
    ("Şırınga İstanbul", "istanbul"), ("Cable 0.5 m", "0.5"), ("T-Shirt", "t-shirt"), ("SK_100", "sk 100"),
])
def test_case_accents_and_signs_do_not_matter(database: Database, catalog: Catalog, title: str, typed: str) -> None:
    put_on_shelf(database, [Item(title), Item("Other")])
    assert titles(catalog, typed) == [title]


@pytest.mark.parametrize("typed", [
    "[XL]", '"', 'hoodie"', "hoodie*", "hood^", "title:hoodie", "NEAR(hoodie, 2)", "hoodie OR mug", "-hoodie", "a AND",
    "(", "{title facts} : hoodie", "\0", "hoodie\0mug", "\ud800", "\u202ehoodie", "%", "'; DROP TABLE product; --",
    "hoodie " * 5000, "x" * 100_000,
])
def test_any_text_can_be_searched_for(database: Database, catalog: Catalog, typed: str) -> None:
    put_on_shelf(database, HOODS)
    assert catalog.browse(Query(typed)).total <= len(HOODS)


def test_brackets_and_operators_are_words_or_nothing(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Shirt [XL]"), Item("Near or and not"), Item("Shirt")])
    assert titles(catalog, "[xl]") == ["Shirt [XL]"]
    assert titles(catalog, "shirt OR near") == []
    assert titles(catalog, "not AND or") == ["Near or and not"]


@pytest.mark.parametrize("blank", ["", " ", " \t\n ", "\u00a0", "\u3000"])
def test_blanks_ask_for_nothing_and_find_everything(database: Database, catalog: Catalog, blank: str) -> None:
    put_on_shelf(database, HOODS)
    assert titles(catalog, blank) == sorted(item.title for item in HOODS)


WORDLESS = [
    " *!? ", "-", "\0", "\ufffd", "\ud800", "\udcff\udcfe", "\u0301", "\u0301\u0302 \u0303", "\x1b", "\x07\x08", "\x7f",
    "\u200b", "\u202e", "\ufeff", "\ue000", "%", "_", "'", "’‘`", "()", "“”", "🧢", "\U000e0041", "\uffff",
]


@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_a_text_without_a_word_finds_nothing(database: Database, catalog: Catalog, sort: Sort) -> None:
    put_on_shelf(database, HOODS)
    for text in WORDLESS:
        page = catalog.browse(Query(text, sort=sort))
        assert (page.total, page.products, page.in_stock_count, page.suggestions) == (0, (), 0, ()), ascii(text)
        assert all(category.count == 0 for category in page.categories)


@pytest.mark.parametrize("typed", ["northwind", "knitwear", "caps", "hats", "gift", "moss", "ab-12", "cotton"])
def test_all_that_is_said_of_a_product_is_searched(database: Database, catalog: Catalog, typed: str) -> None:
    told = Item("Beanie", [Piece({"color": "Moss"}, sku="AB-12")], "hats/caps", vendor="Northwind", kind="Knitwear",
                tags=["Gift", "new"], description="Brushed cotton.")
    put_on_shelf(database, [told, Item("Mug")])
    assert titles(catalog, typed) == ["Beanie"]


def test_a_variant_that_is_made_no_more_is_not_searched(database: Database, catalog: Catalog) -> None:
    pieces = [Piece({"color": "Moss"}, sku="M1"), Piece({"color": "Rust"}, sku="R1", archived=True)]
    put_on_shelf(database, [Item("Beanie", pieces)])
    assert titles(catalog, "moss m1") == ["Beanie"]
    assert titles(catalog, "rust") == titles(catalog, "r1") == []


def test_the_best_match_comes_first(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [
        Item("A story", description="About a hat."),
        Item("Beanie", category="hat"),
        Item("Blue hatbox"),
        Item("Summer hat"),
        Item("Hat"),
    ])
    assert titles(catalog, "hat") == ["Hat", "Summer hat", "Blue hatbox", "Beanie", "A story"]


def test_words_spread_over_title_and_facts_come_before_the_description(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [
        Item("A mug", description="Made by Northwind."),
        Item("B mug", vendor="Northwind"),
        Item("Northwind mug"),
    ])
    assert titles(catalog, "northwind mug") == ["Northwind mug", "B mug", "A mug"]


def test_what_is_hidden_from_shoppers_is_not_found(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Mug", live=False), Item("Old mug", [Piece(archived=True)])])
    assert titles(catalog, "mug") == titles(catalog, "") == []
