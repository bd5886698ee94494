"""What a page says beside its products: cards, facets, categories, prices."""
from __future__ import annotations

import pytest

from shopkeeper.catalog.model import BrowsePage, Choice, FacetValue, Option, ProductCard, Query
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from tests.shelf import Item, Piece, put_on_shelf

pytestmark = pytest.mark.usefixtures("both")

TEE = Item("Tee", [
    Piece({"size": "M", "color": "Moss"}, 1500, on_hand=2),
    Piece({"size": "L", "color": "Black"}, 1000, on_hand=0, compare_at=1200),
    Piece({"size": "S", "color": "Black"}, 1100, archived=True),
], "clothes/shirts")
CAP = Item("Cap", [Piece({"color": "Black"}, 900, on_hand=None)], "clothes/hats")
MUG = Item("Mug", [Piece(price=700)], "kitchen")
CHOICES = {"size": ("S", "M", "L"), "color": ("Moss", "Black", "Rust")}


def counts(page: BrowsePage) -> dict[str, dict[str, int]]:
    return {facet.code: {value.label: value.count for value in facet.values} for facet in page.facets}


def test_a_card_tells_the_product_in_short(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE], CHOICES)
    assert catalog.browse(Query()).products == (ProductCard(
        id=1, handle="item-1", title="Tee", vendor="", price_from=Money(1000, "USD"), price_to=Money(1500, "USD"),
        in_stock=True, image="Tee", compare_at=Money(1200, "USD"), available=2, options=(
            Option("size", "Size", (Choice("M"), Choice("L"))),
            Option("color", "Color", (Choice("Moss", "#102030"), Choice("Black", "#102030"))),
        )),)


def test_a_card_is_without_limit_where_one_variant_is(database: Database, catalog: Catalog) -> None:
    fez = Item("Fez", [Piece({"color": "Moss"}, on_hand=0), Piece({"color": "Rust"}, on_hand=3)])
    put_on_shelf(database, [CAP, fez])
    assert [card.available for card in catalog.browse(Query()).products] == [None, 3]


def test_only_the_cheapest_variant_puts_a_card_on_sale(database: Database, catalog: Catalog) -> None:
    dear = Item("Dear", [Piece({"size": "S"}, 500), Piece({"size": "M"}, 800, compare_at=900)])
    never = Item("Never", [Piece(price=500, compare_at=500)])
    put_on_shelf(database, [dear, never])
    assert [card.compare_at for card in catalog.browse(Query()).products] == [None, None]


def test_a_facet_lists_what_is_made_in_the_order_of_its_choices(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    color, size = catalog.browse(Query()).facets
    assert (color.code, color.label) == ("color", "Color")
    assert color.values == (FacetValue("Moss", 1, False, "#102030"), FacetValue("Black", 2, False, "#102030"))
    assert size.values == (FacetValue("M", 1, False), FacetValue("L", 1, False))


def test_a_choice_counts_without_the_other_choices_of_its_facet(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    page = catalog.browse(Query(options={"color": {"moss"}}))
    assert counts(page) == {"color": {"Moss": 1, "Black": 2}, "size": {"M": 1, "L": 0}}
    assert [value.selected for value in page.facets[0].values] == [True, False]


def test_a_choice_counts_within_price_and_stock(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    assert counts(catalog.browse(Query(price_max=Money(1000, "USD"))))["color"] == {"Moss": 0, "Black": 2}
    assert counts(catalog.browse(Query(in_stock=True)))["color"] == {"Moss": 1, "Black": 1}


def test_facets_are_of_the_text_and_the_category(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    assert counts(catalog.browse(Query("cap"))) == {"color": {"Black": 1}}
    assert counts(catalog.browse(Query(category="clothes/hats"))) == {"color": {"Black": 1}}
    assert counts(catalog.browse(Query(category="kitchen"))) == {}


def test_an_unknown_option_leaves_all_others_at_nothing(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP], CHOICES)
    page = catalog.browse(Query(options={"taste": {"sour"}}))
    assert counts(page) == {"color": {"Moss": 0, "Black": 0}, "size": {"M": 0, "L": 0}}
    assert (page.total, page.in_stock_count, page.price_low) == (0, 0, None)


def test_categories_count_what_else_could_be_chosen(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    clothes, kitchen = catalog.browse(Query(category="kitchen")).categories
    assert (clothes.slug, clothes.count, kitchen.count) == ("clothes", 2, 1)
    assert [(each.name, each.count) for each in clothes.children] == [("Hats", 1), ("Shirts", 1)]
    (only,) = catalog.browse(Query(category="kitchen", options={"size": {"M"}})).categories
    assert (only.slug, only.count) == ("clothes", 1)


def test_a_page_tells_how_many_are_in_stock_and_what_they_cost(database: Database, catalog: Catalog) -> None:
    put_on_shelf(database, [TEE, CAP, MUG], CHOICES)
    page = catalog.browse(Query(options={"color": {"Black"}}, price_max=Money(950, "USD")))
    assert (page.total, page.in_stock_count) == (1, 1)
    assert (page.price_low, page.price_high) == (Money(900, "USD"), Money(1000, "USD"))


def test_an_empty_shop_has_an_empty_page(catalog: Catalog) -> None:
    assert catalog.browse(Query()) == BrowsePage((), (), 0, None)
