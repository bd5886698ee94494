"""A backup is one whole file, made while the shop is open; where it cannot be made, nothing is left of it."""
from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import BackupFailed, DatabaseReplaced, DatabaseUnavailable, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from shopkeeper.upkeep import backup as backups
from shopkeeper.upkeep.backup import back_up, back_up_as_it_is
from tests.factories import add_account
from tests.machine import as_ordinary_user, in_child, permissions, umask
from tests.upkeep.looking import ORDERS, ask, end_of_index, findings, flip_bits, orders_in


def refusal(shop: Shop, path: Path) -> str:
    """What is said instead of making a backup there; and nothing is left of it."""
    before = sorted(path.parent.iterdir())
    with pytest.raises(BackupFailed) as refused:
        shop.upkeep.backup(path)
    assert sorted(path.parent.iterdir()) == before
    return refused.value.message


def test_a_backup_is_a_whole_shop_in_one_private_file(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with umask(0):
        made = shop.upkeep.backup(folder / "backup.db")
    assert list(folder.iterdir()) == [made.path]
    assert permissions(made.path) == 0o600
    assert made.size == made.path.stat().st_size
    assert orders_in(made.path) == ORDERS
    assert ask(made.path, "PRAGMA journal_mode") == ["delete"]  # to look into it, SQLite puts nothing beside it
    assert findings(made.path) == []


def test_a_backup_is_never_anybodys_else_even_while_it_is_made(shop: Shop, tmp_path: Path) -> None:
    seen: set[int] = set()

    def look() -> bool:
        seen.update(permissions(each) for each in tmp_path.glob(".shopkeeper-*"))
        seen.update(permissions(each) for each in tmp_path.glob(".shopkeeper-*/*"))
        return False

    with umask(0):
        back_up(shop._database, tmp_path / "backup.db", stop=look)
    assert seen == {0o700, 0o600}


def test_who_buys_meanwhile_is_not_held_up_and_not_in_it(shop: Shop, tmp_path: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_STEP", 10)
    steps = 0

    def buy() -> bool:
        nonlocal steps
        if steps < 3:
            add_account(shop, f"shopper{steps}@example.com")
        steps += 1
        return False

    made = back_up(shop._database, tmp_path / "backup.db", stop=buy)
    assert steps > 3
    assert ask(made.path, "SELECT count(*) FROM account") == [1]
    assert ask(tmp_path / "shop.db", "SELECT count(*) FROM account") == [4]


def test_a_backup_that_nobody_wants_any_more_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupFailed, match="stopped"):
        back_up(shop._database, tmp_path / "backup.db", stop=lambda: True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_there_is_replaced(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    path.write_text("Dear Ada,")
    path.chmod(0o644)
    shop.upkeep.backup(path)
    assert (orders_in(path), permissions(path)) == (ORDERS, 0o600)


@pytest.mark.parametrize("name", ["shop.db", "shop.db-wal", "shop.db-lock", "nested/../shop.db", "nested/here/shop.db"])
def test_the_shop_itself_is_refused_under_any_name(shop: Shop, tmp_path: Path, name: str) -> None:
    (tmp_path / "nested").mkdir()
    (tmp_path / "nested" / "here").symlink_to(tmp_path)
    assert "is the shop itself" in refusal(shop, tmp_path / name)


def test_another_database_in_use_is_not_replaced(shop: Shop, tmp_path: Path) -> None:
    with Shop.open(str(tmp_path / "other.db")):
        assert "in use" in refusal(shop, tmp_path / "other.db")


def test_no_folder_is_said(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="No such file or directory"):
        shop.upkeep.backup(tmp_path / "nowhere" / "backup.db")


def test_a_folder_without_permission_is_said(open_folder: Path, template: Path) -> None:
    mine, closed = open_folder / "mine", open_folder / "closed"
    mine.mkdir()
    mine.chmod(0o777)
    closed.mkdir(mode=0o555)
    shutil.copy(template, mine / "shop.db")
    (mine / "shop.db").chmod(0o666)

    def say() -> str:
        with Shop.open(str(mine / "shop.db")) as shop, pytest.raises(BackupFailed) as refused:
            shop.upkeep.backup(closed / "backup.db")
        return refused.value.message

    assert "Permission denied" in as_ordinary_user(say)


def test_a_disk_without_enough_room_is_said_before(shop: Shop, tmp_path: Path) -> None:
    add_account(shop, "bob@example.com")
    log = tmp_path / "shop.db-wal"
    os.truncate(log, shutil.disk_usage(tmp_path).free + log.stat().st_size)  # a hole: it takes no room
    assert " left." in refusal(shop, tmp_path / "backup.db")


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    def say() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # no file may grow larger
        return refusal(shop, tmp_path / "backup.db")

    assert "cannot be written" in in_child(say)


def test_a_damaged_shop_is_not_kept_as_a_backup(file: Path, tmp_path: Path) -> None:
    flip_bits(file, end_of_index(file) - 64)
    with Shop.open(str(file)) as shop:
        assert "damaged" in refusal(shop, tmp_path / "backup.db")


def test_a_shop_on_a_server_is_backed_up_with_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="pg_dump"):
        back_up_as_it_is("postgresql+psycopg://localhost/shop", tmp_path / "backup.db")


def test_an_older_shop_is_backed_up_as_it_is(tmp_path: Path) -> None:
    database = Database.open(str(tmp_path / "shop.db"))
    migrate(database, to="0001")
    database.close()
    made = back_up_as_it_is(str(tmp_path / "shop.db"), tmp_path / "backup.db")
    assert ask(made.path, "SELECT version_num FROM alembic_version") == ["0001"]


def test_where_there_is_no_shop_none_is_made_for_a_backup(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="There is no shop"):
        back_up_as_it_is(str(tmp_path / "shop.db"), tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "shop.db").touch()
    with pytest.raises(DatabaseUnavailable, match="is empty"):
        back_up_as_it_is(str(tmp_path / "shop.db"), tmp_path / "backup.db")


def test_nothing_is_left_of_a_backup_that_ends_with_too_many_files_open(shop: Shop, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def use_up_and_stop() -> bool:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        return True

    try:
        with pytest.raises(BackupFailed, match="stopped"):
            shop.upkeep.daily_backup(stop=use_up_and_stop)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("change", [
    lambda file, _other: file.rename(file.with_name("moved.db")),
    lambda file, other: other.replace(file),
    lambda file, _other: file.unlink(),
    lambda file, other: file.write_bytes(other.read_bytes()),
    lambda file, _other: os.truncate(file, 4096),
], ids=["moved", "replaced", "removed", "overwritten", "cut"])
def test_a_shop_whose_file_changes_while_it_is_copied_is_not_kept_as_a_backup(
    shop: Shop, file: Path, tmp_path: Path, change: Callable[[Path, Path], object]
) -> None:
    Shop.open(str(tmp_path / "other.db")).close()
    done: list[object] = []

    def change_once() -> bool:
        done.extend([] if done else [change(file, tmp_path / "other.db"), True])
        return False

    with pytest.raises(DatabaseReplaced):
        shop.upkeep.daily_backup(stop=change_once)
    assert done
    assert list((tmp_path / "backups").iterdir()) == []
