"""Whatever the umask, nobody else can look into the shop's files: from their first byte, and what is beside them.

A program of its own makes a shop, uses and backs it up, while strace looks on: with which permissions each file and
folder is made is seen in the call that makes it, and not only afterwards.
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.upkeep.doctor import examine
from tests.factories import add_account
from tests.machine import permissions, umask

USE_A_SHOP = """
import json, os, sys
from pathlib import Path
os.umask(int(sys.argv[2]))
from shopkeeper import Shop
from shopkeeper.upkeep.restore import restore
folder = Path(sys.argv[1])
database = folder / "data" / "shopkeeper" / "shop.db"
with Shop.open(str(database)) as shop:
    session = shop.accounts.register("ada@example.com", "correct horse battery staple", name="Ada")
    shop.upkeep.daily_backup()
    shop.upkeep.backup(folder / "mine.db")
    shop.privacy.export_to(session, folder / "mine.json")
    shop.settings.change(name="Northwind")
    beside = sorted(each.name for each in database.parent.iterdir())
restore(str(database), folder / "mine.db")
print(json.dumps(beside))
"""
MADE = re.compile(r'(openat|mkdir)\((?:AT_FDCWD, )?"([^"]+)", (?:[A-Z_|]*O_CREAT[A-Z_|]*, )?(0[0-7]*)\)')


def used(folder: Path, mask: int) -> tuple[list[str], list[tuple[str, Path, int]]]:
    """What is beside the open database; and each call that may make a file or a folder, with its permissions."""
    log = folder.parent / "calls"
    told = subprocess.run(
        ["strace", "--follow-forks", "--seccomp-bpf", "--trace=openat,mkdir", "--string-limit=400", f"--output={log}",
         sys.executable, "-c", USE_A_SHOP, str(folder), str(mask)], check=True, capture_output=True, text=True)
    made = [(kind, Path(path), int(mode, 8)) for kind, path, mode in MADE.findall(log.read_text())]
    return json.loads(told.stdout), [each for each in made if each[1].is_relative_to(folder)]


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_all_that_a_shop_makes_is_its_owners_alone(
    tmp_path: Path, mask: int, tried: Callable[[str, int], None]
) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    beside, made = used(folder, mask)
    assert beside == ["backups", "shop.db", "shop.db-lock", "shop.db-shm", "shop.db-wal"]
    first = {(kind, path): mode for kind, path, mode in reversed(made)}  # later calls open what is there
    names = {path.name for _, path in first}
    assert {"data", "shopkeeper", "backups", "shop.db", "shop.db-lock", "shop.db-shm", "shop.db-wal",
            "made.db"} <= names
    private = {path for kind, path in first if kind == "mkdir" and path.name.startswith(".shopkeeper-")}
    assert {path.parent for path in private} == {folder, folder / "data" / "shopkeeper",
                                                 folder / "data" / "shopkeeper" / "backups"}
    assert {each: mode for each, mode in first.items() if mode != (0o600 if each[0] == "openat" else 0o700)} == {}
    left = [path for path in folder.rglob("*") if permissions(path) != (0o700 if path.is_dir() else 0o600)]
    assert left == []
    tried("files and folders made under a umask", len(first))


@pytest.mark.usefixtures("shop")
def test_a_database_that_others_could_read_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "shop.db").chmod(0o644)
    assert [each.code for each in examine(str(tmp_path / "shop.db")).findings] == ["not_private"]


def test_ones_own_data_are_written_for_ones_own_eyes(shop: Shop, tmp_path: Path) -> None:
    with umask(0):
        shop.privacy.export_to(add_account(shop), tmp_path / "mine.json")
    assert permissions(tmp_path / "mine.json") == 0o600
