"""Brings a database to the schema this program knows."""
from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from shopkeeper.database.engine import Database
from shopkeeper.errors import DatabaseUnavailable, SchemaTooNew

_MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """The revisions this program knows, oldest first: the files of `migrations/versions` by their number."""
    return tuple(sorted(file.stem.split("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def migrate(database: Database) -> None:
    """Creates the tables or brings them up to date; all of it lands or none.

    Raises:
        SchemaTooNew: A newer program wrote this database.
        DatabaseUnavailable: It holds something other than a shop.
    """
    with database.read() as connection:
        current = _current(connection)
    if current == revisions()[-1]:
        return
    with database.write() as connection:
        if _current(connection) != revisions()[-1]:
            _upgrade(connection)


def _current(connection: Connection) -> str | None:
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if not {"alembic_version", "setting"} <= set(names):  # many programs have the first
        raise DatabaseUnavailable(f"{connection.engine.url.database} is a database, but not a shop's.")
    current: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if current is not None and current not in revisions():
        raise SchemaTooNew(f"This shop was opened by a newer program (schema {current}; this one knows up to"
                           f" {revisions()[-1]}). Update shopkeeper.", found=current, known=revisions()[-1])
    return current


def _upgrade(connection: Connection) -> None:
    # Alembic takes 100 ms to import: only where there is something to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
