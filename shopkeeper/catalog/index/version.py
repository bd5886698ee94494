"""How far the catalog has come: the number of its last change."""
from __future__ import annotations

from sqlalchemy import Connection, func, select

from shopkeeper.catalog.tables import catalog_change

_LAST = select(func.coalesce(func.max(catalog_change.c.version), 0))


def version_of(connection: Connection) -> int:
    """The catalog's version, as this transaction sees it."""
    return int(connection.execute(_LAST).scalar_one())
