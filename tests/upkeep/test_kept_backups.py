"""The backups that a shop makes of itself: one a day, and one before each migration."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shopkeeper import BackupFailed, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate, revisions
from shopkeeper.upkeep.kept import KEPT, Reason, kept
from tests.conftest import FakeClock
from tests.machine import permissions, umask
from tests.upkeep.looking import ORDERS, ask, findings, orders_in

DAY = 24 * 60 * 60


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A shop's database as the first program made it."""
    database = Database.open(str(tmp_path / "older.db"))
    migrate(database, to=revisions()[0])
    database.close()
    return tmp_path / "older.db"


def count(path: Path, reason: Reason) -> int:
    return len(kept(path, reason))


def test_a_daily_backup_is_private_and_named_with_its_day_and_schema(shop: Shop, file: Path) -> None:
    with umask(0):
        made = shop.upkeep.daily_backup()
    assert made is not None
    assert made.path.name == f"shop.db-daily-20261122T140500.000000Z-schema-{revisions()[-1]}.db"
    assert (permissions(made.path.parent), permissions(made.path)) == (0o700, 0o600)
    assert made.path.parent == file.parent / "backups"
    assert (orders_in(made.path), findings(made.path)) == (ORDERS, [])


def test_there_is_one_a_day(shop: Shop, file: Path, clock: FakeClock) -> None:
    assert shop.upkeep.daily_backup() is not None
    clock.advance(DAY - 1)
    assert shop.upkeep.daily_backup() is None
    clock.advance(1)
    assert shop.upkeep.daily_backup() is not None
    assert count(file, "daily") == 2


def test_an_old_backup_that_cannot_be_removed_keeps_no_new_one_from_being_made(
    shop: Shop, file: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        assert shop.upkeep.daily_backup()
        clock.advance(25 * 60 * 60)
    oldest, unlink = kept(file, "daily")[-1].path, Path.unlink

    def refuse_oldest(path: Path, missing_ok: bool = False) -> None:
        if path == oldest:
            raise PermissionError(1, "Operation not permitted")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse_oldest)
    for _ in range(2):
        assert shop.upkeep.daily_backup()
        clock.advance(25 * 60 * 60)
    backups = [backup.path for backup in kept(file, "daily")]
    assert len(backups) == 8
    assert oldest in backups


def test_the_last_seven_days_are_kept(shop: Shop, file: Path, clock: FakeClock) -> None:
    for _ in range(KEPT["daily"] + 2):
        shop.upkeep.daily_backup()
        clock.advance(DAY)
    days = [each.at.day for each in kept(file, "daily")]
    assert days == [30, 29, 28, 27, 26, 25, 24]


def test_backups_from_the_future_make_room_for_new_ones(shop: Shop, file: Path, clock: FakeClock) -> None:
    clock.advance(1000 * DAY)
    for _ in range(KEPT["daily"]):
        shop.upkeep.daily_backup()
        clock.advance(DAY)
    clock.advance(-(1000 + KEPT["daily"]) * DAY)
    for days in range(1, KEPT["daily"] + 1):
        made = shop.upkeep.daily_backup()
        assert made is not None and made.path.exists()
        assert sum(backup.at <= clock() for backup in kept(file, "daily")) == days
        clock.advance(DAY)
    assert count(file, "daily") == KEPT["daily"]


def test_a_backup_from_the_near_future_does_not_put_off_the_next(shop: Shop, clock: FakeClock) -> None:
    clock.advance(DAY - 60)
    shop.upkeep.daily_backup()
    clock.advance(-(DAY - 60))
    assert shop.upkeep.daily_backup() is not None


def test_one_backup_by_a_clock_that_ran_behind_takes_the_place_of_one(
    shop: Shop, file: Path, clock: FakeClock
) -> None:
    for _ in range(KEPT["daily"]):
        shop.upkeep.daily_backup()
        clock.advance(DAY)
    latest = [backup.at for backup in kept(file, "daily")][:KEPT["daily"] - 1]
    clock.advance(-1000 * DAY)
    made = shop.upkeep.daily_backup()
    assert made is not None and made.path.exists()
    assert {*latest} <= {backup.at for backup in kept(file, "daily")}


def test_what_is_not_a_daily_backup_of_this_shop_is_never_removed(
    shop: Shop, file: Path, older: Path, clock: FakeClock
) -> None:
    Shop.open(str(older), clock=clock).close()
    with Shop.open(str(older), clock=clock) as neighbor:
        neighbor.upkeep.daily_backup()
    folder = file.parent / "backups"
    (folder / "shop.db-daily-20201399T999999.000000Z-schema-0001.db").write_text("no such day")
    (folder / "shop.db-daily-20200101T000000.000000Z-schema-0001.db").symlink_to(file)
    (folder / "letter.db").write_text("Dear Ada,")
    others = set(folder.iterdir())
    for _ in range(KEPT["daily"] + 1):
        clock.advance(DAY)
        shop.upkeep.daily_backup()
    assert others < set(folder.iterdir())
    assert count(file, "daily") == KEPT["daily"]


def test_a_shop_to_throw_away_makes_none(tmp_path: Path) -> None:
    with Shop.open(str(tmp_path / "shop.db"), throw_away=True) as shop:
        assert shop.upkeep.daily_backup() is None
    assert not (tmp_path / "backups").exists()


def test_a_backup_that_cannot_be_made_is_said(shop: Shop, file: Path) -> None:
    (file.parent / "backups").write_text("no folder")
    with pytest.raises(BackupFailed, match="backups cannot be written"):
        shop.upkeep.daily_backup()


def test_a_shop_is_backed_up_before_it_is_migrated(older: Path, clock: FakeClock) -> None:
    with Shop.open(str(older), clock=clock) as shop:
        shop_id = shop.settings.shop_id
    (backup,) = kept(older)
    assert (backup.reason, backup.at) == ("migration", clock())
    assert backup.path.name.endswith("-schema-0001.db")
    assert ask(backup.path, "SELECT version_num FROM alembic_version") == ["0001"]
    assert ask(backup.path, "SELECT value FROM setting WHERE name = 'shop_id'") == [shop_id]
    assert ask(older, "SELECT version_num FROM alembic_version") == [revisions()[-1]]


def test_without_a_backup_no_migration_begins(older: Path) -> None:
    (older.parent / "backups").write_text("no folder")
    with pytest.raises(BackupFailed, match="left as it is, because no backup"):
        Shop.open(str(older))
    assert ask(older, "SELECT version_num FROM alembic_version") == ["0001"]


def test_a_new_shop_and_one_that_is_up_to_date_need_none(file: Path, tmp_path: Path) -> None:
    Shop.open(str(tmp_path / "new.db")).close()
    Shop.open(str(file)).close()
    assert not (tmp_path / "backups").exists()


def test_the_last_five_before_migrations_are_kept(older: Path, tmp_path: Path, clock: FakeClock) -> None:
    before = tmp_path / "before.db"
    shutil.copy(older, before)
    for _ in range(KEPT["migration"] + 2):
        clock.advance(1)
        shutil.copy(before, older)
        Shop.open(str(older), clock=clock).close()
    assert [each.at.second for each in kept(older, "migration")] == [7, 6, 5, 4, 3]
