"""The migrations make the tables that the program talks of."""
from __future__ import annotations

from importlib import import_module
from pathlib import Path

from shopkeeper.database.engine import Database
from shopkeeper.database.metadata import metadata
from shopkeeper.database.migrate import migrate

ROOMS = ("accounts", "catalog", "inventory", "cart", "orders", "payments")


def schema(database: Database) -> dict[str, list[str]]:
    """By the name of each table and index: the lines of its definition, in no order."""
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: sorted(line.strip(" ,\t") for line in sql.splitlines()) for name, sql in rows}


def test_migrating_makes_the_tables_that_the_program_talks_of(tmp_path: Path) -> None:
    for room in ROOMS:
        import_module(f"shopkeeper.{room}.tables")
    talked_of = Database.open(str(tmp_path / "talked-of.db"))
    with talked_of.write() as connection:
        metadata.create_all(connection)
    migrated = Database.open(str(tmp_path / "migrated.db"))
    migrate(migrated)
    no_table = ("product_search", "alembic", "note_")
    made = {name: lines for name, lines in schema(migrated).items() if not name.startswith(no_table)}
    assert made == schema(talked_of)
    talked_of.close()
    migrated.close()
