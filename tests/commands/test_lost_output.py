"""Closed, full and broken standard streams: the command does its work, says what was lost, and breaks at nothing."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.catalogs import simple, write_csv

PRINTING = [
    "import mug.csv", "export -", "settings", "orders list",
    "orders verify", "settle", "stock show X", "ledger", "backup -", "backup out.db",
    "doctor", "portal", "init", "--help",
]
SILENT = ["stock show none", "nonsense", ""]
"""Commands that print on stderr alone."""


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path) -> Path:
    shutil.copy(empty_database, tmp_path / "template.db")
    with Shop.open(str(tmp_path / "template.db")) as shop:
        shop.catalog.import_csv(write_csv(tmp_path / "mug.csv", simple("mug") | {"Variant SKU": "X"}))
    return tmp_path


def run_all(folder: Path, commands: list[str], redirection: str) -> Iterator[tuple[str, int, str]]:
    """Each command on a shop of its own with redirected streams: the command, its exit code and its stderr."""
    def run(numbered: tuple[int, str]) -> tuple[str, int, str]:
        number, command = numbered
        here = folder / f"{number}"
        here.mkdir()
        shutil.copy(folder / "template.db", here / "shop.db")
        shutil.copy(folder / "mug.csv", here)
        line = f"exec {sys.executable} -m shopkeeper --db shop.db {command} {redirection}"
        names = {name: value for name, value in os.environ.items() if name != "TEXTUAL_DRIVER"}
        done = subprocess.run(["bash", "-c", line], cwd=here, capture_output=True, text=True, timeout=120, check=False,
                              env=names | {"XDG_STATE_HOME": str(here / "state")})
        assert not list(here.glob("state/**/crash-*")), command
        return command, done.returncode, done.stderr

    with ThreadPoolExecutor(2) as threads:
        yield from threads.map(run, enumerate(commands))


@pytest.mark.parametrize(("redirection", "why", "commands"), [
    (">&-", "closed", PRINTING), (">/dev/full", "No space left|disk is full", ["export -", "settings", "--help"]),
])
def test_lost_output_is_said_and_ends_with_1(
    folder: Path, redirection: str, why: str, commands: list[str]
) -> None:
    for command, code, told in run_all(folder, commands, redirection):
        assert code == 1, (command, told)
        assert len(told.splitlines()) == 1 or command == "--help", (command, told)
        assert re.search(why, told), (command, told)


def test_commands_that_print_nothing_lose_nothing(folder: Path) -> None:
    for command, code, told in run_all(folder, SILENT, ">&-"):
        assert code in {1, 2}, command
        assert "lost" not in told


def test_work_is_done_though_its_output_is_lost(folder: Path) -> None:
    for _ in run_all(folder, ["settings name=Northwind", "import mug.csv mug.csv", "backup copy.db"], ">/dev/full"):
        pass
    with Shop.open(str(folder / "0" / "shop.db")) as shop:
        assert shop.settings.name == "Northwind"
    assert (folder / "2" / "copy.db").exists()


def test_a_reader_that_left_ends_it_quietly(folder: Path) -> None:
    for command, code, told in run_all(folder, ["export -", "settings"], "> >(exec true)"):
        assert code in {0, 1}, command
        assert told == "", command


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&-", "<&- >&- 2>&-"])
def test_other_lost_streams_break_nothing(folder: Path, redirection: str) -> None:
    commands = ["import mug.csv", "stock show none", "import -"]
    for command, code, _ in run_all(folder, commands, redirection):
        assert code in {0, 1, 2}, (command, code)
