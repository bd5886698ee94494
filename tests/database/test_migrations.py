"""Migrations: each lands whole or not at all."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from shopkeeper.database import migrate as migrations
from shopkeeper.database.engine import Database

SECOND = """
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    op.execute("CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT")
    {then}
"""



@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the migrations, which the program takes for its own."""
    copy = tmp_path / "100% migrations"
    shutil.copytree(Path(migrations.__file__).parent / "migrations", copy)
    monkeypatch.setattr(migrations, "_MIGRATIONS", copy)
    migrations.revisions.cache_clear()
    yield copy
    migrations.revisions.cache_clear()


def add(folder: Path, then: str = "pass") -> None:
    before = migrations.revisions()[-1]
    revision = f"{int(before) + 1:04}"
    migration = SECOND.format(revision=revision, before=before, then=then)
    (folder / "versions" / f"{revision}_second.py").write_text(migration)
    migrations.revisions.cache_clear()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def version(database: Database) -> object:
    with database.read() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(str(tmp_path / "shop.db"))
    yield database
    database.close()


def test_an_older_shop_is_brought_up_to_date(folder: Path, empty: Database) -> None:
    migrations.migrate(empty)
    before = tables(empty)
    add(folder)
    migrations.migrate(empty)
    assert tables(empty) == before | {"second"}
    assert version(empty) == migrations.revisions()[-1]


def test_a_migration_that_fails_leaves_the_shop_as_it_was(folder: Path, empty: Database) -> None:
    migrations.migrate(empty)
    before = tables(empty), version(empty)
    add(folder, then="raise KeyError('half way')")
    with pytest.raises(KeyError):
        migrations.migrate(empty)
    assert (tables(empty), version(empty)) == before


def test_a_shop_that_cannot_be_made_whole_is_not_made(folder: Path, empty: Database) -> None:
    add(folder, then="raise KeyError('half way')")
    with pytest.raises(KeyError):
        migrations.migrate(empty)
    assert tables(empty) == set()


def test_every_table_is_strict(database: Database) -> None:
    with database.read() as connection:
        loose = connection.exec_driver_sql(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'").scalars().all()
    assert loose == []
