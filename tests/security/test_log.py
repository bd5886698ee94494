"""The log: what is in it, what never is, and that nothing stops for it."""
from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import AuthenticationFailed, Card, Shop, log, log_file
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.machine import permissions, umask
from tests.portals import Portal
from tests.waiting import PATIENCE


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the log is written."""
    log.begin(tmp_path / "log")
    yield tmp_path / "log"
    log.end()


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / log.NAME).read_text("ascii").splitlines()]


def events(folder: Path) -> list[str]:
    return [line["event"] for line in lines(folder)]


# What is in it

def test_what_happens_in_a_shop_stands_in_its_log(folder: Path, tmp_path: Path, clock: FakeClock) -> None:
    with Shop.open(str(tmp_path / "shop.db"), clock=clock) as shop:
        add_product(shop)
        session = add_account(shop)
        shop.accounts.logout(session)
        with pytest.raises(AuthenticationFailed):
            shop.accounts.login("ada@example.com", "wrong")
        shop.accounts.login("ada@example.com", PASSWORD)
        shop.upkeep.backup(tmp_path / "backup.db")
    assert events(folder) == ["migrated", "opened", "imported", "registered", "signed_out", "sign_in_failed",
                              "signed_in", "backed_up"]
    account = lines(folder)[3]["account"]
    assert [line["account"] for line in lines(folder) if "account" in line] == [account] * 3
    failed = lines(folder)[5]
    assert (failed["level"], failed["email"]) == ("warning", log.digest("ada@example.com"))
    assert "ada@" not in (folder / log.NAME).read_text()


def test_settling_says_in_the_log_what_it_settled(folder: Path, tmp_path: Path, clock: FakeClock) -> None:
    portal = Portal()
    with Shop.open(str(tmp_path / "shop.db"), gateway=portal, clock=clock) as shop:
        session = add_account(shop)
        cart = shop.cart.add(session, add_product(shop, ships=False).variants[0].id)
        portal.mood = "silent"
        order = shop.checkout.place(session, Card.test("4242424242424242"), expected_total=cart.total,
                                    idempotency_key="a")
        portal.mood = "well"
        shop.checkout.settle()
    assert lines(folder)[-1]["event"] == "settled"
    assert lines(folder)[-1]["order"] == order.number


def test_a_line_says_when_who_and_how_serious(folder: Path) -> None:
    log.warn("rained", drops=3)
    line, = lines(folder)
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "warning", "event": "rained", "process": os.getpid(), "drops": 3}


@pytest.mark.parametrize("hostile", [
    'a\n{"event": "forged"}', "a\r\nb", "\x1b]0;pwned\x07", "\x9b31m", "\x7f", "\u2028", "\ud800", "\u202e", '"}', "\0",
])
def test_no_fact_forges_a_line_or_steers_a_terminal(folder: Path, hostile: str) -> None:
    log.event("said", text=hostile)
    log.event("after")
    written = (folder / log.NAME).read_bytes()
    assert events(folder) == ["said", "after"]
    assert lines(folder)[0]["text"] == hostile
    assert all(0x20 <= byte < 0x7f or byte == 0x0a for byte in written)


def test_a_fact_has_a_longest(folder: Path) -> None:
    log.event("said", text="x" * 1_000_000)
    assert len((folder / log.NAME).read_text()) < 1000


# Where it is

def test_the_log_is_for_its_owners_eyes_only(folder: Path) -> None:
    folder.mkdir(mode=0o777)
    (folder / log.NAME).touch(0o666)
    with umask(0):
        log.event("happened")
    assert (permissions(folder), permissions(folder / log.NAME)) == (0o700, 0o600)


def test_files_take_turns_and_do_not_grow_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "_SIZE", 1000)
    log.begin(folder)
    for number in range(200):
        log.event("happened", number=number)
    files = sorted(folder.iterdir())
    assert [each.name for each in files] == [log.NAME, *(f"{log.NAME}.{number}" for number in range(1, 5))]
    assert all(each.stat().st_size <= 1000 and permissions(each) == 0o600 for each in files)
    assert lines(folder)[-1]["number"] == 199


def write_many(folder: Path, writer: int) -> None:
    log_file._SIZE, log_file._OLD_ONES = 20_000, 100
    log.begin(folder)
    for number in range(300):
        log.event("happened", writer=writer, number=number)
    log.end()


def test_many_processes_write_one_log_and_lose_no_line(folder: Path) -> None:
    with ProcessPoolExecutor(4, get_context("spawn")) as others:
        list(others.map(write_many, [folder] * 4, range(4)))
    files = list(folder.iterdir())
    written = [json.loads(line) for each in files for line in each.read_text().splitlines()]
    assert sorted((line["writer"], line["number"]) for line in written) == [
        (writer, number) for writer in range(4) for number in range(300)]
    assert 100_000 / 20_000 < len(files) < 10  # each was put away once, and full


def test_who_comes_second_to_a_full_file_does_not_put_it_away_again(tmp_path: Path) -> None:
    line = logging.makeLogRecord({"msg": "happened"})
    one, other = (log_file.LogFile(tmp_path / log.NAME) for _ in range(2))
    for each in (one, other):
        each.emit(line)
    for each in (one, other):  # both saw that it was full
        each.doRollover()
    other.emit(line)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        log.NAME: "happened\n", f"{log.NAME}.1": "happened\nhappened\n"}
    one.close()
    other.close()


# What stops nobody

def a_link(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / "own.txt").write_text("mine")
    path.symlink_to(path.parent / "own.txt")


def a_pipe(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def no_folder(path: Path) -> None:
    path.parent.write_text("in the way")


@pytest.mark.parametrize("hinder", [a_link, a_pipe, a_folder, no_folder])
def test_a_log_that_cannot_be_written_stops_nobody(
    folder: Path, capfd: pytest.CaptureFixture[str], hinder: Any
) -> None:
    hinder(folder / log.NAME)
    log.event("happened")
    log.event("happened again")
    assert capfd.readouterr() == ("", "")
    if hinder is a_link:
        assert (folder / "own.txt").read_text() == "mine"


@pytest.mark.usefixtures("folder")
def test_a_full_disk_stops_nobody(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "private_descriptor", lambda _path, _flags: os.open("/dev/full", os.O_WRONLY))
    log.event("happened")
    log.event("happened again")
    log.end()
    assert capfd.readouterr() == ("", "")


def test_a_process_that_was_stopped_while_it_rotates_the_log_stops_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "_SIZE", 10)
    log.begin(folder)
    log.event("before")
    with (folder / log.NAME).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        log.event("meanwhile")
    log.event("after")
    put_away = (folder / f"{log.NAME}.1").read_text().splitlines()
    assert [json.loads(line)["event"] for line in put_away] == ["before", "meanwhile"]
    assert events(folder) == ["after"]


def test_a_log_that_was_taken_away_begins_anew(folder: Path) -> None:
    log.event("before")
    (folder / log.NAME).unlink()
    log.event("after")
    assert events(folder) == ["after"]


def test_a_program_that_uses_the_shop_takes_its_events_or_leaves_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "shopkeeper"), Shop.open(str(tmp_path / "shop.db")):
        pass
    assert [each.getMessage() for each in caplog.records] == ["migrated", "opened"]
    uses = ("import sys; from shopkeeper import Shop, ShopError\n"
            "try: Shop.open(sys.argv[1]).accounts.login('ada@example.com', 'wrong')\n"
            "except ShopError: print('refused')")
    ended = subprocess.run([sys.executable, "-c", uses, tmp_path / "shop.db"], capture_output=True, text=True,
                           timeout=PATIENCE, check=True, env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")})
    assert (ended.stdout, ended.stderr) == ("refused\n", "")
    assert not (tmp_path / "state").exists()
