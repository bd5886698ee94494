"""A walk past every screen and dialog of the shop."""
from __future__ import annotations

from collections.abc import AsyncIterator

from tui.testing import Shopper


async def every_screen(shopper: Shopper) -> AsyncIterator[str]:
    """Goes from screen to screen with something on each, and yields the name of where it is."""
    await shopper.wait()
    yield "catalog"
    await shopper.search("hoodie")
    await shopper.filter("Color", "Black")
    yield "filters"
    await shopper.search("nothing of that kind")
    yield "nothing found"
    await shopper.clear_filters()
    for key, name in (("question_mark", "help"), ("ctrl+p", "palette")):
        await shopper.press(key)
        yield name
        await shopper.press("escape")
    await shopper.press("c")
    yield "empty cart"
    await shopper.open("Essential Hoodie")
    yield "product"
    await shopper.add_to_cart(quantity=2)
    await shopper.open("Beret")
    await shopper.add_to_cart()
    await shopper.open_cart()
    yield "cart"
    await shopper.press("equals_sign")
    yield "explanation"
    await shopper.press("escape")
    await shopper.open_sign_in()
    yield "log in"
    await shopper.press("ctrl+r")
    yield "register"
    await shopper.register("ada@example.com", "correct horse battery staple", name="Ada Lovelace")
    await shopper.press("p")
    yield "account"
    for key, name in (("e", "details"), ("w", "password"), ("s", "save"), ("d", "delete"), ("a", "confirmation")):
        await shopper.press(key)
        yield name
        await shopper.press("escape")
    await shopper.open_orders()
    yield "no orders"
    await shopper.open_cart()
    await shopper.press("enter")
    yield "checkout"
    await shopper.check_out()
    yield "receipt"
    await shopper.open_orders()
    yield "orders"
    await shopper.press("enter")
    yield "order"
