"""The two kinds of transaction, within a process and between several."""
from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from shopkeeper import DatabaseUnavailable
from shopkeeper.database.driver import journal_mode, sqlite_driver
from shopkeeper.database.engine import Database
from tests.waiting import PATIENCE

COUNT_TO_FIFTY = """
import sys
from shopkeeper.database.engine import Database
database = Database.open(sys.argv[1])
for _ in range(50):
    with database.write() as connection:
        count = connection.exec_driver_sql("SELECT count FROM counter").scalar()
        connection.exec_driver_sql("UPDATE counter SET count = ?", (count + 1,))
"""


@pytest.fixture
def counter(tmp_path: Path) -> Database:
    """A database with a count that stands at 0."""
    database = Database.open(str(tmp_path / "counter.db"))
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (count INTEGER NOT NULL) STRICT")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    return database


def set_count(database: Database, count: int) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE counter SET count = ?", (count,))


def count_of(database: Database) -> object:
    with database.read() as connection:
        return connection.exec_driver_sql("SELECT count FROM counter").scalar()


@pytest.mark.parametrize(("pragma", "value"), [
    ("busy_timeout", 10_000), ("foreign_keys", 1), ("synchronous", 2), ("cache_size", -65536), ("temp_store", 2),
    ("mmap_size", 0), ("journal_mode", journal_mode(sqlite_driver().sqlite_version_info).lower()),
])
def test_every_connection_has_the_pragmas(counter: Database, pragma: str, value: object) -> None:
    with counter.read() as first, counter.read() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_what_is_asked_again_is_not_prepared_again_however_much_was_asked_before(counter: Database) -> None:
    prepared: list[object] = []
    with counter.read() as connection:
        for number in range(300):  # as many as a migration or an import runs
            connection.exec_driver_sql(f"SELECT {number}")
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(lambda *what: prepared.append(what) or 0)  # asked whenever a statement is prepared
        for _ in range(3):
            connection.exec_driver_sql("SELECT count FROM counter")
            connection.exec_driver_sql("SELECT count + 1 FROM counter")
        driver.set_authorizer(None)
    assert len(prepared) == 4  # a SELECT and a column of each


@pytest.mark.parametrize(("version", "mode"), [
    ((3, 40, 1), "TRUNCATE"), ((3, 44, 5), "TRUNCATE"), ((3, 44, 6), "WAL"), ((3, 44, 7), "WAL"),
    ((3, 45, 0), "TRUNCATE"), ((3, 50, 6), "TRUNCATE"), ((3, 50, 7), "WAL"), ((3, 51, 0), "TRUNCATE"),
    ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 53, 4), "WAL"), ((4, 0, 0), "WAL"),
])
def test_wal_is_used_only_where_it_is_safe(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


def test_a_write_lands_whole_or_not_at_all(counter: Database) -> None:
    with pytest.raises(KeyError), counter.write() as connection:
        connection.exec_driver_sql("UPDATE counter SET count = 7")
        raise KeyError
    assert count_of(counter) == 0
    set_count(counter, 8)
    assert count_of(counter) == 8


def test_a_reader_sees_one_state_while_another_writes(counter: Database) -> None:
    with counter.read() as reader:
        before = reader.exec_driver_sql("SELECT count FROM counter").scalar()
        set_count(counter, 1)
        assert reader.exec_driver_sql("SELECT count FROM counter").scalar() == before
    assert count_of(counter) == 1


def test_a_writer_has_the_lock_before_its_first_word(counter: Database) -> None:
    order: list[str] = []
    begun = threading.Event()

    def second_writer() -> None:
        begun.set()
        with counter.write():
            order.append("second")

    thread = threading.Thread(target=second_writer)
    with counter.write():
        thread.start()
        begun.wait()
        thread.join(0.2)  # it cannot get in, however long this is
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_processes_that_count_at_once_lose_nothing(counter: Database) -> None:
    arguments = [sys.executable, "-c", COUNT_TO_FIFTY, str(counter.engine.url.database)]
    processes = [subprocess.Popen(arguments) for _ in range(2)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    assert count_of(counter) == 100


def test_what_the_rooms_handle_passes_untouched(counter: Database) -> None:
    with counter.write() as connection:
        connection.exec_driver_sql("CREATE TABLE locked (readonly TEXT UNIQUE) STRICT")  # words of other errors
        connection.exec_driver_sql("INSERT INTO locked VALUES ('x')")
    with pytest.raises(IntegrityError), counter.write() as connection:
        connection.exec_driver_sql("INSERT INTO locked VALUES ('x')")


def test_a_database_that_stays_locked_is_said_to_be_in_use(counter: Database) -> None:
    with counter.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")  # the one pooled connection keeps it
    other = sqlite_driver().connect(str(counter.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="in use by another program"), counter.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    set_count(counter, 1)
    assert count_of(counter) == 1


def test_a_full_disk_is_said_and_nothing_is_changed(counter: Database) -> None:
    with counter.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 3")  # SQLite says of it what it says of a full disk
    with pytest.raises(DatabaseUnavailable, match="Make room there, and try again"), counter.write() as connection:
        connection.exec_driver_sql("UPDATE counter SET count = 1")
        connection.exec_driver_sql("CREATE TABLE large (x TEXT) STRICT")
        connection.exec_driver_sql("INSERT INTO large VALUES (?)", ("x" * 100_000,))
    assert count_of(counter) == 0


def test_types_are_enforced_by_the_database_itself(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO shopper (created_at) VALUES ('yesterday')")


def test_references_are_enforced_by_the_database_itself(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO cart (shopper_id, version, updated_at) VALUES (4711, 1, 0)")


def test_a_change_is_told_whoever_made_it_and_reading_makes_none(counter: Database) -> None:
    before = counter.changes()
    with counter.read() as connection:
        connection.exec_driver_sql("SELECT count FROM counter").scalar()
    assert counter.changes() == before
    set_count(counter, 1)
    assert counter.changes() != before


def test_a_file_that_cannot_be_read_tells_no_changes(counter: Database) -> None:
    assert counter.path is not None
    counter.engine.dispose()  # what is in its log goes into the file
    counter.path.write_bytes(b"something else" * 1000)
    assert counter.changes() is None
