"""A shop whose file was moved, replaced or removed while it is open refuses to work, and makes no other file."""
from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shopkeeper import DatabaseReplaced, Session, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.side_files import SQLITE_SIDE_FILES, side_file
from tests.factories import add_account, add_product
from tests.orders.buying import orders_written, pay


def remove(file: Path) -> None:
    file.unlink()


def remove_with_siblings(file: Path) -> None:
    for path in (file, *(side_file(file, suffix) for suffix in SQLITE_SIDE_FILES)):
        path.unlink(missing_ok=True)


def move_away(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def replace_by_copy(file: Path) -> None:
    shutil.copy(file, file.with_name("copy.db")).replace(file)


def remove_log(file: Path) -> None:
    side_file(file, "-wal").unlink()


def replace_shared_memory(file: Path) -> None:
    path = side_file(file, "-shm")
    shutil.copy(path, file.with_name("copy")).replace(path)


CHANGES: list[Callable[[Path], None]] = [
    remove, remove_with_siblings, move_away, replace_by_copy, remove_log, replace_shared_memory]


@pytest.fixture
def ada(shop: Shop) -> Session:
    """An account with a mug in the cart."""
    session = add_account(shop)
    shop.cart.add(session, add_product(shop, "Plain Mug", stock=5).variants[0].id)
    return session


@pytest.mark.parametrize("change", CHANGES)
def test_a_shop_whose_files_changed_takes_no_order(shop: Shop, shop_file: Path, ada: Session,
                                                   change: Callable[[Path], None]) -> None:
    total = shop.cart.view(ada).total
    change(shop_file)
    before = sorted(shop_file.parent.iterdir())
    for verb in (lambda: pay(shop, ada, total=total), lambda: shop.cart.clear(ada),
                 lambda: add_account(shop, "bob@example.com"), lambda: shop.settings.change(name="Other")):
        with pytest.raises(DatabaseReplaced, match="moved, replaced or removed") as refused:
            verb()
        assert refused.value.code == "database_replaced"
    shop.changes()
    assert sorted(shop_file.parent.iterdir()) == before


@pytest.mark.parametrize("change", [remove, remove_with_siblings, move_away, replace_by_copy])
def test_a_file_that_is_not_the_shops_is_not_read(shop: Shop, shop_file: Path, ada: Session,
                                                  change: Callable[[Path], None]) -> None:
    change(shop_file)
    with pytest.raises(DatabaseReplaced):
        shop.cart.view(ada)


def test_a_file_that_is_put_back_is_used_again(shop: Shop, shop_file: Path, ada: Session) -> None:
    move_away(shop_file)
    with pytest.raises(DatabaseReplaced):
        pay(shop, ada)
    shop_file.with_name("elsewhere.db").rename(shop_file)
    assert pay(shop, ada).status == "placed"
    assert orders_written(shop) == 1


def test_a_link_that_leads_to_another_shop_is_noticed(tmp_path: Path, empty_database: Path) -> None:
    shops = [Path(shutil.copy(empty_database, tmp_path / name)) for name in ("one.db", "two.db")]
    link = tmp_path / "link.db"
    link.symlink_to(shops[0])
    with Shop.open(str(link)) as shop:
        shop.settings.change(name="One")
        link.unlink()
        link.symlink_to(shops[1])
        with pytest.raises(DatabaseReplaced):
            shop.settings.change(name="Another")


def test_what_is_written_while_the_file_is_replaced_is_not_acknowledged(database: Database, shop_file: Path) -> None:
    with pytest.raises(DatabaseReplaced), database.write() as connection:
        connection.exec_driver_sql("UPDATE setting SET value = 'changed'")
        replace_by_copy(shop_file)


def test_every_thread_and_new_connection_notices(shop: Shop, shop_file: Path, ada: Session) -> None:
    replace_by_copy(shop_file)

    def refuses(_: int) -> bool:
        with pytest.raises(DatabaseReplaced):
            shop.cart.clear(ada)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(refuses, range(32)))


def test_the_watcher_of_changes_makes_no_file(shop: Shop, shop_file: Path) -> None:
    shop_file.unlink()
    assert shop.changes() is None
    assert not shop_file.exists()


def test_other_programs_come_and_go_without_a_false_alarm(shop: Shop, shop_file: Path, ada: Session) -> None:
    for name in ("One", "Two", "Three"):
        with Shop.open(str(shop_file)) as other:
            other.settings.change(name=name)
        shop.upkeep.backup(shop_file.with_name("backup.db"))
        assert shop.settings.name == name
    assert pay(shop, ada).status == "placed"
