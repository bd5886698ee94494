"""The doctor looks and touches nothing: at a shop that is well, damaged, older, newer, missing, or no shop at all."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from shopkeeper import Shop
from shopkeeper.catalog import arrivals
from shopkeeper.catalog.tables import product
from shopkeeper.database.driver import journal_mode, journal_reason, sqlite_driver
from shopkeeper.database.engine import Database
from shopkeeper.database.lock import held_alone, lock_file
from shopkeeper.database.migrate import migrate, revisions
from shopkeeper.database.side_files import side_file
from shopkeeper.upkeep.doctor import Diagnosis, examine
from tests.conftest import FakeClock
from tests.factories import add_account
from tests.upkeep.looking import ask, end_of_index, findings, flip_bits
from tests.upkeep.test_restore import SELL_AND_DIE
from tests.waiting import PATIENCE


def seen(path: Path) -> Diagnosis:
    return examine(str(path), clock=FakeClock())


def test_a_shop_that_is_well_has_facts_and_no_findings(shop: Shop, file: Path) -> None:
    made = shop.upkeep.daily_backup()
    assert made is not None
    facts = seen(file).facts
    assert findings(file) == []
    assert (facts["database"], facts["schema"], facts["schema_known"]) == (str(file), revisions()[-1], revisions()[-1])
    assert facts["sqlite"] == sqlite_driver().sqlite_version
    assert facts["journal_mode"] == journal_mode(sqlite_driver().sqlite_version_info)
    assert facts["bytes"] == file.stat().st_size
    assert (facts["backups"], facts["last_backup"]) == (1, "2026-11-22T14:05:00+00:00")
    assert facts["folder_mode"] == "0700"


def test_products_of_an_import_that_was_cut_off_are_a_fact(shop: Shop, file: Path) -> None:
    assert seen(file).facts["arriving_products"] == 0
    with shop._database.write() as connection:
        arrivals.announce(connection, {connection.scalars(select(product.c.id)).one(): True})
    assert seen(file).facts["arriving_products"] == 1
    assert findings(file) == []


@pytest.mark.parametrize(("version", "reason"), [((3, 40, 1), "can corrupt a WAL"), ((3, 53, 4), "is free of")])
def test_the_journal_mode_has_its_reason(version: tuple[int, int, int], reason: str) -> None:
    assert reason in journal_reason(version)


def test_a_wal_that_this_sqlite_could_corrupt_is_a_finding(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Shop.open(str(file)).close()
    monkeypatch.setattr("shopkeeper.upkeep.doctor.journal_mode", lambda _version: "TRUNCATE")
    assert findings(file) == ["unsafe_journal"]


def test_looking_changes_nothing(file: Path) -> None:
    Shop.open(str(file)).close()
    before = {each: each.read_bytes() for each in file.parent.iterdir()}
    findings(file)
    assert {each: each.read_bytes() for each in file.parent.iterdir()} == before


def test_what_a_crash_left_open_is_looked_at_and_not_settled(file: Path) -> None:
    subprocess.run([sys.executable, "-c", SELL_AND_DIE, str(file)], check=False, timeout=PATIENCE)
    assert findings(file) == []
    assert "late@example.com" in ask(file, "SELECT email FROM account")


def test_an_open_shop_is_looked_at_while_it_sells(shop: Shop, file: Path) -> None:
    add_account(shop, "bob@example.com")
    assert findings(file) == []
    add_account(shop, "eve@example.com")


def test_a_missing_shop_is_said_and_not_made(tmp_path: Path) -> None:
    assert findings(tmp_path / "folder" / "shop.db") == ["unavailable"]
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_none_is_said() -> None:
    assert [each.code for each in examine("nonsense://x").findings] == ["unavailable"]


def test_an_older_schema_is_a_fact(tmp_path: Path) -> None:
    database = Database.open(str(tmp_path / "shop.db"))
    migrate(database, to="0001")
    database.close()
    assert (seen(tmp_path / "shop.db").facts["schema"], findings(tmp_path / "shop.db")) == ("0001", [])
    assert ask(tmp_path / "shop.db", "SELECT version_num FROM alembic_version") == ["0001"]


def test_a_newer_schema_is_a_finding(file: Path) -> None:
    ask(file, "UPDATE alembic_version SET version_num = '9999'")
    assert findings(file) == ["schema_too_new"]


def test_what_is_no_shop_is_said(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch(0o600)
    (tmp_path / "letter.txt").write_text("Dear Ada,\n" * 500)
    (tmp_path / "empty.db").touch(0o600)
    (tmp_path / "other.db").touch(0o600)
    ask(tmp_path / "other.db", "CREATE TABLE recipe (id INTEGER)")
    assert findings(tmp_path / "letter.txt") == ["unavailable"]
    assert findings(tmp_path / "empty.db") == ["unavailable"]
    assert findings(tmp_path / "other.db") == ["unavailable"]
    assert not list(tmp_path.glob("*-lock"))


def is_said_to_be_damaged(path: Path) -> bool:
    return any("is damaged" in finding.message for finding in seen(path).findings)


def test_damage_is_said_wherever_it_is(file: Path) -> None:
    whole = file.read_bytes()
    for at in (100, 4096 * 20, end_of_index(file) - 64):
        file.write_bytes(whole)
        flip_bits(file, at)
        assert is_said_to_be_damaged(file)
    file.write_bytes(whole[:4096 * 10])
    assert is_said_to_be_damaged(file)
    for change in ("UPDATE account SET name = CAST(x'ff41' AS TEXT)", "UPDATE cart SET shopper_id = 4711"):
        file.write_bytes(whole)
        ask(file, change)
        assert findings(file) == ["damaged"]


@pytest.mark.parametrize("name", ["shop.db", "shop.db-wal", "shop.db-shm", "shop.db-lock", "backups", "backup"])
def test_a_file_that_others_can_reach_is_a_finding(shop: Shop, file: Path, name: str) -> None:
    made = shop.upkeep.daily_backup()
    assert made is not None
    path = made.path if name == "backup" else file.with_name(name)
    path.chmod(0o755 if path.is_dir() else 0o640)
    (finding,) = seen(file).findings
    assert finding.code == "not_private"
    assert f"{path} can be reached by others" in finding.message


def test_a_folder_is_a_finding_where_others_can_put_files_into_it(file: Path) -> None:
    file.parent.chmod(0o755)
    assert findings(file) == []
    file.parent.chmod(0o777)
    assert findings(file) == ["not_private"]
    file.parent.chmod(0o700)


def test_a_disk_without_room_for_a_backup_is_a_finding(file: Path) -> None:
    os.truncate(file, shutil.disk_usage(file.parent).free * 2)  # a hole: it takes no room
    assert "disk_full" in findings(file)


def test_a_second_name_is_a_finding(file: Path) -> None:
    os.link(file, side_file(file, "-other"))
    assert findings(file) == ["two_names"]


def test_while_the_shop_is_replaced_the_doctor_waits_outside(file: Path) -> None:
    with held_alone(file):
        (finding,) = seen(file).findings
    assert "is being replaced by a backup" in finding.message
    assert lock_file(file).exists()
