"""A paste of any length, with brackets and without, leaves the shop usable and small, and lets it be left."""
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from shopkeeper import Shop
from tests.terminal import DOWN, Terminal
from tests.tui.terminals import shows
from tui.app import ShopApp
from tui.terminal_input import MAX_PASTE_CHARACTERS, MAX_TYPED_AHEAD, TextDropped
from tui.testing import Shopper

SIZE = 200_000
TEXT = b"blue hoodie for a cold morning by the harbour\r\n" * (SIZE // 46)
MAX_GROWTH_BYTES = 60_000_000


@pytest.fixture
def shop(tmp_path: Path, sample_database: Path) -> Iterator[Terminal]:
    shutil.copy(sample_database, tmp_path / "shop.db")
    terminal = Terminal(tmp_path, 100, 30)
    terminal.see(r"\d+ products")
    yield terminal
    terminal.close()


def in_search(shop: Terminal) -> None:
    shop.see_focus_gone("Products")


def in_no_field(shop: Terminal) -> None:
    shop.keys(DOWN)
    shop.see_focus("Products")


def in_a_form(shop: Terminal) -> None:
    shop.keys(DOWN)
    shop.see_focus("Products")
    shop.keys("p")
    shop.see_focus("Email")


@pytest.mark.parametrize("brackets", [(b"\x1b[200~", b"\x1b[201~"), (b"", b"")], ids=["brackets", "no brackets"])
@pytest.mark.parametrize("place", [in_search, in_no_field, in_a_form])
def test_a_long_paste_takes_little_memory_and_the_shop_can_be_left(
    shop: Terminal, place: Callable[[Terminal], None], brackets: tuple[bytes, bytes]
) -> None:
    place(shop)
    before = psutil.Process(shop.process).memory_info().rss
    assert shop.pour(brackets[0] + TEXT + brackets[1])
    assert psutil.Process(shop.process).memory_info().rss - before < MAX_GROWTH_BYTES
    shop.leave()


@pytest.mark.parametrize("half", [b"\x1b[200~half a paste", b"\x1b[200~", b"\x1b[<0;3;", b"\xc3", b"\x1b[99999"])
def test_what_was_never_finished_does_not_keep_the_shop_from_being_left(shop: Terminal, half: bytes) -> None:
    assert shop.pour(half + b"\x11")
    assert shop.ended() == 0


def test_a_text_in_another_encoding_is_typed_and_pasted(shop: Terminal) -> None:
    assert shop.pour("café".encode("latin-1"))
    shop.see("caf\N{REPLACEMENT CHARACTER}")
    assert shop.pour(b"\x1b[200~ \xe9t\xe9\x1b[201~")
    shop.see("caf\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}t\N{REPLACEMENT CHARACTER}")
    shop.leave()


async def test_text_that_is_left_out_is_told(sample_shop: Shop, tmp_path: Path) -> None:
    async with ShopApp(sample_shop, state_folder=tmp_path).run_test(notifications=True) as pilot:
        pilot.app.post_message(TextDropped())
        shopper = Shopper(pilot)
        await shopper.wait()
        assert shows(shopper, "Too much text at once")


def test_the_limits_leave_room_for_what_people_type() -> None:
    assert min(MAX_PASTE_CHARACTERS, MAX_TYPED_AHEAD) > 500
