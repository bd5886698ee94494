"""A shop on a disk that is read-only or full: the doctor examines it and a backup elsewhere is made."""
from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.upkeep.doctor import examine
from tests.command import Command
from tests.machine import as_ordinary_user
from tests.upkeep.looking import ORDERS, orders_in


@pytest.fixture
def disk(tmp_path: Path, template: Path) -> Iterator[Path]:
    """A disk of its own with a shop on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "shopkeeper-test", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    shutil.copy(template, folder / "shop.db")
    (folder / "shop.db").chmod(0o600)
    (folder / "shop.db-lock").touch(0o600)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "others").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.fixture
def command(disk: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(disk / "shop.db", capsys)


def test_doctor_examines_a_shop_on_a_read_only_disk(disk: Path) -> None:
    make_read_only(disk)
    seen = examine(str(disk / "shop.db"))
    assert [finding.code for finding in seen.findings] == ["read_only"]
    assert str(disk) in seen.findings[0].message
    assert seen.facts["schema"] == seen.facts["schema_known"]


def test_backup_is_made_of_a_shop_on_a_read_only_disk(disk: Path, tmp_path: Path, command: Command) -> None:
    make_read_only(disk)
    assert command("backup", tmp_path / "backup.db") == 0
    assert orders_in(tmp_path / "backup.db") == ORDERS
    assert command("backup", disk / "backup.db") == 1
    assert "the disk is read-only. Name a file on another disk" in command.err


def test_what_a_crash_left_beside_the_shop_is_not_left_out_on_a_read_only_disk(
    disk: Path, tmp_path: Path, command: Command
) -> None:
    with Shop.open(str(disk / "shop.db")) as shop:
        shop.settings.change(name="Northwind")
        for suffix in ("", "-wal"):
            shutil.copy(disk / f"shop.db{suffix}", tmp_path / f"crashed.db{suffix}")
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"crashed.db{suffix}", disk / f"shop.db{suffix}")
    make_read_only(disk)
    if command("backup", tmp_path / "backup.db") == 0:
        with Shop.open(str(tmp_path / "backup.db")) as shop:
            assert shop.settings.name == "Northwind"
    else:
        assert "cannot be opened" in command.err


def test_doctor_says_which_disk_is_full_and_what_to_do(disk: Path) -> None:
    fill(disk)
    seen = examine(str(disk / "shop.db"))
    assert [finding.code for finding in seen.findings] == ["disk_full"]
    assert f"mounted at {disk})" in seen.findings[0].message
    assert "Make room there." in seen.findings[0].message
    assert seen.facts["schema"] == seen.facts["schema_known"]


def test_backup_to_another_disk_is_made_where_the_shops_own_is_full(
    disk: Path, tmp_path: Path, command: Command
) -> None:
    fill(disk)
    assert command("backup", tmp_path / "backup.db") == 0
    assert orders_in(tmp_path / "backup.db") == ORDERS
    assert command("backup", disk / "backup.db") == 1
    assert "Make room, or name a file on another disk." in command.err
    assert str(disk) in command.err


@pytest.mark.parametrize("arguments", [("orders", "list"), ("settings", "name=X"), ("export", "-")])
def test_other_commands_say_which_disk_is_full_and_what_to_do(
    disk: Path, command: Command, arguments: tuple[str, ...]
) -> None:
    fill(disk)
    assert command(*arguments) == 1
    assert f"the disk is full ({disk}). Make room there" in command.err


def test_doctor_and_backup_work_in_a_folder_that_may_not_be_written(open_folder: Path, template: Path) -> None:
    folder, out = open_folder / "shop", open_folder / "out"
    for path in (folder, out):
        path.mkdir()
    out.chmod(0o777)
    shutil.copy(template, folder / "shop.db")
    (folder / "shop.db").chmod(0o644)
    (folder / "shop.db-lock").touch(0o644)
    folder.chmod(0o555)

    def say() -> str:
        from shopkeeper.upkeep.backup import back_up_as_it_is

        back_up_as_it_is(str(folder / "shop.db"), out / "backup.db")
        return " ".join(finding.code for finding in examine(str(folder / "shop.db")).findings)

    assert "read_only" in as_ordinary_user(say).split()
    assert orders_in(out / "backup.db") == ORDERS
