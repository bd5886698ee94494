"""No value of the environment ends the shop, or writes down what is typed."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal import Terminal
from tui.environment import DRIVER, drop_unknown_settings, is_driver

UNUSABLE = {
    "COLUMNS": "²", "LINES": "99999", "ESCDELAY": "x", "COLORTERM": "nonsense", "TERM": "nonsense", "FORCE_COLOR": "x",
    "TTY_COMPATIBLE": "x", "UNICODE_VERSION": "nonsense", "LANG": "xx%%", "LC_ALL": "nonsense", "TZ": "nonsense",
    "TEXTUAL": "debug,devtools", "TEXTUAL_ANIMATIONS": "nonsense", "TEXTUAL_COLOR_SYSTEM": "nonsense",
    "TEXTUAL_DEBUG": "1", "TEXTUAL_DEVTOOLS_PORT": "x", "TEXTUAL_DIM_FACTOR": "1e9",
    "TEXTUAL_DRIVER": "nonsense:Driver", "TEXTUAL_FILTERS": "nonsense", "TEXTUAL_FPS": "999999999999",
    "TEXTUAL_LOG": "typed.log", "TEXTUAL_PRESS": "wait:x",
    "TEXTUAL_SCREENSHOT": "0", "TEXTUAL_SLOW_THRESHOLD": "x", "TEXTUAL_SMOOTH_SCROLL": "x", "TEXTUAL_THEME": "nonsense",
}
USABLE = {"TEXTUAL_COLOR_SYSTEM": "256", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "30", "COLUMNS": "120",
          "ESCDELAY": "25", "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
          "COLORTERM": "truecolor", "HOME": "/"}


@pytest.fixture
def folder(tmp_path: Path, sample_database: Path) -> Iterator[Path]:
    shutil.copy(sample_database, tmp_path / "shop.db")
    return tmp_path


def opens_and_closes(folder: Path, **environment: str) -> None:
    terminal = Terminal(folder, 100, 30, environment=environment)
    try:
        terminal.see(r"\d+ products")
        assert len(terminal.text.splitlines()[0]) > 60
        terminal.leave()
    finally:
        terminal.close()


def test_a_shop_opens_whatever_the_environment_says(folder: Path) -> None:
    opens_and_closes(folder, **UNUSABLE)
    assert not list(folder.glob("*.log"))


@pytest.mark.parametrize(("name", "value"), [
    ("COLUMNS", "²"), ("LINES", "99999"), ("TEXTUAL_COLOR_SYSTEM", ""), ("TEXTUAL_DRIVER", "os:path"),
])
def test_a_shop_opens_with_one_value_that_cannot_be_used(folder: Path, name: str, value: str) -> None:
    opens_and_closes(folder, **{name: value})


@pytest.mark.parametrize("environment", [
    {"PYTHONIOENCODING": "utf-16"}, {"PYTHONIOENCODING": "utf-32", "PYTHONUTF8": "1"}, {"PYTHONIOENCODING": "utf-7"},
    {"PYTHONIOENCODING": "ascii:strict"}, {"PYTHONIOENCODING": "cp037"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
], ids=str)
def test_a_terminal_gets_utf_8_whatever_encoding_the_environment_names(
    folder: Path, environment: dict[str, str]
) -> None:
    terminal = Terminal(folder, 100, 30, environment=environment)
    try:
        terminal.see(r"╭─ Products ─+╮")
        terminal.keys("é")
        terminal.see("│ é ")
        terminal.leave()
        assert "\0" not in terminal.left_behind
    finally:
        terminal.close()


@given(st.dictionaries(st.sampled_from(sorted(UNUSABLE)), st.text()))
def test_what_is_kept_is_kept_again(environment: dict[str, str]) -> None:
    drop_unknown_settings(environment)
    kept = dict(environment)
    drop_unknown_settings(environment)
    assert environment == kept


def test_settings_that_can_be_used_are_kept() -> None:
    environment = dict(USABLE)
    drop_unknown_settings(environment)
    assert environment == USABLE
    assert is_driver(environment[DRIVER])


@pytest.mark.parametrize("name", ["", "nonsense", "a:b", "os:path", "..:x", "textual.driver:nothing", ":"])
def test_what_names_no_driver_is_none(name: str) -> None:
    assert not is_driver(name)
