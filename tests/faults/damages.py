"""Random damage to a shop's file: turned bits, changed values, cut ends, pages of zeros, a schema that lost a part."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from shopkeeper.database.driver import sqlite_driver
from shopkeeper.upkeep.files import sqlite_file

_PAGE = 4096

DECLINED_ORDER = 5
"""Its payment was declined: it is no order to its shopper, and nothing seals its text."""

# What money and an order's text are. Nothing else in the file tells what the remaining columns were.
PRECIOUS = {
    '"order"': "id, number, currency, subtotal_minor, shipping_minor, tax_minor, tax_included_minor, total_minor,"
               " address, placed_at",
    "order_number": "value, order_id",
    "order_line": "order_id, position, variant_id, handle, title, sku, options, specs, quantity, unit_price_minor,"
                  " total_minor, tax_minor",
    "payment": "order_id, amount_minor, refunded_minor, brand, last4",
    "receipt": "order_id, terms, digest",
    "journal_entry": "payment_id, order_id, kind, currency",
    "posting": "entry_id, account, amount_minor",
}

_SEALED = {'"order"': f"id <> {DECLINED_ORDER}",
           **dict.fromkeys(("order_line", "payment", "receipt"), f"order_id <> {DECLINED_ORDER}")}


def turn_bits(file: Path, random: Random) -> str:
    """Turns a few bits, near each other."""
    at = random.randrange(file.stat().st_size)
    with file.open("r+b") as opened:
        opened.seek(at)
        length = random.choice([1, 1, 1, 2, 8, 64])
        turned = bytes(byte ^ random.choice([1 << random.randrange(8), random.randrange(1, 256)])
                       for byte in opened.read(length))
        opened.seek(at)
        opened.write(turned)
    return f"{length} bytes at {at}"


def zero_page(file: Path, random: Random) -> str:
    """Writes zeros over a page."""
    page = random.randrange(file.stat().st_size // _PAGE)
    with file.open("r+b") as opened:
        opened.seek(page * _PAGE)
        opened.write(bytes(_PAGE))
    return f"page {page} of zeros"


def cut_end(file: Path, random: Random) -> str:
    """Cuts the file off."""
    size = random.choice([random.randrange(file.stat().st_size), random.randrange(1, file.stat().st_size // _PAGE)
                          * _PAGE])
    os.truncate(file, size)
    return f"cut to {size}"


def change_value(file: Path, random: Random) -> str:
    """Changes one value of one row, as no service would, without SQLite's own checks."""
    with sqlite_file(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = [row[0] for row in connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE 'product_search%' AND name <> 'catalog_index'")]
        filled = [name for name in tables if _rows(connection, f'"{name}"')]
        orders = [name.strip('"') for name in PRECIOUS]
        table = random.choice([random.choice(filled), random.choice(orders)])
        columns = [(row[1], row[2]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
        column, kind = random.choice(columns)
        rows = _rows(connection, f'"{table}"')
        names = [name for name, _ in columns]
        row = random.choice(rows)
        before = row[names.index(column)]
        value = _other_value(before, kind, random)
        where = " AND ".join(f'"{name}" IS ?' for name in names)
        text = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
        try:
            connection.execute(f'UPDATE "{table}" SET "{column}" = {text} WHERE {where}',  # noqa: S608
                               (value, *row))
        except sqlite_driver().IntegrityError as error:  # there is one of it already
            return f"{table}.{column} cannot be {value!r}: {error}"
    return f"{table}.{column} of {row[:2]}: {before!r} -> {value!r}"


def spoil_schema(file: Path, random: Random) -> str:
    """Takes an index, a trigger, a table or the revision away."""
    with sqlite_file(file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        droppable = connection.execute(
            "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'product_search_%'"
            " AND type IN ('table', 'index', 'trigger')").fetchall()
        statements = [f'DROP {kind} "{name}"' for kind, name in droppable]
        statement = random.choice([random.choice(statements), "DELETE FROM alembic_version",
                                   "INSERT INTO alembic_version VALUES ('0001')", "CREATE TABLE extra (id INTEGER)"])
        connection.execute(statement)
    return statement


Damage = Callable[[Path, Random], str]

DAMAGES: tuple[Damage, ...] = (turn_bits, turn_bits, turn_bits, change_value, change_value, change_value, zero_page,
                               cut_end, spoil_schema)


def precious(file: Path) -> object:
    """Money and orders' texts, as they are in the file."""
    with sqlite_file(file, "mode=ro") as connection:
        connection.text_factory = bytes
        try:
            return [(table, sorted(_rows(connection, table, columns, _SEALED.get(table, "1 = 1")), key=repr))
                    for table, columns in PRECIOUS.items()]
        except (sqlite_driver().DatabaseError, UnicodeDecodeError) as error:
            return str(error)


def _rows(connection: Any, table: str, columns: str = "*", where: str = "1 = 1") -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {columns} FROM {table} WHERE {where}").fetchall()  # noqa: S608
    return rows


def _other_value(before: Any, kind: str, random: Random) -> Any:
    if isinstance(before, int):
        return random.choice([before + 1, before - 1, before ^ (1 << random.randrange(62)), -before - 1, 0, 2**62])
    if isinstance(before, str):
        if not before:
            return random.choice(["x", b"\xff"])
        at = random.randrange(len(before))
        return random.choice([before[:at] + chr(ord(before[at]) ^ 1) + before[at + 1:], before[:at], "", "null", "[]",
                              before.encode()[:at] + b"\xbb" + before.encode()[at + 1:]])
    return 7 if kind == "INTEGER" else "x"
