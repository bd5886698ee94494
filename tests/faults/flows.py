"""What is going on in the shop when it is cut off."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shopkeeper import Card, PaymentDeclined, ShopError
from shopkeeper.payments.demo import FAILS_LATE
from tests.catalogs import simple, write_csv
from tests.factories import PASSWORD
from tests.faults.forks import together
from tests.faults.scenes import A_MINUTE_LATER, Scene
from tests.orders.buying import DECLINED, GOOD, pay

DECLINED_LATE = Card.test(FAILS_LATE)

Begin = Callable[[], None]


def buy(scene: Scene, begin: Begin) -> None:
    """Ada pays, is told the number, and looks at her orders."""
    with scene.opened() as shop:
        begin()
        scene.say(pay(shop, scene.ada, GOOD, total=scene.cart.total).number)
        shop.orders.history(scene.ada)


def try_to_buy(scene: Scene, begin: Begin) -> None:
    """Ada's card is declined."""
    _try(scene, DECLINED, begin)


def try_with_a_late_answer(scene: Scene, begin: Begin) -> None:
    """Ada's card is declined, but only when the portal is asked again."""
    _try(scene, DECLINED_LATE, begin)


def cancel(scene: Scene, begin: Begin) -> None:
    """Ada cancels her order, is told so, and looks at her orders."""
    with scene.opened() as shop:
        begin()
        scene.say(shop.orders.cancel(scene.ada, scene.number).status)
        shop.orders.history(scene.ada)


def open_later(scene: Scene, begin: Begin) -> None:
    """The shop is opened and settles what it can."""
    begin()
    scene.opened(A_MINUTE_LATER).close()


def open_together(scene: Scene) -> None:
    """The shop is opened by several at the same moment: all bring it up to date, and settle what they can."""
    together()
    scene.opened(A_MINUTE_LATER).close()


def migrate(scene: Scene, begin: Begin) -> None:
    """The shop is opened and brought up to date."""
    begin()
    scene.opened().close()


def import_new(scene: Scene, begin: Begin) -> None:
    """The owner brings new products in."""
    _import(scene, begin, *(
        simple(handle, **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "3", "Type": "Drink",
                          "Tags": "warm, new", "Product Category": f"Kitchen > {handle}", "Vendor": "Northwind"})
        for handle in ("tea", "coffee", "cocoa")))


def import_changed(scene: Scene, begin: Begin) -> None:
    """The owner changes prices, stock and titles, and drops a variant."""
    _import(scene, begin, simple("mug", **{"Title": "Large Mug", "Variant Price": "0.50"}),
            {"Handle": "hoodie", "Title": "Hoodie", "Option1 Name": "Size", "Option1 Value": "M",
             "Variant Price": "24.99", "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "9"})


def add_to_cart(scene: Scene, begin: Begin) -> None:
    """Ada puts another mug into her cart."""
    with scene.opened() as shop:
        mug = shop.catalog.product("mug").variants[0].id
        begin()
        scene.say(str(shop.cart.add(scene.ada, mug).count))


def reorder(scene: Scene, begin: Begin) -> None:
    """Ada puts all of her order into her cart again."""
    with scene.opened() as shop:
        begin()
        scene.say(str(shop.orders.reorder(scene.ada, scene.number).count))


def sign_in_with_a_guests_cart(scene: Scene, begin: Begin) -> None:
    """The guest turns out to be Ada."""
    with scene.opened() as shop:
        begin()
        shop.accounts.login("ada@example.com", PASSWORD, guest=scene.guest)
        scene.say("signed in")


def press_twice(scene: Scene) -> list[str]:
    """Ada presses pay, whatever she is told presses again in the same program, and is told how it went."""
    outcomes, shop = [], None
    for _ in range(2):
        try:
            shop = shop or scene.opened()
            order = pay(shop, scene.ada, total=scene.cart.total)
        except ShopError as refused:
            outcomes.append(f"{refused.code}: {refused.message}")
        else:
            outcomes.append(order.status)
            if order.status == "placed":
                scene.say(order.number)
    if shop:
        shop.close()
    return outcomes


def _try(scene: Scene, card: Card, begin: Begin) -> None:
    with scene.opened() as shop:
        begin()
        with suppress(PaymentDeclined):
            pay(shop, scene.ada, card, total=scene.cart.total)
        shop.cart.view(scene.ada)


def _import(scene: Scene, begin: Begin, *rows: dict[str, str]) -> None:
    file = write_csv(Path(scene.path).with_suffix(".csv"), *rows)
    with scene.opened() as shop:
        begin()
        scene.say(str(shop.catalog.import_csv(file).products))
