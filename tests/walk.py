"""What a shopper does at a real terminal, key by key."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.factories import PASSWORD
from tests.terminal import CTRL_R, DOWN, Terminal

Typed = Callable[[str], None]
"""Called with a field's title once something was typed into it."""


def nothing_more(_title: str) -> None:
    """What is typed is left at that."""


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


def add_the_first_product(shop: Terminal, title: str, *keys: str) -> None:
    """Opens the product under the bar, and adds what these keys choose."""
    shop.keys("\r")
    shop.see(f"› {title}")
    shop.see("Add to cart")
    shop.keys(*keys, "a")
    shop.see(f"1 × {title}")


def register_on_the_way_to_paying(shop: Terminal, secret: str = PASSWORD, typed: Typed = nothing_more) -> None:
    """Looks into the cart, goes on to paying as a guest, and makes an account."""
    shop.keys("c")
    shop.see("Check out")
    shop.keys("\r")
    shop.see_focus("Email")
    shop.keys(CTRL_R)
    fields = {"Name": "Ada", "Email": "ada@example.com", "Password": secret, "Password again": secret}
    for label, text in fields.items():
        shop.see_focus(label)
        shop.keys(*text)
        typed(label)
        shop.keys("\r")


def fill_in(shop: Terminal, number: str = "4242424242424242", cvc: str = "123", *, ships: bool = True,
            typed: Typed = nothing_more) -> None:
    """Fills checkout in, field by field, up to paying."""
    fields = {"Street": "1 Harbour Road", "Postal code": "97201", "City": "Portland", "Country": "USA",
              "Card number": number, "Expiry": f"12{(date.today().year + 3) % 100}", "CVC": cvc}
    for label, text in list(fields.items())[0 if ships else 4:]:
        shop.see_focus(label)
        shop.keys(*text)
        typed(label)
        shop.keys("\r")
    shop.see_focus_gone("CVC")


def pay(shop: Terminal) -> None:
    """Fills checkout in, and pays."""
    fill_in(shop)
    shop.keys("\r")
    shop.see("Thank you, Ada.")
