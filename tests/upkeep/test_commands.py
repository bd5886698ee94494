"""`shopkeeper backup`, `restore` and `doctor`, and the backup before an import: what they print, and how they exit."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopkeeper.upkeep.kept import kept
from tests.command import Command
from tests.test_cli import MUG
from tests.upkeep.looking import ORDERS, ask, orders_in


@pytest.fixture
def command(file: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(file, capsys)


@pytest.fixture
def products(tmp_path: Path) -> Path:
    path = tmp_path / "mug.csv"
    path.write_text(MUG, "utf-8")
    return path


def test_a_backup_is_made_and_restored(command: Command, file: Path, tmp_path: Path) -> None:
    assert command("backup", tmp_path / "backup.db") == 0
    assert command.out == f"The backup is in {tmp_path}/backup.db: {file.stat().st_size:,} bytes, checked.\n"
    ask(file, "UPDATE account SET name = 'Eve'")
    assert command("restore", tmp_path / "backup.db") == 0
    first, second = command.out.splitlines()
    assert first == f"The shop in {file} is that of {tmp_path}/backup.db again."
    aside = Path(second.removeprefix("What was there before is in ").removesuffix("."))
    assert (ask(file, "SELECT name FROM account"), ask(aside, "SELECT name FROM account")) == (["Ada"], ["Eve"])


def test_a_backup_that_could_not_be_restored_is_made_and_told(command: Command, file: Path, tmp_path: Path) -> None:
    ask(file, "UPDATE order_line SET title = 'Plain Mvg' WHERE order_id = 1")
    assert command("backup", tmp_path / "backup.db") == 1
    assert "The backup is in" in command.out
    assert "`restore` would refuse it. Order SK-000001 was altered" in command.err
    assert orders_in(tmp_path / "backup.db") == ORDERS
    assert command("restore", tmp_path / "backup.db") == 1


def test_what_is_refused_is_said_on_stderr(command: Command, file: Path, tmp_path: Path) -> None:
    assert command("backup", file) == 1
    assert command.err == f"{file} is the shop itself. Name another file.\n"
    hostile = tmp_path / "a\x1b[31mb.db"
    hostile.write_text("Dear Ada,")
    assert command("restore", hostile) == 1
    assert "is not a shop's backup" in command.err
    assert "\x1b" not in command.err
    assert orders_in(file) == ORDERS


def test_the_doctor_is_content_with_a_shop_that_is_well(command: Command, file: Path) -> None:
    assert command("doctor") == 0
    assert command.out.splitlines()[0].split() == ["database", str(file)]
    assert command.out.splitlines()[-1] == "All is well."


def test_the_doctor_tells_findings_and_exits_with_1(command: Command, file: Path) -> None:
    ask(file, "UPDATE stock SET on_hand = 8")
    file.chmod(0o644)
    assert command("doctor") == 1
    *_, count, first, second = command.out.splitlines()
    assert count == "2 findings:"
    assert first == f"- {file} can be reached by others (mode 0644). Set it to 0600."
    assert second == "- Variant 1 (PLAIN-MUG) has 8 on hand, but its movements come to 7."


def test_the_doctor_speaks_json(command: Command, file: Path) -> None:
    assert command("doctor", "--json") == 0
    seen = json.loads(command.out)
    assert (seen["facts"]["database"], seen["facts"]["last_backup"], seen["findings"]) == (str(file), None, [])
    file.unlink()
    assert command("doctor", "--json") == 1
    (finding,) = json.loads(command.out)["findings"]
    assert finding["code"] == "unavailable"
    assert finding["message"].startswith(f"There is no shop at {file}.")


def test_before_an_import_there_is_a_backup_of_the_day(command: Command, file: Path, products: Path) -> None:
    assert command("import", "--dry-run", products) == 0
    assert kept(file) == []
    for _ in range(2):
        assert command("import", products) == 0
    (backup,) = kept(file, "daily")
    assert ask(backup.path, "SELECT handle FROM product ORDER BY handle") == ["plain-mug"]
    assert ask(file, "SELECT handle FROM product ORDER BY handle") == ["mug", "plain-mug"]


def test_an_import_goes_on_without_a_backup_and_says_so(command: Command, file: Path, products: Path) -> None:
    file.with_name("backups").write_text("no folder")
    assert command("import", products) == 0
    assert command.err == f"There is no backup of today. {file.with_name('backups')} cannot be written: File exists.\n"
    assert "1 created" in command.out
