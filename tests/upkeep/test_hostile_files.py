"""What is given as a backup is trusted in nothing: the shop is as it was, and nothing of the file is executed."""
from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from shopkeeper import RestoreRefused, SchemaTooNew, Shop, ShopError
from shopkeeper.database.side_files import side_file
from shopkeeper.upkeep import inspection
from shopkeeper.upkeep.restore import restore
from tests.machine import as_ordinary_user
from tests.upkeep.looking import ORDERS, ask, end_of_index, findings, flip_bits, orders_in


@pytest.fixture
def backup(file: Path, tmp_path: Path) -> Path:
    """A good backup, to be tampered with."""
    (tmp_path / "given").mkdir()
    with Shop.open(str(file)) as shop:
        return shop.upkeep.backup(tmp_path / "given" / "backup.db").path


def refusal(file: Path, given: Path) -> str:
    """What is said of a file; and the shop is as it was."""
    before = sorted(file.parent.iterdir()), file.read_bytes()
    with pytest.raises(RestoreRefused) as refused:
        restore(str(file), given)
    assert (sorted(file.parent.iterdir()), file.read_bytes()) == before
    return refused.value.message


def tampered(backup: Path, *statements: str) -> Path:
    """The backup after somebody wrote to it."""
    connection = sqlite3.connect(backup)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return backup


def test_a_good_one_is_taken(file: Path, backup: Path) -> None:
    restore(str(file), backup)
    assert (orders_in(file), findings(file)) == (ORDERS, [])


def test_what_is_no_regular_file_is_refused(file: Path, backup: Path) -> None:
    link, pipe = backup.with_name("link"), backup.with_name("pipe")
    link.symlink_to(backup)
    os.mkfifo(pipe)
    for given in (link, pipe, backup.parent, Path("/dev/zero")):
        assert "no regular file" in refusal(file, given)
    assert "No such file" in refusal(file, backup.with_name("nothing"))


def test_a_pipe_that_takes_the_files_name_meanwhile_holds_nobody_up(file: Path, backup: Path,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_file", lambda _path: True)
    pipe, link = backup.with_name("pipe"), backup.with_name("link")
    os.mkfifo(pipe)
    link.symlink_to(backup)
    assert "not a shop's backup" in refusal(file, pipe)
    monkeypatch.setattr(Path, "is_symlink", lambda _path: False)
    assert "cannot be read" in refusal(file, link)


@pytest.mark.parametrize("content", [b"", b"Dear Ada,\n" * 500, b"SQLite format 3\0",
                                     b"SQLite format 3\0" + b"\xff" * 9000])
def test_what_is_no_database_is_refused(file: Path, backup: Path, content: bytes) -> None:
    backup.write_bytes(content)
    assert "backup" in refusal(file, backup)


def test_another_programs_database_is_refused(file: Path, backup: Path) -> None:
    backup.unlink()
    assert "not a shop's backup" in refusal(file, tampered(backup, "CREATE TABLE recipe (id INTEGER)"))
    assert "not a shop's backup" in refusal(file, tampered(backup, "CREATE TABLE alembic_version (version_num TEXT)"))
    assert "is not what a shop's is" in refusal(
        file, tampered(backup, "INSERT INTO alembic_version VALUES ('0001')"))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_file_cut_short_is_refused(file: Path, backup: Path, share: float) -> None:
    os.truncate(backup, int(backup.stat().st_size * share) // 4096 * 4096)
    assert "is damaged" in refusal(file, backup)


@pytest.mark.parametrize("place", ["header", "first page", "schema", "index"])
def test_bits_that_flipped_are_found(file: Path, backup: Path, place: str) -> None:
    at = {"header": 20, "first page": 100, "schema": 4096 - 64, "index": end_of_index(backup) - 64}
    flip_bits(backup, at[place])
    told = refusal(file, backup)
    assert "is damaged" in told or "not a shop's backup" in told


@pytest.mark.parametrize("seed", range(10))
def test_wherever_bits_flipped_the_shop_is_whole_afterwards(file: Path, backup: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        flip_bits(backup, chance.randrange(backup.stat().st_size), chance.choice((1, 8, 64)))
    with suppress(RestoreRefused):  # what is no rule of the shop cannot be told: a letter in a title
        restore(str(file), backup)
    assert findings(file) == []


@pytest.mark.parametrize("statement", [
    "CREATE TRIGGER steal AFTER INSERT ON payment BEGIN UPDATE account SET password_hash = 'mine'; END",
    "CREATE VIEW steal AS SELECT password_hash FROM account",
    "CREATE TABLE steal (id INTEGER PRIMARY KEY)",
    "CREATE INDEX steal ON account (password_hash)",
    "CREATE VIRTUAL TABLE steal USING fts5(words)",
    "ALTER TABLE account ADD COLUMN steal TEXT",
    "ALTER TABLE account RENAME TO steal",
    "DROP TABLE cart_line",
    "DROP INDEX ix_payment_open",
])
def test_nothing_is_smuggled_in_with_the_schema(file: Path, backup: Path, statement: str) -> None:
    assert "is not a shop's backup: it" in refusal(file, tampered(backup, statement))


@pytest.mark.parametrize(("before", "after"), [
    ("CHECK (refunded_minor BETWEEN 0 AND amount_minor)", "CHECK (1 OR load_extension('steal'))"),
    ("UNIQUE (shopper_id, idempotency_key)", "CHECK (shopper_id = shopper_id)"),
])
def test_no_rule_of_a_table_is_exchanged(file: Path, backup: Path, before: str, after: str) -> None:
    connection = sqlite3.connect(backup)
    connection.execute("PRAGMA writable_schema = ON")
    changed = connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE instr(sql, ?)",
                                 (before, after, before)).rowcount
    connection.commit()
    connection.close()
    assert changed == 1
    assert "backup" in refusal(file, backup)


def test_a_table_of_versions_that_is_none_is_not_read(file: Path, backup: Path) -> None:
    tampered(backup, "ALTER TABLE alembic_version RENAME TO versions",
             "CREATE VIEW alembic_version AS SELECT version_num FROM versions")
    assert "is not a shop's backup" in refusal(file, backup)


@pytest.mark.parametrize("version", ["", "0000", "1", "next", "0001"])
def test_a_version_that_no_shop_has_is_refused(file: Path, backup: Path, version: str) -> None:
    given = tampered(backup, f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608
    assert "is not a shop's backup" in refusal(file, given)


def test_two_versions_are_refused(file: Path, backup: Path) -> None:
    assert "is not a shop's backup" in refusal(file, tampered(backup, "INSERT INTO alembic_version VALUES ('0001')"))


def test_a_newer_programs_backup_is_refused_as_such(file: Path, backup: Path) -> None:
    tampered(backup, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="Update shopkeeper"):
        restore(str(file), backup)
    assert orders_in(file) == ORDERS


def test_rows_that_refer_to_nothing_are_refused(file: Path, backup: Path) -> None:
    assert "is damaged: row 1 of cart refers to a shopper that is not there" in refusal(
        file, tampered(backup, "UPDATE cart SET shopper_id = 4711"))


def test_a_text_that_is_none_is_refused(file: Path, backup: Path) -> None:
    assert "is damaged: table account, row id=1: column name is not text in UTF-8" in refusal(
        file, tampered(backup, "UPDATE account SET name = CAST(x'ff41' AS TEXT)"))


def test_a_backup_that_breaks_a_law_is_refused(file: Path, backup: Path) -> None:
    assert "breaks a law of the shop. Variant 1 (PLAIN-MUG) has 99 on hand" in refusal(
        file, tampered(backup, "UPDATE stock SET on_hand = 99"))


def test_numbers_too_large_to_add_up_are_refused(file: Path, backup: Path) -> None:
    huge = "INSERT INTO stock_movement (variant_id, quantity, reason, at) VALUES (1, 9223372036854775807, '', 0)"
    assert "cannot be brought up to date" in refusal(file, tampered(backup, huge, huge))


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_part_of_a_database_in_use_is_no_backup(file: Path, backup: Path, suffix: str) -> None:
    side_file(backup, suffix).write_bytes(b"some of it is here")
    assert "only a part" in refusal(file, backup)


def test_a_file_that_may_not_be_read_is_said(open_folder: Path, template: Path) -> None:
    shutil.copy(template, open_folder / "backup.db")
    (open_folder / "backup.db").chmod(0o600)
    open_folder.chmod(0o777)

    def say() -> str:
        with pytest.raises(ShopError) as refused:
            restore(str(open_folder / "shop.db"), open_folder / "backup.db")
        return refused.value.message

    assert "Permission denied" in as_ordinary_user(say)


def test_a_disk_without_enough_room_is_said_before(file: Path, backup: Path) -> None:
    os.truncate(backup, shutil.disk_usage(file.parent).free)  # a hole: it takes no room
    assert " left." in refusal(file, backup)


def test_what_is_checked_is_what_is_restored(file: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = inspection._checked_schema

    def exchange_meanwhile(*given: Path) -> str:
        tampered(backup, "UPDATE account SET name = 'Mallory'")
        return checked(*given)

    monkeypatch.setattr(inspection, "_checked_schema", exchange_meanwhile)
    restore(str(file), backup)
    assert ask(file, "SELECT name FROM account") == ["Ada"]
