"""Many rows at once, without what SQLAlchemy does for each of them: that takes longer than to write it."""
from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from sqlalchemy import Connection, Dialect, TableClause, bindparam, insert

_Rows = Sequence[tuple[object, ...]]


def insert_rows(connection: Connection, into: TableClause, columns: Sequence[str], rows: _Rows) -> None:
    """Inserts rows of these columns; the values are given as they are kept, so a moment in microseconds since 1970."""
    if not rows:
        return
    statement, order = _statement(into, tuple(columns), connection.dialect)
    if order:
        connection.exec_driver_sql(statement, list(rows if order == tuple(columns) else map(_in(order, columns), rows)))
        return
    # A server does not take True for the number 1, as SQLite does.
    connection.exec_driver_sql(statement, [
        {name: int(value) if isinstance(value, bool) else value for name, value in zip(columns, row, strict=True)}
        for row in rows])


def _in(order: Sequence[str], columns: Sequence[str]) -> itemgetter[tuple[object, ...]]:
    return itemgetter(*[columns.index(name) for name in order])


@lru_cache(maxsize=64)
def _statement(into: TableClause, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """The statement, and the order in which it takes the values; none, if it takes them by name."""
    compiled = insert(into).values({name: bindparam(name) for name in columns}).compile(dialect=dialect)
    return str(compiled), tuple(getattr(compiled, "positiontup", None) or ())
