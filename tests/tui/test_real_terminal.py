"""A shopper at a real terminal: a process of its own behind a pseudo-terminal, driven by keys alone."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import PASSWORD
from tests.terminal import CTRL_R, DOWN, HOME, RIGHT, Terminal
from tests.walk import add_the_first_product, find, pay, register_on_the_way_to_paying


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_a_purchase_by_keys_alone_is_still_there_after_a_restart(
    tmp_path: Path, opened: list[Terminal], columns: int, rows: int
) -> None:
    shop = Terminal(tmp_path, columns, rows)
    opened.append(shop)
    shop.see(r"\d+ products")
    find(shop, "hoodie")
    choose_filter(shop, "Size", "M")
    choose_filter(shop, "Color", "Black")
    shop.keys("f")
    shop.see_focus("Products")
    add_the_first_product(shop, "Essential Hoodie", RIGHT)
    shop.see(r"Cart 1 ")
    register_on_the_way_to_paying(shop)
    pay(shop)
    number = shop.see(r"SK-\d{6}")
    shop.keys("b")
    shop.see_focus("Products")
    find(shop, "rainy day")
    add_the_first_product(shop, "Rainy Day Mug")
    shop.see(r"Cart 1 ")
    shop.leave()

    shop = Terminal(tmp_path, columns, rows)
    opened.append(shop)
    shop.see(r"Cart 1 ")
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("o")
    shop.see(number)
    shop.keys("\r")
    shop.see("Goes to  Ada, 1 Harbour Road")
    shop.keys("c")
    shop.see(r"Rainy Day Mug.*\[ 1 \]")
    shop.leave()


def choose_filter(shop: Terminal, facet: str, value: str) -> None:
    """Moves the bar among the filters to a value, and chooses it."""
    if not shop.has_focus("Filters"):
        shop.keys("f")
        shop.see_focus("Filters")
    shop.keys(HOME)
    shop.see("▌Category")
    while not re.search(rf"▌□ (▆ )?{value} ", shop.text):
        before = shop.text
        shop.keys(DOWN)
        shop.see_change(before)
    shop.keys("\r")
    shop.see(rf"{facet}: {value}")

def test_what_a_password_manager_types_in_one_go_lands_field_by_field(tmp_path: Path, opened: list[Terminal]) -> None:
    shop = Terminal(tmp_path, 80, 24)
    opened.append(shop)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("p")
    shop.see_focus("Email")
    shop.keys(CTRL_R)
    shop.see_focus("Name")
    shop.keys(f"Ada\tada@example.com\t{PASSWORD}\t{PASSWORD}\r")
    shop.see("Welcome, Ada")
    assert PASSWORD.encode() not in shop.output
    shop.leave()
