"""A shop full of hostile strings in a real terminal: what reaches it holds no escape but those that Textual emits."""
from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pexpect
import pytest

from shopkeeper import Shop
from tests.factories import add_account, add_product
from tests.security import hostile
from tests.security.escapes import kinds, text
from tests.security.hostile_shop import add_hostile_account, fill, fill_cart
from tests.terminal import DOWN, HOME, RIGHT, Terminal
from tests.waiting import PATIENCE
from tui.state import TerminalState

END, PAGE_DOWN = "\x1b[F", "\x1b[6~"

TEXTUAL = {
    "CSI m", "CSI H",  # colors and looks; where to write
    "CSI ?1049 h", "CSI ?1049 l", "CSI ?25 h", "CSI ?25 l", "CSI ?7 h", "CSI ?7 l",  # a screen of its own, cursor, wrap
    "CSI ?1000 h", "CSI ?1000 l", "CSI ?1003 h", "CSI ?1003 l", "CSI ?1006 h", "CSI ?1006 l", "CSI ?1015 h",
    "CSI ?1015 l",  # the mouse
    "CSI ?1004 h", "CSI ?1004 l", "CSI ?2004 h", "CSI ?2004 l",  # focus and pasting
    "CSI ?2026$ p", "CSI ?2026 h", "CSI ?2026 l",  # whole frames
    "CSI > u", "CSI < u",  # keys
    "OSC 22",  # the shape of the pointer
    "control 0a", "control 0d",
}
"""Every kind of sequence that Textual writes, and no other. No title, no link, no clipboard is among them."""


def logged_in(folder: Path, prepare: Callable[[Shop], str]) -> None:
    """Makes a shop of which this folder's terminal remembers a session."""
    with Shop.open(str(folder / "shop.db")) as shop:
        token = prepare(shop)
        TerminalState(folder / "state" / "shopkeeper").remember_token(shop.settings.shop_id, token)


def a_hostile_shop(shop: Shop) -> str:
    fill(shop)
    ada = add_hostile_account(shop)
    fill_cart(shop, ada)
    return ada.token


def a_harmless_shop(shop: Shop) -> str:
    for number in range(30):
        add_product(shop, f"Mug {number}", options={"Size": ["S", "M"]}, stock=None)
    ada = add_account(shop)
    shop.cart.add(ada, shop.catalog.product("mug-1").variants[0].id)
    return ada.token


def buy_something(shop: Terminal) -> str:
    """Browses, opens, adds, pays, reads the receipt to its end, and saves it; all that was seen on the way."""
    seen = []

    def look(pattern: str) -> None:
        shop.see(pattern)
        seen.append(shop.text)

    look(r"\d+ products")
    shop.keys(DOWN)
    shop.see_focus("Products")
    for key in (END, HOME):  # back again: the last ones are emoji, behind which pyte paints nothing more
        before = shop.text
        shop.keys(key)
        shop.see_change(before)
    shop.keys("\r")
    look("Add to cart")
    in_cart = int(shop.see(r"Cart (\d+) "))
    shop.keys(RIGHT, "a")
    look(f"Cart {in_cart + 1} ")
    shop.see("shows it")
    shop.wait_for(lambda: "shows it" not in shop.text, "for the toast to go: it would lie over lines of the receipt")
    shop.keys("c")
    look("Check out")
    shop.keys("\r")
    shop.see_focus("Street")
    fields = {"Street": "1 Harbour Road", "Postal code": "97201", "City": "Portland", "Country": "USA",
              "Card number": "4242424242424242", "Expiry": f"12{(date.today().year + 3) % 100}", "CVC": "123"}
    for label, typed in fields.items():
        shop.see_focus(label)
        shop.keys(*typed, "\r")
    look(r"Pay \$")
    shop.keys("\r")
    look("Thank you, ")
    while "Goes to" not in shop.text:
        before = shop.text
        shop.keys(PAGE_DOWN)
        shop.see_change(before)
        seen.append(shop.text)
    shop.keys("s")
    shop.wait_for(Path("receipt-SK-000001.txt").exists, "for the receipt")
    shop.keys("=")
    look("comes about")
    shop.keys("=", "o")
    look("1 order")
    shop.leave()
    return "\n".join(seen)


def walk(folder: Path, prepare: Callable[[Shop], str]) -> tuple[str, bytes]:
    """Buys something in a shop; what was seen on the way, and all that was painted."""
    logged_in(folder, prepare)
    terminal = Terminal(folder, 120, 40)
    try:
        return buy_something(terminal), terminal.output
    finally:
        terminal.close()


def test_a_harmless_shop_shows_what_textual_emits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, painted = walk(tmp_path, a_harmless_shop)
    assert kinds(painted) == TEXTUAL


def test_a_hostile_shop_is_browsed_bought_and_printed_without_another_escape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Callable[[str, int], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")  # a page is a page at once
    seen, painted = walk(tmp_path, a_hostile_shop)
    assert kinds(painted) - TEXTUAL == set()
    assert painted.count(b"\x1b[?1049l") == 1  # at the end
    assert b"\x1b[31m" not in painted  # Textual has colors in full
    shown = hostile.seen(text(painted))
    lines = [each.splitlines()[0] for each in hostile.STORABLE]  # a row shows no more of a title that no import made
    assert [line for line in lines if hostile.seen(line)[:16] not in shown] == []
    assert sum(hostile.seen(line)[:16] in hostile.seen(seen) for line in lines) > 200  # pyte knows not all
    receipt = (tmp_path / "receipt-SK-000001.txt").read_text("utf-8")
    assert [line for line in receipt.split("\n") if hostile.steers(line)] == []
    assert kinds(printed(tmp_path, "orders", "receipt", "SK-000001")) == {"control 0a", "control 0d"}
    tried("bytes painted by a hostile shop", len(painted))
    tried("hostile strings in a real terminal", len(hostile.STORABLE))


def printed(folder: Path, *arguments: str) -> bytes:
    """What the command prints on a terminal."""
    command = pexpect.spawn(sys.executable, ["-m", "shopkeeper", "--db", str(folder / "shop.db"), *arguments])
    command.expect(pexpect.EOF, timeout=PATIENCE)
    command.close()
    assert command.exitstatus == 0
    return bytes(command.before)


@pytest.mark.parametrize("escape", [*hostile.OSC_8, *hostile.OSC_52, *hostile.C1, *hostile.ANSI[4:7],
                                  *hostile.ANSI[9:22]], ids=ascii)
def test_an_escape_that_came_through_would_be_found(escape: str) -> None:
    assert kinds(escape.encode()) - TEXTUAL


def test_bytes_that_are_no_text_would_be_found() -> None:
    assert kinds(b"\x9b31m") - TEXTUAL
