"""Compares a shop's whole schema with what the migrations make: tables, indexes, triggers, the search table."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate

_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema"

Schema = Counter[tuple[str, str, str, str]]
"""Every object: its kind, name, table and definition, without blanks (they differ with who writes them)."""


def schema_of(connection: Any) -> Schema:
    """The schema of the file of a connection of the driver's."""
    rows = connection.execute(_SCHEMA).fetchall()
    return Counter((kind, name, of, "".join((sql or "").split())) for kind, name, of, sql in rows)


@cache
def expected_schema(revision: str) -> Schema:
    """The schema that the migrations make for a revision."""
    with TemporaryDirectory(prefix="shopkeeper-") as folder:
        database = Database.open(str(Path(folder) / "expected.db"))
        try:
            migrate(database, to=revision)
            with database.read() as connection:
                return schema_of(connection.connection.driver_connection)
        finally:
            database.close()


def schema_problems(connection: Any, revision: str) -> Iterator[str]:
    """What of a file's schema is not what the migrations make for this revision, in words to put behind a name."""
    given, expected = schema_of(connection), expected_schema(revision)
    present = {name for _, name, _, _ in given}
    for kind, name, _, _ in given - expected:
        yield f"its {kind} {name} is not what a shop's is"
    for kind, name, _, _ in expected - given:
        if name not in present:
            yield f"it has no {kind} {name}"
