"""Finds what is damaged in a SQLite file: pages, rows, and values that no service can have written."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Column, Table

from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.metadata import metadata
from shopkeeper.database.types import DamagedValue, StoredType

_MAX_TOLD = 10
_SEARCH_SECONDS = 5
_INSTRUCTIONS = 100_000  # of SQLite's machine; after so many the time is looked at

_Check = tuple[int, str, Callable[[Any], object], bool]
"""Of a column: its place in a row, its name, what decodes it, and whether it may be NULL."""


class DamagedRow(NamedTuple):
    """Where damage is: a table, the row's key (`id=3`; empty: the table itself), and what is wrong with it."""

    table: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"table {self.table}{', row ' if self.key else ''}{self.key}: {self.problem}"


def first_damage(connection: Any) -> str:
    """What is damaged first in the file of this connection of the driver's; empty where nothing is found.

    It looks for five seconds at most: this is asked only when something went wrong, and somebody waits for the answer.
    """
    started = time.monotonic()
    connection.set_progress_handler(lambda: time.monotonic() - started > _SEARCH_SECONDS, _INSTRUCTIONS)
    try:
        return next((str(row) for row in damaged_rows(connection)), "") or next(iter(damaged_pages(connection)), "")
    except _UNREADABLE as error:
        return "" if _is_interrupted(error) else _said(error)
    finally:
        connection.set_progress_handler(None, 0)


def damaged_pages(connection: Any) -> list[str]:
    """What SQLite itself finds wrong with a file: its pages, indexes, types, constraints and references."""
    found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MAX_TOLD})") if row[0] != "ok"]
    astray = islice(connection.execute("PRAGMA foreign_key_check"), _MAX_TOLD)
    return found + [f"row {row} of {table} refers to a {parent} that is not there" for table, row, parent, _ in astray]


def damaged_rows(connection: Any) -> Iterator[DamagedRow]:
    """Each row with a value that cannot be decoded, of the tables that are there and that the program talks of.

    SQLite takes any bytes for a text; so rows are read as bytes.
    """
    with _texts_as_bytes(connection):
        for table in metadata.sorted_tables:
            try:
                yield from islice(_damaged_rows_of(connection, table), _MAX_TOLD)
            except _UNREADABLE as error:
                if not _is_missing(error) and not _is_interrupted(error):
                    yield DamagedRow(table.name, "", f"it cannot be read ({_said(error)})")


def _damaged_rows_of(connection: Any, table: Table) -> Iterator[DamagedRow]:
    cursor = connection.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608 (a table by its own name)
    names = [column[0] for column in cursor.description]
    checks = [_check(names.index(column.name), column) for column in table.columns if column.name in names]
    keys = [(names.index(column.name), column.name) for column in table.primary_key if column.name in names]
    for row in cursor:
        if problem := _problem(row, checks):
            yield DamagedRow(table.name, ", ".join(f"{name}={_shown(row[place])}" for place, name in keys), problem)


def _check(place: int, column: Column[Any]) -> _Check:
    stored = column.type
    if not isinstance(stored, StoredType):  # bytes, which may be any
        return place, column.name, len, bool(column.nullable)
    decode = stored.decode
    return (place, column.name, lambda value: decode(value.decode() if value.__class__ is bytes else value),
            bool(column.nullable))


def _problem(row: Sequence[Any], checks: Iterable[_Check]) -> str:
    for place, name, decode, may_be_null in checks:
        value = row[place]
        try:
            if value is not None:
                decode(value)
            elif not may_be_null:
                return f"column {name} is empty"
        except UnicodeDecodeError:
            return f"column {name} is not text in UTF-8"
        except DamagedValue as damaged:
            return f"column {name} {damaged.problem}"
    return ""


@contextmanager
def _texts_as_bytes(connection: Any) -> Iterator[None]:
    before, connection.text_factory = connection.text_factory, bytes
    try:
        yield
    finally:
        connection.text_factory = before


_UNREADABLE = (sqlite_driver().DatabaseError, UnicodeDecodeError)


def _is_missing(error: Exception) -> bool:
    return "no such table" in str(error)  # an older schema has fewer; another check knows which there must be


def _is_interrupted(error: Exception) -> bool:
    return "interrupted" in str(error)


def _said(error: Exception) -> str:
    return "its schema is not text" if isinstance(error, UnicodeDecodeError) else str(error)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _shown(value: Any) -> str:
    return _text(value)[:80]
