"""Many rows at once, without what SQLAlchemy does for each of them: that takes longer than to write it."""
from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from sqlalchemy import Connection, Dialect, Insert, TableClause, Update, bindparam, insert, update

_Rows = Sequence[tuple[object, ...]]
_Statement = tuple[str, tuple[str, ...]]
"""Its text, and the order in which it takes the values; none, if it takes them by name."""

_KEY = "of_row"  # no column is called so


def insert_rows(connection: Connection, into: TableClause, columns: Sequence[str], rows: _Rows) -> None:
    """Inserts rows of these columns; the values are given as they are kept, so a moment in microseconds since 1970."""
    _run(connection, _insert(into, tuple(columns), connection.dialect), columns, rows)


def update_rows(connection: Connection, of: TableClause, key: str, columns: Sequence[str], rows: _Rows) -> None:
    """Gives the row of each key, which is the last of the values, the others; they are as for `insert_rows`."""
    _run(connection, _update(of, key, tuple(columns), connection.dialect), (*columns, _KEY), rows)


def _run(connection: Connection, statement: _Statement, columns: Sequence[str], rows: _Rows) -> None:
    if not rows:
        return
    text, order = statement
    if order:
        connection.exec_driver_sql(text, list(rows if order == tuple(columns) else map(_in(order, columns), rows)))
        return
    # A server does not take True for the number 1, as SQLite does.
    connection.exec_driver_sql(text, [
        {name: int(value) if isinstance(value, bool) else value for name, value in zip(columns, row, strict=True)}
        for row in rows])


def _in(order: Sequence[str], columns: Sequence[str]) -> itemgetter[tuple[object, ...]]:
    return itemgetter(*[columns.index(name) for name in order])


@lru_cache(maxsize=64)
def _insert(into: TableClause, columns: tuple[str, ...], dialect: Dialect) -> _Statement:
    return _compiled(insert(into).values({name: bindparam(name) for name in columns}), dialect)


@lru_cache(maxsize=64)
def _update(of: TableClause, key: str, columns: tuple[str, ...], dialect: Dialect) -> _Statement:
    changed = update(of).where(of.c[key] == bindparam(_KEY))
    return _compiled(changed.values({name: bindparam(name) for name in columns}), dialect)


def _compiled(statement: Insert | Update, dialect: Dialect) -> _Statement:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), tuple(getattr(compiled, "positiontup", None) or ())
