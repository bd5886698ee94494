"""The checks of a shop's content: the doctor makes them all, and a backup that fails one is not restored.

What a check finds does not depend on what is around the database, nor on what is under way in the shop.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from shopkeeper.database.damage import damaged_pages
from shopkeeper.orders.back_office import altered_orders
from shopkeeper.settings import setting_problems
from shopkeeper.upkeep.laws import Finding, broken_laws
from shopkeeper.upkeep.stored_values import damaged_rows

_MAX_FINDINGS = 10


@dataclass(frozen=True, slots=True)
class ShopCheck:
    """Finds what is wrong in a shop. `since` is the oldest schema that it can be made in."""

    find: Callable[[Connection], Iterable[Finding]]
    since: str = "0001"


def _setting_findings(connection: Connection) -> Iterator[Finding]:
    for problem in setting_problems(connection):
        yield Finding("damaged", problem)


def _altered_orders(connection: Connection) -> Iterator[Finding]:
    for number in islice(altered_orders(connection), _MAX_FINDINGS):
        yield Finding("order_altered", f"Order {number} was altered since it was placed.")


FILE_CHECKS: tuple[Callable[[Any], Iterable[object]], ...] = (damaged_pages, damaged_rows)
"""Take a connection of the driver's that may write, else SQLite leaves out the constraints; each yields problems, in
words to put behind a name."""

SHOP_CHECKS = (ShopCheck(_setting_findings), ShopCheck(_altered_orders, since="0002"), ShopCheck(broken_laws))
