"""Whatever ends the shop from outside ends it cleanly: a signal, a terminal that is none, one that goes away."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

import psutil
import pytest

from shopkeeper import Shop
from tests.terminal import DOWN, Terminal
from tests.waiting import PATIENCE
from tests.walk import add_the_first_product, fill_in, find, register_on_the_way_to_paying
from tui.driver import _Forgiving

SIGNALS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}

SLOW_OPENING = """
import time
from shopkeeper import cli, shop
opens = shop.Shop.open.__func__
def late(*given, **named):
    time.sleep(1)
    return opens(shop.Shop, *given, **named)
shop.Shop.open = late
cli.main()
"""

SLOW_PORTAL = """
import time
from pathlib import Path
from shopkeeper import cli
from shopkeeper.payments.demo import DemoGateway
charges = DemoGateway.charge
def late(*given, **named):
    while not Path("answer").exists():
        time.sleep(0.01)
    return charges(*given, **named)
DemoGateway.charge = late
cli.main()
"""


def ends(shop: Terminal, number: signal.Signals, code: int, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Sends the signal and waits for the end. `meanwhile` is called in between."""
    os.kill(shop.process, number)
    meanwhile()
    assert shop.ended() == code
    assert shop.changed() == []
    assert "Traceback" not in shop.left_behind
    assert "broken" not in shop.left_behind


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_shop_cleanly(
    tmp_path: Path, opened: list[Terminal], number: signal.Signals, tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 80, 24)
    opened.append(shop)
    shop.see(r"\d+ products")
    ends(shop, number, SIGNALS[number])
    tried("endings from outside", 1)


def test_a_signal_ends_it_behind_a_modal_screen(
    tmp_path: Path, opened: list[Terminal], tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 80, 24)
    opened.append(shop)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("?")
    shop.see("What every key does")
    ends(shop, signal.SIGHUP, 129)
    tried("endings from outside", 1)


def test_a_signal_ends_it_before_the_shop_is_open(
    tmp_path: Path, opened: list[Terminal], tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 80, 24, script=SLOW_OPENING)
    opened.append(shop)
    shop.see("Shopkeeper")
    ends(shop, signal.SIGTERM, 143)
    tried("endings from outside", 1)


def test_a_signal_at_any_moment_of_the_start_leaves_the_terminal_as_it_was(
    tmp_path: Path, opened: list[Terminal], tried: Callable[[str, int], None]
) -> None:
    """The terminal is prepared in many steps: after the first byte of them the signal comes, and finds it halfway."""
    shop = Terminal(tmp_path, 80, 24)
    opened.append(shop)
    shop.first_byte()
    ends(shop, signal.SIGTERM, 143)
    tried("endings from outside", 1)


def test_a_payment_under_way_is_brought_into_the_books_first(
    tmp_path: Path, opened: list[Terminal], tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 120, 40, script=SLOW_PORTAL)
    opened.append(shop)
    shop.see(r"\d+ products")
    find(shop, "rainy day")
    add_the_first_product(shop, "Rainy Day Mug")
    register_on_the_way_to_paying(shop)
    fill_in(shop)
    shop.keys("\r")
    shop.see("paying ")
    ends(shop, signal.SIGTERM, 143, meanwhile=(tmp_path / "answer").touch)
    with Shop.open(str(tmp_path / "shop.db"), settle=False) as again:
        assert [order.status for order in again.back_office.orders(None, limit=9)] == ["placed"]
    tried("endings from outside", 1)


# No terminal

@pytest.mark.parametrize(("stream", "arguments"), [
    ("stdin", ()), ("stdout", ()), ("stderr", ()), ("stdin", ("demo",)), ("stdin", ("--debug",)),
])
def test_without_a_terminal_at_every_stream_the_shop_is_not_opened(
    tmp_path: Path, stream: str, arguments: tuple[str, ...]
) -> None:
    """What stands in a file or is at its end cannot be typed at, and what is painted there nobody sees."""
    master, slave = os.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave) | {
        stream: subprocess.DEVNULL if stream == "stdin" else subprocess.PIPE}
    ended = subprocess.run([sys.executable, "-m", "shopkeeper", "--db", tmp_path / "shop.db", *arguments],
                           timeout=PATIENCE, check=False, **streams)
    os.close(slave)
    os.close(master)
    assert ended.returncode == 2


# A terminal that goes away

def without_control() -> None:
    """Lets go of the controlling terminal: nobody tells the program when it is gone."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCNOTTY)


@pytest.mark.parametrize("before", [None, without_control], ids=["with a signal", "without one"])
@pytest.mark.parametrize("moment", ["products", "opening"])
def test_a_terminal_that_goes_away_takes_the_shop_along(
    tmp_path: Path, opened: list[Terminal], before: Callable[[], None] | None, moment: str,
    tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 80, 24, before=before, script=SLOW_OPENING if moment == "opening" else "")
    opened.append(shop)
    shop.see(r"\d+ products" if moment == "products" else "Shopkeeper")
    code, seconds = shop.hang_up()
    assert code in {129, -signal.SIGHUP}
    assert seconds < 3
    tried("endings from outside", 1)


def test_what_is_painted_for_nobody_breaks_nothing() -> None:
    master, slave = os.openpty()
    os.close(master)
    with os.fdopen(slave, "w") as terminal:
        for _ in range(3):
            with pytest.raises(OSError, match="Input/output error"):
                print("to nobody", file=terminal, flush=True)
        forgiving = _Forgiving(terminal)
        for _ in range(3):
            forgiving.write("to nobody")
            forgiving.flush()
        assert os.path.samestat(os.fstat(forgiving.fileno()), Path(os.devnull).stat())


# A window of any size

SIZES = [(1, 1), (200, 60), (2, 1), (1, 50), (500, 1), (59, 17), (60, 18), (3, 3), (80, 24)]


def test_a_storm_of_sizes_does_no_harm_in_a_real_terminal(
    tmp_path: Path, opened: list[Terminal], tried: Callable[[str, int], None]
) -> None:
    shop = Terminal(tmp_path, 80, 24)
    opened.append(shop)
    shop.see(r"\d+ products")
    for columns, rows in SIZES * 12:
        shop.resize(columns, rows)
    shop.see(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("?")
    shop.see("What every key does")
    for columns, rows in SIZES * 4:
        shop.resize(columns, rows)
    shop.keys("\x1b")
    shop.see_focus("Products")
    memory = psutil.Process(shop.process).memory_info().rss
    assert memory < 200_000_000
    shop.leave()
    tried("sizes of a window", len(SIZES) * 16)
