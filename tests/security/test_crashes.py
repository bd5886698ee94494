"""What the program itself gets wrong: the terminal is restored, a report tells where, and nothing of what was typed."""
from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop, crash
from shopkeeper.config import log_folder
from shopkeeper.errors import DatabaseUnavailable
from tests.machine import permissions
from tests.terminal import DOWN, Terminal
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.testing import Shopper

SECRET = "hunter2 4242424242424242"

BREAK = """
from shopkeeper import cli
from shopkeeper.errors import ShopError
from textual.widgets import Input
import asyncio, threading

typed = {secret!r}
def breaks(*given, **named):
    local = typed
    raise {error}

{where}
cli.main()
"""

PLACES = {
    "compose": "from tui.screens.help import HelpScreen; HelpScreen.compose = breaks",
    "a message handler": "from tui.screens.help import HelpScreen; HelpScreen.on_mount = breaks",
    "a timer": "from tui.app import ShopApp; ShopApp.action_next_theme = lambda self: self.set_timer(0.01, breaks)",
    "a worker": "from tui.app import ShopApp; ShopApp.action_next_theme = lambda self: self.run_worker(wait())\n"
                "async def wait():\n    breaks()",
    "a service": "from shopkeeper.catalog.service import Catalog; Catalog.product = breaks",
    "a task of its own": "from tui.app import ShopApp\nasync def wait():\n    breaks()\n"
                         "def alone(self):\n    asyncio.ensure_future(wait())\nShopApp.action_next_theme = alone",
    "painting": "from tui.screens.help import HelpScreen; HelpScreen.render_line = breaks; HelpScreen.render = breaks",
}
KEYS = {"compose": "?", "a message handler": "?", "a service": "\r", "painting": "?"}
AN_ACTION = "from tui.screens.catalog import CatalogScreen; CatalogScreen.action_sort = breaks"
ERRORS = ["KeyError(typed)", "ValueError(f'invalid: {typed}')"]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], crash.Report]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return lambda error: crash.report(raised(error, after=error.__cause__), ["CatalogScreen", "ShopApp cart"])


def raised(error: BaseException, after: BaseException | None = None) -> BaseException:
    """The error, as it arrives after it was raised with a secret around."""
    password = SECRET
    with pytest.raises(type(error)) as caught:
        raise error from after
    assert password
    return caught.value


def broken(folder: Path, where: str, *arguments: str) -> Terminal:
    """A shop that breaks when something is done on the catalog's list."""
    return Terminal(folder, 80, 24, *arguments, script=BREAK.format(secret=SECRET, error=ERRORS[1], where=where))


# In the screens

@pytest.mark.parametrize("place", PLACES)
def test_what_breaks_restores_the_terminal_and_says_where_its_report_is(
    tmp_path: Path, opened: list[Terminal], place: str, tried: Callable[[str, int], None]
) -> None:
    shop = broken(tmp_path, PLACES[place])
    opened.append(shop)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys(KEYS.get(place, "t"))
    assert shop.ended() == 70
    assert shop.changed() == []
    told = re.search(r"Report ([0-9a-f]{8}): (\S+)", shop.left_behind)
    assert told is not None, shop.left_behind
    report = Path(told[2])
    assert report.parent == tmp_path / "state" / "shopkeeper" / "log"
    text = report.read_text()
    assert told[1] in text
    assert re.search(r"^  \S+:\d+ breaks$", text, re.MULTILINE)
    assert "CatalogScreen" in text.partition("Last actions")[2]
    assert (permissions(report), permissions(report.parent)) == (0o600, 0o700)
    assert "Traceback" not in shop.left_behind
    assert not [word for word in SECRET.split() if word in text + shop.left_behind]
    tried("places in which the app was broken", 1)


def test_debug_shows_where_it_broke_and_still_nothing_that_was_typed(tmp_path: Path, opened: list[Terminal]) -> None:
    shop = broken(tmp_path, AN_ACTION, "--debug")
    opened.append(shop)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("s")
    assert shop.ended() == 70
    assert "breaks" in shop.left_behind
    assert SECRET not in shop.left_behind


def test_a_report_names_the_last_fifty_actions_and_no_letter_that_was_typed(
    tmp_path: Path, opened: list[Terminal]
) -> None:
    shop = broken(tmp_path, AN_ACTION)
    opened.append(shop)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys(*"t" * 60)
    shop.keys("c")
    shop.see("Your cart")
    shop.keys("b")
    shop.see_focus("Products")
    shop.keys("/")
    shop.see_focus_gone("Products")
    shop.keys(*"mugs")
    shop.see("│ mugs")
    shop.keys("\x7f", "\x1b[D")
    shop.see("│ mug ")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("s")
    assert shop.ended() == 70
    actions = [line.strip() for line in one_report(tmp_path).partition("Last actions, newest last:\n")[2].splitlines()]
    assert len(actions) == 50
    assert actions[-1].endswith(" sort")
    assert "CartScreen" in actions
    assert not [each for each in actions if "mug" in each or "delete" in each or "cursor" in each]


def one_report(folder: Path) -> str:
    report, = (folder / "state" / "shopkeeper" / "log").glob("crash-*.txt")
    return report.read_text()


async def test_a_write_that_breaks_after_its_screen_was_left_is_not_overheard(shop: Shop, tmp_path: Path) -> None:
    left = threading.Event()

    def breaks() -> None:
        left.wait(PATIENCE)
        raise Broken

    app = ShopApp(shop, state_folder=tmp_path)
    with pytest.raises(Broken):
        async with app.run_test() as pilot:
            await Shopper(pilot).wait()
            writing = asyncio.ensure_future(app.backend._write(breaks))
            await pilot.pause()
            writing.cancel()
            left.set()
            async with asyncio.timeout(PATIENCE):
                while app.report is None:
                    await asyncio.sleep(0.01)
    assert app.return_code == 70


class Broken(Exception):
    """The program itself is broken."""


# In a command

@pytest.mark.parametrize("error", ERRORS)
def test_a_command_that_breaks_leaves_one_report_and_ends_with_70(tmp_path: Path, shop_file: Path, error: str) -> None:
    script = BREAK.format(secret=SECRET, error=error,
                          where="from shopkeeper.catalog.service import Catalog; Catalog.export_csv = breaks")
    ended = subprocess.run([sys.executable, "-c", script, "--db", shop_file, "export", "all.csv"],
                           capture_output=True, text=True, timeout=PATIENCE, check=False,
                           env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")})
    assert (ended.returncode, ended.stdout) == (70, "")
    assert "Traceback" not in ended.stderr
    assert "crash-" in ended.stderr
    assert SECRET not in ended.stderr + one_report(tmp_path)
    assert error.partition("(")[0] in ended.stderr


# The report

def test_a_report_says_with_what_it_happened(report: Callable[[BaseException], crash.Report]) -> None:
    text = report(KeyError("x")).text
    for name in ("shopkeeper", "textual", "sqlalchemy", "sqlite", "python"):
        assert re.search(rf"^{name} \d+\.\d+", text, re.MULTILINE)
    assert re.search(r"^KeyError\n  tests/security/test_crashes\.py:\d+ raised$", text, re.MULTILINE)


@pytest.mark.parametrize("error", [
    ValueError(SECRET), KeyError(SECRET), RuntimeError("no", SECRET), DatabaseUnavailable(SECRET, password=SECRET),
    OSError(28, SECRET, f"/home/{SECRET}"), AttributeError(SECRET, name=SECRET, obj=SECRET), ImportError(name=SECRET),
    UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), SyntaxError(SECRET, (SECRET, 1, 1, SECRET)),
    ExceptionGroup(SECRET, [ValueError(SECRET)]),
], ids=lambda error: type(error).__name__)
def test_no_error_brings_its_words_into_a_report(
    report: Callable[[BaseException], crash.Report], error: Exception, tried: Callable[[str, int], None]
) -> None:
    error.add_note(SECRET)
    for each in (error, raised(RuntimeError(SECRET), after=error)):
        told = report(each)
        assert not [word for word in SECRET.split() if word in told.text + told.told]
        assert type(error).__name__ in told.text
    tried("errors that quote a secret", 2)


def test_a_report_names_what_led_to_the_error(report: Callable[[BaseException], crash.Report]) -> None:
    text = report(raised(KeyError("x"), after=raised(OSError(28, "full")))).text
    assert text.index("\nKeyError\n") < text.index("after:\nOSError ENOSPC\n")


def test_a_stack_without_end_is_cut(report: Callable[[BaseException], crash.Report]) -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    text = report(caught.value).text
    assert len(text.splitlines()) < 120
    assert "more …" in text


def test_a_report_without_a_place_is_told_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shopkeeper").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    told = crash.report(KeyError("x")).told
    assert "no file could be written (" in told


def test_what_is_in_the_way_is_neither_replaced_nor_followed(
    report: Callable[[BaseException], crash.Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crash.secrets, "token_hex", lambda _count: "12345678")
    first = Path(report(KeyError("x")).place)
    monkeypatch.setattr(crash, "datetime", Still(first))
    assert "no file could be written (File exists)" in report(KeyError("x")).place
    own = tmp_path / "own.txt"
    own.write_text("mine")
    first.unlink()
    first.symlink_to(own)
    assert "no file" in report(KeyError("x")).place
    assert own.read_text() == "mine"


class Still:
    """A clock that says what stands in a report's name."""

    def __init__(self, report: Path) -> None:
        self._time = crash.datetime.strptime(report.name.split("-")[1], "%Y%m%dT%H%M%SZ")

    def now(self, _zone: object) -> object:
        return self._time


def test_a_report_is_whole_where_an_old_one_cannot_be_removed(report: Callable[[BaseException], crash.Report]) -> None:
    log_folder().mkdir(parents=True, exist_ok=True)
    stuck = log_folder() / "crash-20240101T000000Z-00000000.txt"
    stuck.mkdir()
    for day in range(10, 30):
        (log_folder() / f"crash-202501{day}T000000Z-00000000.txt").touch()
    last = report(KeyError("x"))
    assert Path(last.place).read_text("utf-8") == last.text
    assert len(list(log_folder().glob("crash-*"))) == 21
    stuck.rmdir()


def test_a_report_of_several_errors_says_where_each_was_raised(
    report: Callable[[BaseException], crash.Report]
) -> None:
    text = report(ExceptionGroup("two failed", [KeyError("x"), OSError(28, "full")])).text
    assert "KeyError" in text
    assert "OSError ENOSPC" in text


def test_the_newest_twenty_reports_are_kept(report: Callable[[BaseException], crash.Report]) -> None:
    for day in range(10, 32):
        log_folder().mkdir(parents=True, exist_ok=True)
        (log_folder() / f"crash-202501{day}T000000Z-00000000.txt").touch()
    last = report(KeyError("x"))
    left = {each.name for each in log_folder().glob("crash-*")}
    assert len(left) == 20
    assert {Path(last.place).name, "crash-20250131T000000Z-00000000.txt"} <= left
