"""Migrations: each lands whole or not at all."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import inspect

from shopkeeper import SessionExpired
from shopkeeper.accounts.service import Accounts
from shopkeeper.database import migrate as migrations
from shopkeeper.database.engine import Database
from shopkeeper.orders import numbers
from shopkeeper.settings import Settings
from tests.conftest import FakeClock

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


# An account with a session that lives and one whose time is over, and a guest, as the third schema kept them.
SHOPPED_BEFORE = """
    INSERT INTO shopper (id, created_at) VALUES (1, 0), (2, 0);
    INSERT INTO account VALUES (1, 'ada@example.com', 'ada@example.com', 'Ada', 'hash', 0);
    INSERT INTO session VALUES ('{ada}', 1, {begun}, {until}), ('{gone}', 1, {begun}, {begun}),
        ('{guest}', 2, {begun}, {until});
"""


def test_who_is_logged_in_stays_so_when_sessions_are_kept_otherwise(empty: Database, clock: FakeClock) -> None:
    migrations.migrate(empty, to="0003")
    day, now = 24 * 3600 * 10**6, int(clock().timestamp()) * 10**6
    values = {name: sha256(name.encode()).hexdigest() for name in ("ada", "gone", "guest")}
    with empty.write() as connection:
        for statement in SHOPPED_BEFORE.format(**values, begun=now - 29 * day, until=now + day).split(";"):
            connection.exec_driver_sql(statement)
    migrations.migrate(empty)
    accounts = Accounts(empty, Settings(empty), clock)
    ada = accounts.resume("ada", renew=False)  # though it was not used for 29 days, as far as anybody knows
    assert (ada.account and ada.account.email, ada.expires_at) == ("ada@example.com", clock() + timedelta(days=1))
    assert accounts.resume("guest").account is None
    with pytest.raises(SessionExpired):
        accounts.resume("gone")
    (info,) = accounts.sessions(ada)
    assert info.created_at == clock() - timedelta(days=29)
    assert accounts.resume("ada").token != "ada"


# Three orders as the first schema kept them: paid, with tax in the price; cancelled; declined.
BOUGHT_BEFORE = """
    INSERT INTO shopper (id, created_at) VALUES (1, 0);
    INSERT INTO "order" VALUES
        (1, 'SK-000001', 1, 'a', '', 'placed', 'USD', 4000, 499, 0, 718, 4499, NULL, 7, 8),
        (2, 'SK-000002', 1, 'b', '', 'cancelled', 'USD', 4000, 499, 371, 0, 4870, NULL, 7, 9),
        (3, 'SK-000003', 1, 'c', '', 'cancelled', 'USD', 4000, 0, 0, 0, 4000, NULL, 7, NULL);
    INSERT INTO order_line VALUES
        (1, 0, 1, 'mug', 'Mug', '', '{}', '{}', 2, 2000, 4000, 638),
        (2, 0, 1, 'mug', 'Mug', '', '{}', '{}', 2, 2000, 4000, 330),
        (3, 0, 1, 'mug', 'Mug', '', '{}', '{}', 2, 2000, 4000, 0);
    INSERT INTO payment VALUES
        (1, 1, 'pay:SK-000001:1', 'demo', 'succeeded', 4499, 0, 0, 'Visa', '4242', '', '', 7),
        (2, 2, 'pay:SK-000002:1', 'demo', 'succeeded', 4870, 4870, 0, 'Visa', '4242', '', '', 7),
        (3, 3, 'pay:SK-000003:1', 'demo', 'declined', 4000, 0, 0, 'Visa', '0002', '', '', 7);
"""


@pytest.mark.parametrize(("setting", "next_number", "next_id"), [("", "SK-000004", 4),
    ("INSERT INTO setting VALUES ('orders_after', '10002')", "SK-010003", 10_003)])
def test_numbers_that_were_given_stay_and_are_gone_on_behind(
    empty: Database, setting: str, next_number: str, next_id: int
) -> None:
    migrations.migrate(empty, to="0010")
    with empty.write() as connection:
        for statement in (*BOUGHT_BEFORE.split(";"), setting):
            connection.exec_driver_sql(statement)
    migrations.migrate(empty)
    with empty.write() as connection:
        assert list(connection.exec_driver_sql('SELECT number FROM "order" ORDER BY id').scalars()) == [
            "SK-000001", "SK-000002", "SK-000003"]
        assert [numbers.give_number(connection, order_id) for order_id in (1, 3)] == ["SK-000001", "SK-000003"]
        assert numbers.next_id(connection) == next_id
        connection.exec_driver_sql(f"""INSERT INTO "order" SELECT {next_id}, 'attempt', 1, 'd', '', status, currency,
            subtotal_minor, shipping_minor, tax_minor, tax_included_minor, total_minor, NULL, 7, NULL
            FROM "order" WHERE id = 3""")  # noqa: S608 (our own number)
        assert numbers.give_number(connection, next_id) == next_number


def test_what_was_paid_before_there_was_a_ledger_is_written_into_it(folder: Path, empty: Database) -> None:
    later = {file: file.read_text() for file in (folder / "versions").glob("*.py") if file.name > "0002"}
    for file in later:
        file.unlink()
    migrations.revisions.cache_clear()
    migrations.migrate(empty)
    with empty.write() as connection:
        for statement in BOUGHT_BEFORE.split(";"):
            connection.exec_driver_sql(statement)
    for file, migration in later.items():
        file.write_text(migration)
    migrations.revisions.cache_clear()
    migrations.migrate(empty)
    with empty.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT order_id, kind, at, account, amount_minor FROM journal_entry JOIN posting ON entry_id = id"
            " ORDER BY entry_id, account").all()
    assert [tuple(row) for row in rows] == [
        (1, "capture", 8, "portal", 4499), (1, "capture", 8, "sales", -3362), (1, "capture", 8, "shipping", -419),
        (1, "capture", 8, "tax", -718),
        (2, "capture", 9, "portal", 4870), (2, "capture", 9, "sales", -4000), (2, "capture", 9, "shipping", -499),
        (2, "capture", 9, "tax", -371),
        (2, "refund", 9, "portal", -4870), (2, "refund", 9, "refunds", 4499), (2, "refund", 9, "tax", 371)]
