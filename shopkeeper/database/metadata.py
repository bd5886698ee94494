"""The one MetaData, and how a table is made in it."""
from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.schema import SchemaItem

from shopkeeper.database.types import OneOf, StoredType

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
    made = Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=not without_rowid)
    for column in made.columns:
        if isinstance(column.type, StoredType):
            column.type.column = f"{name}.{column.name}"
    return made


def choice_column(name: str, *words: str, primary_key: bool = False) -> Column[str]:
    """A column that holds one of a few words, which the database enforces, too."""
    listed = ", ".join(f"'{word}'" for word in words)
    return Column(name, OneOf(*words), CheckConstraint(f"{name} IN ({listed})", name=name), primary_key=primary_key,
                  nullable=False)
