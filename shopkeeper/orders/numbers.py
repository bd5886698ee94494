"""The numbers of orders, and the references of attempts to pay.

An order gets its number when it is placed, or when its shopper is about to see that it awaits its payment: `SK-` and
one more than the last. Until then it is an attempt: `attempt-` and its id. One that is declined stays an attempt. The
gateway is asked before there is a number, so the keys of payments are made of the attempt's reference.

No number and no id is given twice. A shop that was restored goes on behind those that came after its backup: shoppers
keep their receipts, and a gateway remembers keys.
"""
from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Label, bindparam, cast, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from shopkeeper.database.types import DamagedValue, Int
from shopkeeper.orders.tables import order, order_number
from shopkeeper.settings import setting

_UNKNOWN = 10_000  # so many orders at most, it is hoped, came after a backup of a shop that is lost
_MOST = 10**15  # nobody sells that much; a backup may say anything

_ATTEMPT = re.compile(r"attempt-([0-9]{6,18})")


def _last_and_after(column: Any, name: str) -> tuple[Label[Any], Label[Any]]:
    """The highest value of a column, and the one that a restored shop goes on behind."""
    after = select(cast(setting.c.value, Int)).where(setting.c.name == name).scalar_subquery()
    return select(func.max(column)).scalar_subquery().label("last"), after.label("after")


_LAST_ID = select(*_last_and_after(order.c.id, "orders_after"))
_NUMBER_OF = (
    select(order.c.number, order_number.c.value, *_last_and_after(order_number.alias().c.value, "numbers_after"))
    .outerjoin(order_number, order_number.c.order_id == order.c.id).where(order.c.id == bindparam("of_id")))
_NEW_NUMBER = insert(order_number)
_RENAME = update(order).where(order.c.id == bindparam("of_id"))

# The same of a shop's file, whatever schema it has. In old ones the number is the id.
_AFTER = "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = '{0}')"
_LAST_IN_FILE = {
    "orders_after": f"""SELECT max(coalesce((SELECT max(id) FROM "order"), 0),
        coalesce({_AFTER.format('orders_after')}, 0))""",  # noqa: S608 (our own words)
    "numbers_after": f"""SELECT max(coalesce((
        SELECT max(CAST(substr(number, 4) AS INTEGER)) FROM "order" WHERE number LIKE 'SK-%'), 0),
        coalesce({_AFTER.format('numbers_after')}, {_AFTER.format('orders_after')}, 0))""",  # noqa: S608
}
_GO_ON = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?"


def attempt_reference(order_id: int) -> str:
    """Return what the order with this id is called until it has a number."""
    return f"attempt-{order_id:06d}"


def payment_key(order_id: int) -> str:
    """Return the key of the order's payment at the gateway."""
    return f"pay:{attempt_reference(order_id)}:1"


def refund_key(key: str) -> str:
    """Return the key of the refund of the payment with this key."""
    return f"refund:{key.split(':')[1]}"


def id_of_attempt(reference: str) -> int | None:
    """Return the id of the order with this reference; `None`: it is none."""
    match = _ATTEMPT.fullmatch(reference)
    return int(match[1]) if match else None


def next_id(connection: Connection) -> int:
    """Return the id of the next order."""
    known = connection.execute(_LAST_ID).one()
    return _next(known.last, known.after)


def give_number(connection: Connection, order_id: int) -> str:
    """Give an order the next number, unless it has one, and return it. The transaction must be one that writes.

    Raises DamagedValue: the numbers that were given are not those that orders have.
    """
    known = connection.execute(_NUMBER_OF, {"of_id": order_id}).one()
    value = _next(known.last, known.after) if known.value is None else known.value
    number = f"SK-{value:06d}"
    if known.value is None:
        connection.execute(_NEW_NUMBER, {"value": value, "order_id": order_id})
        try:
            connection.execute(_RENAME, {"of_id": order_id, "number": number})
        except IntegrityError as error:
            raise DamagedValue("order_number.value", f"is less than {value}, but there is an order {number}") from error
    elif known.number != number:
        raise DamagedValue("order_number.value", f"is {value} for the order {known.number}")
    return number


def go_on_behind(restored: Any, replaced: Any | None) -> None:
    """Make the shop in one file go on behind the orders of the one that it replaces; both as the driver's connections.

    `None`: there is none, or it cannot be read.
    """
    last = _last_of(restored)
    other = {name: value + _UNKNOWN for name, value in last.items()} if replaced is None else _last_of(replaced)
    for name, value in last.items():
        behind = str(min(_MOST, max(value, other[name])))
        restored.execute(_GO_ON, (name, behind, behind))


def _next(last: int | None, after: int | None) -> int:
    return max(last or 0, after or 0) + 1


def _last_of(connection: Any) -> dict[str, int]:
    return {name: int(connection.execute(query).fetchone()[0]) for name, query in _LAST_IN_FILE.items()}
