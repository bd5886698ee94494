"""What matches: by category, options, price and stock, all of it in one variant."""
from __future__ import annotations

from dataclasses import replace

import pytest

from shopkeeper.catalog.model import Query
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidInput
from shopkeeper.money import Money
from tests.shelf import Item, Piece, put_on_shelf

pytestmark = pytest.mark.usefixtures("both")


def titles(catalog: Catalog, query: Query) -> list[str]:
    return [card.title for card in catalog.browse(query).products]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# M is made, Black is made, but no black M.
SPARSE = Item("Tee", [
    Piece({"size": "M", "color": "Moss"}, 1000),
    Piece({"size": "L", "color": "Black"}, 3000, on_hand=0),
])


def test_one_variant_must_have_all_chosen_options(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE])
    assert titles(catalog, Query(options={"size": {"M"}})) == ["Tee"]
    assert titles(catalog, Query(options={"color": {"Black"}})) == ["Tee"]
    assert titles(catalog, Query(options={"size": {"M"}, "color": {"Black"}})) == []


def test_the_price_counts_of_the_variant_that_has_the_options(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE])
    assert titles(catalog, Query(options={"size": {"L"}}, price_max=usd(2000))) == []
    assert titles(catalog, Query(options={"size": {"L"}}, price_min=usd(3000), price_max=usd(3000))) == ["Tee"]


def test_no_variant_below_and_one_above_is_not_within_a_price_range(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE])
    assert titles(catalog, Query(price_min=usd(1500), price_max=usd(2500))) == []


def test_the_variant_that_has_the_options_must_be_in_stock(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE])
    assert titles(catalog, Query(options={"size": {"M"}}, in_stock=True)) == ["Tee"]
    assert titles(catalog, Query(options={"size": {"L"}}, in_stock=True)) == []


def test_what_is_sold_out_is_listed_and_says_so(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE, Item("Mug", [Piece(on_hand=0)])])
    found = catalog.browse(Query()).products
    assert [(card.title, card.in_stock, card.available) for card in found] == [("Mug", False, 0), ("Tee", True, 5)]
    assert titles(catalog, Query(options={"size": {"L"}})) == ["Tee"]
    assert titles(catalog, Query(in_stock=True)) == ["Tee"]


def test_choices_of_one_option_are_alternatives(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE, Item("Cap", [Piece({"size": "S"})]), Item("Hat", [Piece({"size": "XL"})])])
    assert titles(catalog, Query(options={"size": {"S", "L"}})) == ["Cap", "Tee"]


def test_codes_and_labels_are_meant_in_any_case(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE, Item("Bow", [Piece({"color": "STRASSE"})])])
    assert titles(catalog, Query(options={"SIZE": {"m"}, "size": {"huge"}})) == ["Tee"]
    assert titles(catalog, Query(options={"Color": {"straße"}})) == ["Bow"]


def test_an_option_without_labels_asks_for_nothing(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [SPARSE])
    assert titles(catalog, Query(options={"size": set()})) == ["Tee"]


@pytest.mark.parametrize("query", [
    Query(options={"taste": {"Sour"}}), Query(options={"size": {"huge"}}), Query(category="nowhere"),
    Query(options={"\ud800": {"\udc00"}}), Query(category="\ud800"), Query(category=""),
])
def test_what_the_shop_does_not_know_is_had_by_nothing(database: Database, catalog: Catalog, query: Query) -> None:
    put_on_shelf(database, [SPARSE])
    page = catalog.browse(query)
    assert (page.total, page.products, page.next_cursor) == (0, (), None)


def test_a_category_includes_what_is_below_it(database: Database, catalog: Catalog) -> None:
    slugs = {"Cap": "hats/caps", "Hat": "hats", "Box": "hats-off"}
    put_on_shelf(database, [Item(title, category=slug) for title, slug in slugs.items()])
    assert titles(catalog, Query(category="hats")) == ["Cap", "Hat"]
    assert titles(catalog, Query(category="hats/caps")) == ["Cap"]


def test_products_are_sorted_as_asked(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [
        Item("Éclair", [Piece(price=300)], created=2),
        Item("apple", [Piece({"size": "S"}, price=500), Piece({"size": "M"}, price=100)], created=1),
        Item("Zebra", [Piece(price=300)], created=3),
    ])
    assert titles(catalog, Query(sort="name")) == ["apple", "Éclair", "Zebra"]
    assert titles(catalog, Query(sort="relevance")) == ["apple", "Éclair", "Zebra"]
    assert titles(catalog, Query(sort="price")) == ["apple", "Éclair", "Zebra"]
    assert titles(catalog, Query(sort="-price")) == ["Éclair", "Zebra", "apple"]
    assert titles(catalog, Query(sort="newest")) == ["Zebra", "Éclair", "apple"]


@pytest.mark.parametrize(("query", "field", "word"), [
    (replace(Query(), sort="best"), "sort", "newest"),  # type: ignore[arg-type]  # what a caller may hand in
    (Query(price_min=Money(1, "EUR")), "price_min", "USD"),
    (Query(price_max=Money(1, "JPY")), "price_max", "USD"),
    (Query(price_min=usd(2), price_max=usd(1)), "price_min", "$0.02"),
    (Query(price_max=usd(2**63)), "price_max", "high"),
    (Query(price_min=usd(-1)), "price_min", "zero"),
])
def test_what_cannot_be_asked_is_refused_with_the_reason(catalog: Catalog, query: Query, field: str, word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        catalog.browse(query)
    assert list(refused.value.fields) == [field]
    assert word in refused.value.fields[field]


def test_a_price_of_nothing_is_a_price(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [Item("Sticker", [Piece(price=0)]), Item("Mug")])
    assert titles(catalog, Query(price_max=usd(0))) == ["Sticker"]
