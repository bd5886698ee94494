"""The file in which a terminal keeps its session's token: private from its first byte, and never another's."""
from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.machine import in_child, permissions, umask
from tui.state import TerminalState


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "shopkeeper"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_it_is_private_whatever_the_umask(folder: Path, mask: int, tried: Callable[[str, int], None]) -> None:
    def keep() -> str:
        with umask(mask):
            TerminalState(folder).remember_token("shop", "secret")
        return "kept"

    assert in_child(keep) == "kept"
    assert permissions(folder) == permissions(folder.parent) == 0o700
    assert {file.name: permissions(file) for file in folder.iterdir()} == {
        "terminal.json": 0o600, "terminal.lock": 0o600}
    assert TerminalState(folder).token("shop") == "secret"
    tried("files and folders made under a umask", 4)


def test_it_is_made_private_and_not_afterwards(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, int]] = []
    real = os.open

    def watched(path: Path, flags: int, mode: int = 0o777) -> int:
        asked.append((Path(path).name, flags, mode))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", watched)
    TerminalState(folder).remember_token("shop", "secret")
    made = [(name, flags, mode) for name, flags, mode in asked if flags & os.O_WRONLY]
    only_ours = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    assert made == [("terminal.new", only_ours, 0o600)]


@pytest.mark.parametrize("name", ["terminal.json", "terminal.new"])
def test_a_link_that_somebody_laid_there_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    folder.mkdir(parents=True)
    target = tmp_path / "precious.json"
    target.write_text(json.dumps({"tokens": {"shop": "planted"}}))
    (folder / name).symlink_to(target)
    state = TerminalState(folder)
    assert state.token("shop") is None
    state.remember_token("shop", "secret")
    assert json.loads(target.read_text()) == {"tokens": {"shop": "planted"}}
    assert not (folder / "terminal.json").is_symlink()
    assert TerminalState(folder).token("shop") == "secret"


def test_a_link_in_the_place_of_the_lock_is_not_followed(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "terminal.lock").symlink_to(tmp_path / "made-by-us")
    with pytest.raises(OSError, match="symbolic link"):
        TerminalState(folder).remember_token("shop", "secret")
    assert not (tmp_path / "made-by-us").exists()


def test_a_file_that_is_somebody_elses_counts_as_empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TerminalState(folder).remember_token("shop", "secret")
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    assert TerminalState(folder).token("shop") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'{"tokens": 7}', b'{"tokens": {"shop": 7}}'])
def test_a_file_that_makes_no_sense_counts_as_empty(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "terminal.json").write_bytes(content)
    assert TerminalState(folder).token("shop") is None
    TerminalState(folder).remember_token("shop", "secret")
    assert TerminalState(folder).token("shop") == "secret"


def test_a_pipe_in_its_place_does_not_make_us_wait(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / "terminal.json")
    assert TerminalState(folder).token("shop") is None


def test_what_a_crash_left_of_it_stops_nobody(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "terminal.new").write_text("half")
    TerminalState(folder).remember_token("shop", "secret")
    assert TerminalState(folder).token("shop") == "secret"


def test_while_a_token_is_changed_no_other_terminal_reads_or_writes_it(folder: Path) -> None:
    state = TerminalState(folder)

    def change(before: str | None) -> str:
        assert before is None
        with (folder / "terminal.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return "secret"

    state.change_token("shop", change)
    assert state.token("shop") == "secret"


def test_two_terminals_keep_what_the_other_kept(folder: Path) -> None:
    one, other = TerminalState(folder), TerminalState(folder)
    one.remember_theme("dusk")
    other.remember_token("shop", "secret")
    one.remember_token("another shop", "another secret")
    last = TerminalState(folder)
    assert (last.theme, last.token("shop"), last.token("another shop")) == ("dusk", "secret", "another secret")


def test_a_terminal_that_was_stopped_while_it_changes_a_token_holds_up_no_other(folder: Path) -> None:
    TerminalState(folder).remember_token("shop", "secret")
    with (folder / "terminal.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = TerminalState(folder, lock_timeout_seconds=0)
        with pytest.raises(OSError, match="another terminal"):
            other.remember_theme("dusk")
    other.remember_theme("dusk")
    assert (other.theme, other.token("shop")) == ("dusk", "secret")
