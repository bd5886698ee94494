"""Choosing a variant: what goes together, what does not, and why."""
from __future__ import annotations

import pytest

from tui.backend import Choice, Money, Option, Product, Variant
from tui.choosing import Choosing


def variant(number: int, size: str, color: str, available: int | None) -> Variant:
    options = {"size": size, "color": color}
    return Variant(number, f"SKU-{number}", options, Money(4800, "USD"), None, available)


@pytest.fixture
def hoodie() -> Product:
    """Made in M and L, Slate and Moss; Moss not in L, M in Slate sold out."""
    options = (
        Option("size", "Size", (Choice("M"), Choice("L"))),
        Option("color", "Color", (Choice("Slate"), Choice("Moss"))),
    )
    variants = (variant(1, "M", "Slate", 0), variant(2, "M", "Moss", 3), variant(3, "L", "Slate", None))
    return Product("hoodie", "Hoodie", "", "Northwind", "Hoodies", (), (), options, variants, ())


def test_choosing_starts_with_a_variant_that_can_be_bought(hoodie: Product) -> None:
    assert Choosing.start(hoodie).chosen == {"size": "M", "color": "Moss"}


def test_choosing_starts_with_what_was_filtered_by(hoodie: Product) -> None:
    assert Choosing.start(hoodie, {"size": {"L"}, "color": {"Moss", "Slate"}}).chosen == {"size": "L", "color": "Slate"}


def test_what_is_not_made_says_in_what(hoodie: Product) -> None:
    choosing = Choosing.start(hoodie)
    assert choosing.standing("size", "L") == "not made"
    assert choosing.why_not("size", "L") == "not made in Moss"


def test_what_is_sold_out_says_in_what(hoodie: Product) -> None:
    assert Choosing.start(hoodie).why_not("color", "Slate") == "sold out in M"


def test_a_choice_that_does_not_go_with_another_can_be_made_all_the_same(hoodie: Product) -> None:
    choosing = Choosing.start(hoodie).choose("size", "L")
    assert choosing.chosen == {"size": "L", "color": "Moss"}
    assert choosing.variant is None


def test_the_nearest_variant_keeps_the_last_choice(hoodie: Product) -> None:
    choosing = Choosing.start(hoodie).choose("size", "L")
    nearest = choosing.nearest_with("size")
    assert nearest is not None
    assert choosing.take(nearest).chosen == {"size": "L", "color": "Slate"}


def test_where_a_choice_is_sold_out_altogether_the_nearest_is_another(hoodie: Product) -> None:
    sold_out = Product("x", "X", "", "", "", (), (), hoodie.options, hoodie.variants[:2], ())
    nearest = Choosing(sold_out, {"size": "M", "color": "Slate"}).nearest_with("color")
    assert nearest is not None
    assert nearest.id == 2


def test_a_product_that_is_sold_out_has_no_nearest(hoodie: Product) -> None:
    sold_out = Product("x", "X", "", "", "", (), (), hoodie.options, hoodie.variants[:1], ())
    assert Choosing.start(sold_out).nearest is None


def test_stepping_past_the_end_stays_at_the_end(hoodie: Product) -> None:
    choosing = Choosing.start(hoodie)
    assert choosing.beside(hoodie.options[0], 1) == "L"
    assert choosing.beside(hoodie.options[0], -1) == "M"
    assert choosing.beside(hoodie.options[1], 9) == "Moss"
