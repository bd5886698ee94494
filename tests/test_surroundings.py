"""Where home, data, state or current folder are not as usual, it is said or does not matter; nothing breaks."""
from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, Shop, log
from shopkeeper.config import default_database, log_folder, state_folder
from shopkeeper.crash import report
from tests.machine import in_child
from tui.state import TerminalState


@pytest.fixture
def _no_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user whom the system does not know, and who has no HOME."""
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "SHOPKEEPER_DB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    yield
    log.end()


@pytest.mark.usefixtures("_no_home")
def test_without_a_home_folder_it_is_said_what_to_set_and_nothing_is_kept() -> None:
    with pytest.raises(DatabaseUnavailable, match="Set HOME"):
        default_database()
    log.begin(log_folder())
    log.event("tried")
    assert "no file could be written" in report(ValueError()).place
    assert TerminalState(state_folder()).token("shop") is None
    with pytest.raises(OSError, match="File exists"):
        TerminalState(state_folder()).remember_theme("ink")


def test_a_file_in_the_place_of_the_data_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable, match="a file is in the place of a folder"):
        Shop.open(str(tmp_path / "file" / "shopkeeper" / "shop.db"))


def test_a_relative_address_in_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    def say() -> str:
        (tmp_path / "gone").mkdir()
        os.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        with pytest.raises(DatabaseUnavailable) as refused:
            Shop.open("shop.db")
        return refused.value.message

    assert "a folder that is gone" in in_child(say)


def test_a_home_folder_of_nobody_is_said() -> None:
    with pytest.raises(DatabaseUnavailable, match="nobody who is known"):
        Shop.open("~nobody-of-this-name/shop.db")
