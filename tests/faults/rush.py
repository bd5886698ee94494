"""What many processes do at once: each opens the shop, waits for the others, and tells how it went."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shopkeeper import Money, Session, Shop, ShopError
from tests.catalogs import CsvRow, write_csv
from tests.factories import add_account, add_product
from tests.faults.forks import together
from tests.faults.scenes import clock_at
from tests.orders.buying import GOOD, pay

Told = list[str]
"""What a process was told, time after time: an order's number and status, or the code of an error."""

_LONGEST = 60  # seconds that one waits for what others do


@dataclass(frozen=True, slots=True)
class Market:
    """A shop with as many shoppers as there will be processes, and the variants that they are after."""

    path: Path
    shoppers: tuple[Session, ...]
    variants: tuple[int, ...]
    total: Money  # of one of the last variant


def market(path: Path, shoppers: int, *, stock: int) -> Market:
    """Hoodies in two sizes and a mug, so many of each."""
    with Shop.open(str(path), clock=clock_at(0)) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
        hoodie = add_product(shop, "Hoodie", options={"Size": ["S", "M"]}, price="19.99", stock=stock)
        mug = add_product(shop, "Mug", price="0.33", stock=stock)
        variants = tuple(variant.id for product in (hoodie, mug) for variant in product.variants)
        sessions = tuple(add_account(shop, f"shopper{number}@example.com") for number in range(shoppers))
        total = shop.cart.add(sessions[0], variants[-1]).total
        shop.cart.clear(sessions[0])
    return Market(path, sessions, variants, total)


def buy_in_turn(market: Market, who: int, times: int) -> Told:
    """One shopper buys one of each variant in turn."""
    def once(shop: Shop, number: int) -> str:
        shop.cart.clear(market.shoppers[who])
        shown = shop.cart.add(market.shoppers[who], market.variants[number % len(market.variants)]).total
        order = pay(shop, market.shoppers[who], key=f"key-{number}", total=shown)
        return order.status if order.total == shown else f"{order.total} instead of {shown}"

    return _each_time(market, times, once)


def press_pay(market: Market, who: int, times: int) -> Told:
    """All press pay on the first shopper's cart, with one key each time."""
    return _each_time(market, times, partial(_pay_for_the_first, market), before=partial(_fill, market, who))


def pay_or_cancel(market: Market, who: int, times: int) -> Told:
    """Half of them press pay on the first shopper's cart, the others cancel the order as soon as they see it."""
    once = _cancel_when_seen if who % 2 else _pay_for_the_first
    return _each_time(market, times, partial(once, market), before=partial(_fill, market, who))


def bring_in(market: Market, who: int, times: int) -> Told:
    """The owner brings in other prices and counts, again and again."""
    def once(shop: Shop, number: int) -> str:
        count = 5 * (number % 2)  # what is reserved must not be counted away
        rows = [*_hoodies(price=f"{10 + who}.{number:02}", count=count), _mug(count=count)]
        file = write_csv(market.path.with_name(f"{who}-{number}.csv"), *rows)
        return f"imported {shop.catalog.import_csv(file).products}"

    return _each_time(market, times, once)


def _each_time(market: Market, times: int, once: Callable[[Shop, int], str],
               before: Callable[[Shop], object] = lambda _shop: None) -> Told:
    told = []
    with Shop.open(str(market.path), clock=clock_at(0)) as shop:
        for number in range(times):
            before(shop)
            together()
            try:
                told.append(once(shop, number))
            except ShopError as refused:
                told.append(refused.code)
            together()
    return told


def _fill(market: Market, who: int, shop: Shop) -> None:
    if who == 0:
        shop.cart.add(market.shoppers[0], market.variants[-1])


def _pay_for_the_first(market: Market, shop: Shop, number: int) -> str:
    order = pay(shop, market.shoppers[0], GOOD, key=f"key-{number}", total=market.total)
    return f"{order.number} {order.status}"


def _cancel_when_seen(market: Market, shop: Shop, number: int) -> str:
    longest = time.monotonic() + _LONGEST
    while time.monotonic() < longest:
        orders = shop.orders.history(market.shoppers[0])
        if orders.total > number:
            order = orders.items[0]
            if order.status == "cancelled":
                return f"{order.number} cancelled"
            try:
                shop.orders.cancel(market.shoppers[0], order.number)
            except ShopError as refused:
                if refused.code != "invalid_state":
                    raise
    return "never seen"


def _hoodies(*, price: str, count: int) -> Sequence[CsvRow]:
    return [{"Handle": "hoodie", "Title": "Hoodie", "Option1 Name": "Size", "Option1 Value": size,
             "Variant Price": price, "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": str(count)}
            for size in ("S", "M")]


def _mug(*, count: int) -> CsvRow:
    return {"Handle": "mug", "Title": "Mug", "Option1 Name": "Title", "Option1 Value": "Default Title",
            "Variant Price": "0.44", "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": str(count)}
