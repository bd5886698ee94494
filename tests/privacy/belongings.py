"""What in a shop's database belongs to an account: found by following every reference that leads to it."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select

from shopkeeper.database.metadata import metadata

Rows = dict[str, list[dict[str, Any]]]


def rows_of(connection: Connection, shopper_id: int) -> Rows:
    """The rows of a shopper by table, and the rows that refer to those, and so on; a new table is among them."""
    found: Rows = {}
    for table in metadata.sorted_tables:
        if table.name == "shopper":
            rows = select(table).where(table.c.id == shopper_id)
            found["shopper"] = [dict(row._mapping) for row in connection.execute(rows)]
        elif links := _links(table, found):
            rows = select(table)
            found[table.name] = [dict(row._mapping) for row in connection.execute(rows)
                                 if any(row._mapping[column] in ids for column, ids in links)]
    return found


def _links(table: Table, found: Rows) -> list[tuple[str, set[Any]]]:
    """The columns of a table that refer to tables in which something was found, with the keys of what was found."""
    return [(key.parent.name, {row[key.column.name] for row in found[key.column.table.name]})
            for key in table.foreign_keys if key.column.table.name in found]
