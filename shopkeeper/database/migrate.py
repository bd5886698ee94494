"""Brings a database to the schema this program knows."""
from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from shopkeeper import log
from shopkeeper.database.engine import Database, is_of_a_shop
from shopkeeper.database.explain import damaged
from shopkeeper.errors import DatabaseUnavailable, SchemaTooNew
from shopkeeper.numbers import is_digits

_NO_SCHEMA = "it does not say which schema it has"

_MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """The revisions this program knows, oldest first: the files of `migrations/versions` by their number."""
    return tuple(sorted(file.stem.split("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def migrate(database: Database, *, to: str | None = None, before: Callable[[str], object] | None = None) -> None:
    """Creates the tables or brings them up to date; all of it lands or none.

    Args:
        database: What is brought up to date.
        to: The revision to stop at; none: the newest.
        before: Called before a shop that is older is changed, with its revision. What it raises ends it.

    Raises:
        SchemaTooNew: A newer program wrote this database.
        DatabaseUnavailable: It holds something other than a shop.
    """
    goal = to or revisions()[-1]
    with database.read() as connection:
        current = revision_of(connection)
    if current == goal:
        return
    if before is not None and current is not None:
        before(current)
    with database.write() as connection:
        if revision_of(connection) != goal:
            _upgrade(connection, goal)
    log.event("migrated", database=database.place, was=current, now=goal)


def revision_of(connection: Connection) -> str | None:
    """The revision of a shop's database; `None` for an empty one. Raises as `migrate`, and ShopDamaged."""
    place = connection.engine.url.database
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if not is_of_a_shop(names):
        raise DatabaseUnavailable(f"{place} is a database, but not a shop's.")
    if "alembic_version" not in names:
        raise damaged(str(place), _NO_SCHEMA)
    rows = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    if len(rows) != 1 or not isinstance(rows[0], str):
        raise damaged(str(place), "it names several schemas" if len(rows) > 1 else _NO_SCHEMA)
    current: str = rows[0]
    if current not in revisions():
        if not is_digits(current) or current <= revisions()[-1]:
            raise damaged(str(place), f"there is no schema {current!r}")
        raise SchemaTooNew(f"This shop was opened by a newer program (schema {current}; this one knows up to"
                           f" {revisions()[-1]}). Update shopkeeper.", found=current, known=revisions()[-1])
    return current


def _upgrade(connection: Connection, goal: str) -> None:
    # Alembic takes 100 ms to import: only where there is something to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, goal)
