"""Opening a shop's database: where it is made, who may see it, and what is said when it cannot be opened."""
from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, SchemaTooNew
from shopkeeper.config import default_database
from shopkeeper.database.engine import Database
from shopkeeper.database.lock import lock_file
from shopkeeper.database.migrate import migrate
from shopkeeper.settings import Settings
from tests.machine import as_ordinary_user, permissions, umask
from tests.waiting import PATIENCE

OPEN_AND_NAME_IT = """
import sys
from shopkeeper.database.engine import Database
from shopkeeper.database.lock import lock_file
from shopkeeper.database.migrate import migrate
from shopkeeper.settings import Settings
database = Database.open(sys.argv[1])
migrate(database)
print(Settings(database).shop_id)
"""


@contextmanager
def opened(path: Path | str) -> Iterator[Database]:
    """A shop's database, made or brought up to date."""
    database = Database.open(str(path))
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def refusal(path: Path | str, code: str = "database_unavailable") -> str:
    """What is said when this database is opened as a shop's."""
    with pytest.raises(DatabaseUnavailable) as refused, opened(path):
        pass
    assert refused.value.code == code
    return refused.value.message


def test_a_new_shop_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "shop.db"
    with umask(0), opened(path):
        files = list(path.parent.iterdir())
        assert path in files
        assert {permissions(file) for file in files} == {0o600}  # what SQLite puts beside it, too
        assert permissions(path.parent) == 0o700


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with opened(tmp_path / "shop.db"):
        assert permissions(tmp_path) == 0o755


@pytest.mark.parametrize("address", ["{}/shop.db", "sqlite:///{}/shop.db", "sqlite+pysqlite:///{}/a b%20c.db",
                                     "{}/Café [XL] %20.db"])
def test_a_path_and_an_address_name_a_file(tmp_path: Path, address: str) -> None:
    with opened(address.format(tmp_path)) as database:
        Settings(database).change(name="Ada’s")
    with opened(address.format(tmp_path)) as database:
        assert Settings(database).name == "Ada’s"
    assert [file for file in tmp_path.iterdir() if file.suffix == ".db"]


def test_no_address_is_the_one_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPKEEPER_DB", str(tmp_path / "mine.db"))
    assert default_database() == str(tmp_path / "mine.db")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with opened(path) as database:
        shop_id = Settings(database).shop_id
    before = path.read_bytes()
    with opened(path) as database:
        assert Settings(database).shop_id == shop_id
    assert path.read_bytes() == before


def test_two_who_make_the_same_shop_at_once_make_one(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", OPEN_AND_NAME_IT, str(tmp_path / "shop.db")]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    shop_ids = {process.communicate(timeout=PATIENCE)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(shop_ids) == 1


@pytest.mark.parametrize("address", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x.db?uri=true",
                                     "nonsense://x", "://", "mysql://localhost/shop"])
def test_an_address_that_is_no_file_or_server_is_refused(address: str, tmp_path: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(address).endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada,\n" * 500)
    assert "not a shop's database" in refusal(path)
    assert path.read_text() == "Dear Ada,\n" * 500
    assert set(tmp_path.iterdir()) == {path, lock_file(path)}


@pytest.mark.parametrize("table", ["recipe", "alembic_version"])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, table: str) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute(f"CREATE TABLE {table} AS SELECT '0001' AS version_num")
    other.commit()
    other.close()
    before = path.read_bytes()
    assert "not a shop's" in refusal(path)
    assert path.read_bytes() == before


def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with opened(path):
        pass
    with path.open("r+b") as file:
        file.seek(100)  # after the header
        file.write(b"\xff" * 4000)
    assert "damaged" in refusal(path, "shop_damaged")


def test_a_newer_programs_shop_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with opened(path) as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(SchemaTooNew, match="Update shopkeeper") as refused, opened(path):
        pass
    assert refused.value.details["found"] == "9999"
    assert path.read_bytes() == before


# Permissions bind everybody but root

def test_a_read_only_file_is_said_to_be_read_only(open_folder: Path) -> None:
    path = open_folder / "shop.db"
    with opened(path):
        pass
    path.chmod(0o444)
    open_folder.chmod(0o777)
    assert "is read-only" in as_ordinary_user(lambda: refusal(path))


def test_a_read_only_folder_is_said_to_be_read_only(open_folder: Path) -> None:
    path = open_folder / "shop.db"
    with opened(path):
        pass
    path.chmod(0o666)
    open_folder.chmod(0o555)
    assert "is read-only" in as_ordinary_user(lambda: refusal(path))


def test_a_shop_that_cannot_be_made_is_said_so(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    assert "cannot be made: Permission denied" in as_ordinary_user(lambda: refusal(open_folder / "shop.db"))
    assert "cannot be made: Permission denied" in as_ordinary_user(lambda: refusal(open_folder / "new" / "shop.db"))
