"""A shop whose file was cut or overwritten in place, where device and inode stay: nothing more is acknowledged."""
from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from shopkeeper import DatabaseReplaced, DatabaseUnavailable, Session, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.side_files import side_file
from tests.factories import add_account, add_product
from tests.orders.buying import orders_written, pay
from tests.served import served

Change = Callable[[Path], None]


def cut(file: Path, size: int) -> None:
    """As another program does it: to open and close the file in this one would drop SQLite's locks."""
    subprocess.run(["truncate", "-s", str(size), file], check=True)


def copy_over(source: Path, file: Path) -> None:
    subprocess.run(["cp", source, file], check=True)


def cut_to_nothing(file: Path) -> None:
    cut(file, 0)


def cut_in_half(file: Path) -> None:
    cut(file, file.stat().st_size // 2)


def cut_a_page_off(file: Path) -> None:
    cut(file, file.stat().st_size - 4096)


def cut_and_fill_up(file: Path) -> None:
    size = file.stat().st_size
    cut(file, 0)
    cut(file, size)


def write_text(file: Path) -> None:
    letter = file.with_name("letter")
    letter.write_text("Dear Ada,\n" * 100_000)
    copy_over(letter, file)


def copy_other_shop_over(file: Path) -> None:
    copy_over(file.with_name("other.db"), file)


def copy_backup_over(file: Path) -> None:
    copy_over(file.with_name("backup.db"), file)


def cut_log(file: Path) -> None:
    cut(side_file(file, "-wal"), 0)


def cut_log_in_its_first_frame(file: Path) -> None:
    cut(side_file(file, "-wal"), 100)


CHANGES: list[Change] = [cut_to_nothing, cut_in_half, cut_a_page_off, cut_and_fill_up, write_text, copy_other_shop_over,
                         copy_backup_over]
LOG_CHANGES: list[Change] = [cut_log, cut_log_in_its_first_frame]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> tuple[Path, str]:
    """A folder with a shop where Ada has a mug in her cart, its backup and another shop; and Ada's token."""
    folder = tmp_path_factory.mktemp("shops")
    other_file = Path(shutil.copy(empty_database, folder / "other.db"))
    run_sql(other_file, "UPDATE setting SET value = 'other' WHERE name = 'shop_id'")
    with Shop.open(str(other_file)) as other:
        for number in range(20):
            add_product(other, f"Other {number}")
    with Shop.open(str(shutil.copy(empty_database, folder / "shop.db"))) as shop:
        session = add_account(shop)
        shop.upkeep.backup(folder / "backup.db")
        shop.cart.add(session, add_product(shop, "Plain Mug", stock=5).variants[0].id)
    return folder, session.token


@pytest.fixture
def shop_file(tmp_path: Path, shops: tuple[Path, str]) -> Path:
    return Path(shutil.copytree(shops[0], tmp_path / "shops")) / "shop.db"


@pytest.fixture
def ada(shop: Shop, shops: tuple[Path, str]) -> Session:
    """Ada's session, in a shop with something in its log."""
    shop.settings.change(name="Northwind")
    return shop.accounts.resume(shops[1])


def run_sql(file: Path, statement: str) -> str:
    """What another program gets, or fails with, that uses the same SQLite."""
    program = ("import sys; from shopkeeper.database.driver import sqlite_driver\n"
               "c = sqlite_driver().connect(sys.argv[1], isolation_level=None)\n"
               "try: print(c.execute(sys.argv[2]).fetchall())\n"
               "except sqlite_driver().Error as error: print(error)")
    return subprocess.run([sys.executable, "-c", program, file, statement], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("change", CHANGES + LOG_CHANGES)
def test_nothing_is_acknowledged_any_more(shop: Shop, shop_file: Path, ada: Session, change: Change) -> None:
    shop.settings.change(name="Southwind")
    total = shop.cart.view(ada).total
    change(shop_file)
    for verb in (lambda: pay(shop, ada, total=total), lambda: shop.cart.clear(ada),
                 lambda: add_account(shop, "bob@example.com"), lambda: shop.settings.change(name="Other"),
                 shop.check_files):
        for _ in range(2):
            with pytest.raises(DatabaseReplaced, match="overwritten or cut") as refused:
                verb()
            assert "restore a backup" in refused.value.message


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_read_any_more(shop: Shop, shop_file: Path, ada: Session, change: Change) -> None:
    change(shop_file)
    for verb in (lambda: shop.cart.view(ada), shop.settings.all, shop.back_office.orders):
        with pytest.raises(DatabaseReplaced, match="overwritten or cut"):
            verb()
    assert shop.changes() is None


@pytest.mark.parametrize("change", CHANGES + LOG_CHANGES)
def test_a_server_is_not_ready_and_goes_on(shop: Shop, shop_file: Path, ada: Session, change: Change) -> None:
    with served(shop) as address:
        assert httpx.get(f"{address}/readyz").status_code == 200
        change(shop_file)
        answer = httpx.get(f"{address}/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_replaced")
        assert httpx.get(f"{address}/healthz").status_code == 200
    assert shop.changes() is None or change in LOG_CHANGES
    assert ada.account


def test_what_is_written_while_the_log_is_cut_is_not_acknowledged(shop: Shop, shop_file: Path, ada: Session) -> None:
    assert ada.account
    with pytest.raises(DatabaseReplaced, match="-wal was overwritten"), shop._database.write() as connection:
        connection.exec_driver_sql("UPDATE setting SET value = 'Other' WHERE name = 'name'")
        cut_log(shop_file)
    with pytest.raises(DatabaseReplaced, match="-wal was overwritten"):
        shop.settings.change(name="Again")


@pytest.mark.parametrize("change", [cut_to_nothing, copy_other_shop_over, copy_backup_over, cut_log])
def test_a_backup_can_be_restored_afterwards(shop: Shop, shop_file: Path, ada: Session, change: Change) -> None:
    from shopkeeper.upkeep.restore import restore

    assert ada.account
    change(shop_file)
    shop.close()
    restore(str(shop_file), shop_file.with_name("backup.db"))
    with Shop.open(str(shop_file)) as restored:
        assert restored.accounts.login("ada@example.com", "correct horse battery staple").account


# No false alarm

@pytest.mark.parametrize("statement", ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(RESTART)",
                                       "PRAGMA wal_checkpoint", "REINDEX", "ANALYZE",
                                       "UPDATE setting SET value = value"])
def test_what_another_program_does_through_sqlite_is_no_change_in_place(
    shop: Shop, shop_file: Path, ada: Session, statement: str
) -> None:
    for number in range(3):
        shop.settings.change(name=f"Before {number}")
        run_sql(shop_file, statement)
        assert shop.settings.name == f"Before {number}"
        shop.check_files()
    assert pay(shop, ada).status == "placed"
    assert orders_written(shop) == 1


def test_a_shop_that_shrinks_is_no_cut_one(shop: Shop, shop_file: Path, ada: Session) -> None:
    with shop._database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE bulk AS SELECT zeroblob(1000000)")
    run_sql(shop_file, "PRAGMA wal_checkpoint(TRUNCATE)")
    shop.settings.change(name="Large")
    size = shop_file.stat().st_size
    for statement in ("DROP TABLE bulk", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        assert run_sql(shop_file, statement).startswith("[")
    assert shop_file.stat().st_size < size
    shop.settings.change(name="Small")
    assert pay(shop, ada).status == "placed"


def test_a_new_shop_takes_its_mark_and_another_ones_file_is_not_taken_for_it(tmp_path: Path) -> None:
    with Shop.open(str(tmp_path / "new.db")) as new, Shop.open(str(tmp_path / "other.db")):
        run_sql(tmp_path / "other.db", "PRAGMA wal_checkpoint(TRUNCATE)")
        new.settings.change(name="New")
        copy_over(tmp_path / "other.db", tmp_path / "new.db")
        with pytest.raises(DatabaseReplaced):
            new.settings.change(name="Newer")


def test_to_close_one_of_two_keeps_the_locks_of_the_other(shop: Shop, shop_file: Path) -> None:
    Database.open(str(shop_file)).close()
    assert shop.settings.name
    assert "locked" in run_sql(shop_file, "PRAGMA journal_mode = DELETE")
    shop.close()
    assert "delete" in run_sql(shop_file, "PRAGMA journal_mode = DELETE")


def test_a_closed_shop_is_said_to_be_closed(shop: Shop) -> None:
    shop.close()
    for verb in (lambda: shop.settings.all(), shop.check_files, shop.changes):
        with pytest.raises(DatabaseUnavailable, match="was closed"):
            verb()
