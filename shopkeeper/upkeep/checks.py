"""The checks of a shop's content: the doctor makes them all, and a backup that fails one is not restored.

What a check finds does not depend on what is around the database, nor on what is under way in the shop.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from shopkeeper.database.damage import damaged_pages
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.explain import SIGNS_OF_DAMAGE
from shopkeeper.database.types import DamagedValue
from shopkeeper.errors import ShopError
from shopkeeper.orders.back_office import altered_orders
from shopkeeper.settings import setting_problems
from shopkeeper.upkeep.laws import Finding, broken_laws
from shopkeeper.upkeep.schema import schema_problems
from shopkeeper.upkeep.stored_values import damaged_rows

_MAX_FINDINGS = 10


@dataclass(frozen=True, slots=True)
class ShopCheck:
    """Finds what is wrong in a shop. `since` is the oldest schema that it can be made in."""

    find: Callable[[Connection], Iterable[Finding]]
    since: str = "0001"


def file_findings(connection: Connection) -> Iterator[Finding]:
    """Yield what `FILE_CHECKS` find in a SQLite file."""
    if connection.dialect.name == "sqlite":
        for find in FILE_CHECKS:
            yield from survived(partial(_in_file, find, connection))


def shop_findings(connection: Connection, schema: str) -> Iterator[Finding]:
    """Yield what is wrong with the schema, and what `SHOP_CHECKS` find."""
    if connection.dialect.name == "sqlite":
        yield from survived(partial(_in_file, partial(schema_problems, revision=schema), connection))
    for check in SHOP_CHECKS:
        if check.since <= schema:
            yield from survived(partial(check.find, connection))


def survived(find: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what is found, and what keeps `find` from going on."""
    try:
        yield from find()
    except DamagedValue:
        return  # the row it is in was told
    except (ShopError, SQLAlchemyError, sqlite_driver().Error, *SIGNS_OF_DAMAGE) as error:
        yield damaged(getattr(error, "orig", None) or error)


def damaged(problem: object) -> Finding:
    """Return the finding that the database has this problem."""
    return Finding("damaged", f"The database is damaged: {problem}. Restore a backup.")


def _in_file(find: Callable[[Any], Iterable[object]], connection: Connection) -> Iterator[Finding]:
    return map(damaged, find(connection.connection.driver_connection))


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
