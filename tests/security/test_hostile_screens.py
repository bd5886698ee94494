"""Every screen, on a shop full of hostile strings: each can be read, nothing breaks, and no action is run."""
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Input, Static

from shopkeeper import Shop
from tests.security import hostile
from tests.security.hostile_shop import NAME, add_hostile_account, fill, fill_cart
from tui.app import ShopApp
from tui.state import TerminalState
from tui.testing import Shopper
from tui.text import LastWall

Tried = Callable[[str, int], None]

OURS = re.compile(
    r"(app|screen)\.(catalog|orders|account|cart|help|search|facets|open|clear_filters|sort|drop\(\d+\)|explain|"
    r"step\(\d+, -?1\)|remove_line\(\d+\)|remove|undo|check_out|save|reorder|cancel|register|login|pay|leave|more|"
    r"fewer|add_to_cart|next_theme|log_out)|choose\(\d+\)|more|fewer")
"""The actions that our own texts run when they are clicked."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with the hostile shop, and the token of Ada's session."""
    path = tmp_path_factory.mktemp("hostile") / "shop.db"
    with Shop.open(str(path)) as shop:
        fill(shop)
        ada = add_hostile_account(shop)
        fill_cart(shop, ada)
    return path, ada.token


@pytest.fixture
def hostile_app(filled: tuple[Path, str], tmp_path: Path) -> Iterator[ShopApp]:
    """The shop with Ada in it."""
    path, token = filled
    with Shop.open(str(copy(path, tmp_path / "shop.db"))) as shop:
        TerminalState(tmp_path).remember_token(shop.settings.shop_id, token)
        yield ShopApp(shop, state_folder=tmp_path)


@asynccontextmanager
async def visited(app: ShopApp) -> AsyncIterator[Shopper]:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        yield shopper


async def seen_whole(shopper: Shopper, height: int) -> str:
    """What is recognised on the screen, in a terminal of so many rows for a moment."""
    await shopper.pilot.resize_terminal(120, height)
    await shopper.wait()
    shown = check(shopper)
    await shopper.pilot.resize_terminal(120, 40)
    await shopper.wait()
    return shown


def check(shopper: Shopper) -> str:
    """What is recognised on the screen; nothing there steers, or runs an action that is not ours."""
    lines = shopper.screen_text()
    assert [line for line in lines if hostile.steers(line) or hostile.tallest(line) > 4] == []
    strips = shopper.screen._compositor.render_strips()
    styles = [segment.style for strip in strips for segment in strip if segment.style]
    actions = {str(style.meta.get(key)) for style in styles for key in ("@click", "action") if key in style.meta}
    assert [action for action in actions if not OURS.fullmatch(action)] == []
    assert [style.link for style in styles if style.link] == []
    return hostile.seen("".join(lines))


def missing(shown: str, texts: tuple[str, ...] = hostile.STORABLE, cells: int = 16) -> list[str]:
    """The strings that cannot be recognised by their beginnings: long ones are cut or wrapped."""
    return [text for text in texts if hostile.seen(text)[:cells] not in shown]


async def test_the_catalog(hostile_app: ShopApp, tried: Tried) -> None:
    async with visited(hostile_app) as shopper:
        assert hostile.seen(NAME) in check(shopper)  # the shop's, and Ada's
        await shopper.press("down", *["end"] * (len(hostile.STORABLE) // 40))  # fifty more at each end
        assert missing(await seen_whole(shopper, 900)) == []
        await shopper.press("f", "down", "enter", "down", "enter")  # some hostile category
        assert hostile.seen("clear all") in check(shopper)
        await shopper.press("x")
        for text in hostile.ALL[5::90]:
            shopper.screen.query_one("#search", Input).value = f"{text} zzz"
            await shopper.wait()
            assert hostile.seen(text)[:16] in check(shopper)  # nothing matches it
    tried("hostile strings in the catalog", len(hostile.STORABLE))


async def test_a_product_of_hostile_choices(hostile_app: ShopApp, tried: Tried) -> None:
    async with visited(hostile_app) as shopper:
        hostile_app.open_product(f"item-{len(hostile.STORABLE) + 1}")
        await shopper.wait()
        shown = await seen_whole(shopper, 700)
        assert shown.count(hostile.seen("w" * 80)) >= 2  # a choice, and in the description
        assert missing(shown) == []
        await shopper.press("right", "a")
        assert hostile.seen("in your cart") in check(shopper)
    tried("hostile strings as choices", len(hostile.STORABLE))


async def test_hostile_products_are_opened(hostile_app: ShopApp) -> None:
    async with visited(hostile_app) as shopper:
        for number, text in list(enumerate(hostile.STORABLE, start=1))[::25]:
            hostile_app.open_product(f"item-{number}")
            await shopper.wait()
            assert hostile.seen(text)[:40] in check(shopper)
            await shopper.press("escape")


async def test_from_the_cart_to_the_receipt(hostile_app: ShopApp, tried: Tried) -> None:
    async with visited(hostile_app) as shopper:
        await shopper.open_cart()
        assert missing(await seen_whole(shopper, 620)) == []
        await shopper.press("enter")
        assert missing(check(shopper), hostile.MARKUP[:5]) == []  # the review beside the card begins with them
        typed = {"name": hostile.ACTIONS[0], "street": hostile.MARKUP[0], "city": hostile.SQL[0], "postal-code": "%s",
                 "country": hostile.EMOJI[0], "card-number": "4242 4242 4242 4242", "expiry": "12/31", "cvc": "123"}
        for name, text in typed.items():
            shopper.screen.query_one(f"#{name}", Input).value = text
        await shopper.press("ctrl+y")
        assert shopper.order_number() == "SK-000001"
        assert missing(await seen_whole(shopper, 320), cells=12) == []
        await shopper.press("equals_sign")
        check(shopper)
        await shopper.press("escape", "o")
        check(shopper)
        await shopper.press("enter")
        shown = await seen_whole(shopper, 320)
        assert missing(shown, cells=12) == []
        assert hostile.seen(f"Goes to {hostile.ACTIONS[0]}, {hostile.MARKUP[0]}") in shown
    tried("hostile strings bought on the screens", len(hostile.STORABLE))


async def test_whatever_somebody_or_the_shop_is_called(hostile_app: ShopApp, tried: Tried) -> None:
    some = hostile.ALL[::20]
    async with visited(hostile_app) as shopper:
        await shopper.press("p")
        assert hostile_app.account is not None
        for text in some:
            hostile_app.account = replace(hostile_app.account, name=text, email=text)
            hostile_app.shop_name = text
            hostile_app.tell(text)
            await shopper.pilot.pause()
            assert hostile.seen(text)[:16] in check(shopper)
            hostile_app.clear_notifications()
    tried("hostile names", len(some))


async def test_the_palette(hostile_app: ShopApp) -> None:
    async with visited(hostile_app) as shopper:
        await shopper.press("ctrl+p", *"click")
        assert hostile.seen(hostile.ACTIONS[0]) in check(shopper)


async def test_nothing_happens_when_an_action_in_a_title_is_clicked(hostile_app: ShopApp) -> None:
    text = "[@click=app.quit]hi"
    async with visited(hostile_app) as shopper:
        shopper.screen.query_one("#search", Input).value = "click app quit hi"
        await shopper.wait()
        row, line = next((row, line) for row, line in enumerate(shopper.screen_text()) if text in line)
        await shopper.pilot.click(offset=(line.index(text) + 17, row))
        await shopper.wait()
        assert shopper.app.is_running
        assert hostile_app._exit is False


def test_the_last_wall_stands_alone() -> None:
    """Whatever a widget lets through, the last thing before the terminal takes out."""
    for text in hostile.ALL:
        [painted] = LastWall().apply([Segment(text)], Color(0, 0, 0))
        assert not hostile.steers(painted.text)
        assert hostile.tallest(painted.text) <= 4
        assert hostile.seen(painted.text) == hostile.seen(text)


async def test_the_last_wall_stands_in_the_shop(hostile_app: ShopApp) -> None:
    async with hostile_app.run_test() as pilot:
        walls = [each for each in pilot.app.get_line_filters() if isinstance(each, LastWall)]
        assert len(walls) == 1
        await pilot.app.screen.mount(Static(Content("".join(hostile.ANSI + hostile.C1)), id="leaky"))
        await pilot.pause()
        painted = [segment.text for y in range(3)
                   for segment in pilot.app.screen.query_one("#leaky").render_lines(Region(0, y, 60, 1))[0]]
        assert not hostile.steers("".join(painted))


async def test_a_line_is_cleaned_once(hostile_app: ShopApp) -> None:
    """What stays as it is on the screen is painted from memory."""
    async with hostile_app.run_test() as pilot:
        first, again = (pilot.app.screen.render_lines(Region(0, 0, 60, 1)) for _ in range(2))
        assert first[0] is again[0]
