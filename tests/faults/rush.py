"""What many processes do at once: each opens the shop, waits for the others, and tells how it went."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shopkeeper import Card, Money, Session, Shop, ShopError
from shopkeeper.database.engine import Database
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.gateway import Charge
from tests.catalogs import CsvRow, write_csv
from tests.factories import add_account, add_product
from tests.faults.forks import together
from tests.faults.scenes import clock_at
from tests.orders.buying import pay
from tests.waiting import PATIENCE

Told = list[str]
"""What a process was told, time after time: an order's number and status, or the code of an error."""

_DAWDLE = 0.05  # seconds that a portal takes at most


class SlowPortal(DemoGateway):
    """Takes its time before and after, until another process has written something: so others come in between."""

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:
        self._dawdle()
        answer = super().charge(card, amount, key=key)
        self._dawdle()
        return answer

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        self._dawdle()
        answer = super().refund(reference, amount, key=key)
        self._dawdle()
        return answer

    def _dawdle(self) -> None:
        latest, before = time.monotonic() + _DAWDLE, self._written()
        while self._written() == before and time.monotonic() < latest:
            os.sched_yield()

    def _written(self) -> object:
        with self._database.read() as connection:
            return connection.exec_driver_sql("PRAGMA data_version").scalar()


@dataclass(frozen=True, slots=True)
class Market:
    """A shop with as many shoppers as there will be processes, and the variants that they are after."""

    path: Path
    shoppers: tuple[Session, ...]
    variants: tuple[int, ...]
    total: Money  # of one of the last variant

    @contextmanager
    def opened(self) -> Iterator[Shop]:
        """The shop, with a portal that takes its time."""
        with closing(Database.open(str(self.path))) as books:
            clock = clock_at(0)
            with Shop.open(str(self.path), gateway=SlowPortal(books, clock), clock=clock) as shop:
                yield shop


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
    """All press pay on the first shopper's cart, with one key each time, until they are told how it went."""
    return _each_time(market, times, _in_step(market, who, _pay_for_the_first))


def pay_or_cancel(market: Market, who: int, times: int) -> Told:
    """Half of them press pay on the first shopper's cart, the others cancel the order as soon as they see it."""
    once = _cancel_when_seen if who % 2 else _pay_for_the_first
    return _each_time(market, times, _in_step(market, who, once))


def bring_in(market: Market, who: int, times: int) -> Told:
    """The owner brings in other prices and counts, and at times no hoodies, for all that some are reserved."""
    def once(shop: Shop, number: int) -> str:
        price = f"{10 + who}.{number:02}"
        rows = [*_hoodies(price=price, count=50 * (number % 2)), _mug(price=price, count=500)]
        file = write_csv(market.path.with_name(f"{who}-{number}.csv"), *rows)
        return f"imported {shop.catalog.import_csv(file).products}"

    return _each_time(market, times, once)


def take_turns(path: Path, times: int) -> int:
    """All count up to a number, one step at a time; answers with how many of the steps were this one's."""
    mine = 0
    with closing(Database.open(str(path))) as database:
        together()
        while True:
            with database.write() as connection:
                if connection.exec_driver_sql("SELECT count FROM counter").scalar() == times:
                    return mine
                connection.exec_driver_sql("UPDATE counter SET count = count + 1")
            mine += 1


def _each_time(market: Market, times: int, once: Callable[[Shop, int], str]) -> Told:
    told = []
    with market.opened() as shop:
        together()
        for number in range(times):
            try:
                told.append(once(shop, number))
            except ShopError as refused:
                told.append(refused.code)
    return told


def _in_step(market: Market, who: int, once: Callable[[Market, Shop, int], str]) -> Callable[[Shop, int], str]:
    """Each time, all wait until the first shopper's cart is filled, and then for each other."""
    def one_step(shop: Shop, number: int) -> str:
        if who == 0:
            shop.cart.add(market.shoppers[0], market.variants[-1])
        together()
        try:
            return once(market, shop, number)
        finally:
            together()

    return one_step


def _pay_for_the_first(market: Market, shop: Shop, number: int) -> str:
    latest = time.monotonic() + PATIENCE
    while True:
        order = pay(shop, market.shoppers[0], key=f"key-{number}", total=market.total)
        if order.status != "awaiting_payment" or time.monotonic() > latest:
            return f"{order.number} {order.status}"


def _cancel_when_seen(market: Market, shop: Shop, number: int) -> str:
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest:
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


def _mug(*, price: str, count: int) -> CsvRow:
    return {"Handle": "mug", "Title": "Mug", "Option1 Name": "Title", "Option1 Value": "Default Title",
            "Variant Price": price, "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": str(count)}
