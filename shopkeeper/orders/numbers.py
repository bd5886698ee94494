"""Which number an order gets: `SK-` and its id, in six digits or more. No number is given twice.

A shop that was restored goes on behind the orders that came after its backup. Shoppers keep their receipts, and a
payment portal remembers the keys of payments, which are made of the numbers.
"""
from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, cast, func, select

from shopkeeper.database.types import Int
from shopkeeper.orders.tables import order
from shopkeeper.settings import setting

_UNKNOWN = 10_000  # so many orders at most, it is hoped, came after a backup of a shop that is lost
_MOST = 10**15  # nobody sells that much; a backup may say anything

_LAST = select(func.max(order.c.id))
_AFTER = select(cast(setting.c.value, Int)).where(setting.c.name == "orders_after")

# The same of a shop's file, whatever schema it has.
_LAST_IN_FILE = """
    SELECT max(coalesce((SELECT max(id) FROM "order"), 0),
               coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'orders_after'), 0))
"""
_GO_ON = "INSERT INTO setting (name, value) VALUES ('orders_after', ?) ON CONFLICT (name) DO UPDATE SET value = ?"


def number_of(order_id: int) -> str:
    """The number of the order with this id."""
    return f"SK-{order_id:06d}"


def next_id(connection: Connection) -> int | None:
    """The id of the next order in a shop that was restored; `None`: the one that the database gives."""
    after = connection.scalar(_AFTER)
    if after is None or after < (connection.scalar(_LAST) or 0):
        return None
    return int(after) + 1


def go_on_behind(restored: Any, replaced: Any | None) -> None:
    """Makes the shop in one file go on behind the orders of the one that it replaces; both as the driver's connections.

    `None`: there is none, or it cannot be read.
    """
    last = _last(restored)
    behind = str(min(_MOST, last + _UNKNOWN if replaced is None else max(last, _last(replaced))))
    restored.execute(_GO_ON, (behind, behind))


def _last(connection: Any) -> int:
    return int(connection.execute(_LAST_IN_FILE).fetchone()[0])
