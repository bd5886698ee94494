"""The one MetaData, and how a table is made in it."""
from __future__ import annotations

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *items: SchemaItem, without_rowid: bool = False) -> Table:
    """A table whose column types SQLite enforces (STRICT)."""
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=not without_rowid)
