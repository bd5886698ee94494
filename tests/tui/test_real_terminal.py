"""A shopper at a real terminal: a process of its own behind a pseudo-terminal, driven by keys alone."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.terminal import CTRL_R, DOWN, HOME, RIGHT, Terminal


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


def find(shop: Terminal, words: str) -> None:
    """Clears the filters, searches, and goes to the list."""
    if shop.has_focus("Products"):
        shop.keys("x")
        shop.see(r" (\d+) products")
        shop.keys("/")
        shop.see_focus_gone("Products")
    shop.keys(*words)
    shop.see(rf"│ {words} .*\n(.*\n)+.* \d of \d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")


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


def add_the_first_product(shop: Terminal, title: str, *keys: str) -> None:
    """Opens the product under the bar, and adds what these keys choose."""
    shop.keys("\r")
    shop.see(f"› {title}")
    shop.see("Add to cart")
    shop.keys(*keys, "a")
    shop.see(f"1 × {title}")


def register_on_the_way_to_paying(shop: Terminal) -> None:
    """Looks into the cart, goes on to paying as a guest, and makes an account."""
    shop.keys("c")
    shop.see("Check out")
    shop.keys("\r")
    shop.see_focus("Email")
    shop.keys(CTRL_R)
    secret = "correct horse battery staple"
    fields = {"Name": "Ada", "Email": "ada@example.com", "Password": secret, "Password again": secret}
    for label, text in fields.items():
        shop.see_focus(label)
        shop.keys(*text, "\r")


def pay(shop: Terminal) -> None:
    """Fills checkout in, field by field, and pays."""
    fields = {"Street": "1 Harbour Road", "Postal code": "97201", "City": "Portland", "Country": "USA",
              "Card number": "4242424242424242", "Expiry": f"12{(date.today().year + 3) % 100}", "CVC": "123"}
    for label, text in fields.items():
        shop.see_focus(label)
        shop.keys(*text, "\r")
    shop.see(r"Pay \$")
    shop.keys("\r")
    shop.see("Thank you, Ada.")
