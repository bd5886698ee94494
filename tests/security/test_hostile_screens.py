"""Every screen, on a shop full of hostile strings: each can be read, nothing breaks, and no action is run."""
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from shopkeeper import Shop
from tests.factories import PASSWORD
from tests.security import hostile
from tests.security.hostile_shop import EMAIL, NAME, add_hostile_account, fill, fill_cart
from tui.app import ShopApp
from tui.testing import Shopper
from tui.text import LastWall
from tui.widgets.details import Details
from tui.widgets.product_list import ProductList

Tried = Callable[[str, int], None]

TALL = (200, 1000)
"""A terminal on which every product can be seen at once."""

OURS = re.compile(
    r"(app|screen)\.(catalog|orders|account|cart|help|search|facets|open|clear_filters|sort|drop\(\d+\)|explain|"
    r"step\(\d+, -?1\)|remove_line\(\d+\)|undo|check_out|save|reorder|cancel|register|login|pay|leave|more|fewer|"
    r"add_to_cart|next_theme|log_out)|choose\(\d+\)|more|fewer")
"""The actions that our own texts run when they are clicked."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "shop.db"
    with Shop.open(str(path)) as shop:
        fill(shop)
        fill_cart(shop, add_hostile_account(shop))
    return path


@pytest.fixture
def hostile_shop(filled: Path, tmp_path: Path) -> Iterator[Shop]:
    with Shop.open(str(copy(filled, tmp_path / "shop.db"))) as shop:
        yield shop


@pytest.fixture
async def shopper(hostile_shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    """Ada, logged in."""
    app = ShopApp(hostile_shop, state_folder=tmp_path)
    async with app.run_test(size=TALL, notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.log_in(EMAIL, PASSWORD)
        yield shopper


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


async def test_the_catalog(shopper: Shopper, tried: Tried) -> None:
    shown = check(shopper)
    assert missing(shown) == []
    assert hostile.seen(NAME) in shown  # the shop's, and Ada's
    products, details = shopper.screen.query_one(ProductList), shopper.screen.query_one(Details)
    for card in products.cards[:50:5]:
        details.show_card(card)
        await shopper.wait()
        assert hostile.seen(card.title)[:16] in check(shopper)
    await shopper.press("f", "down", "down", "down", "enter", "down", "enter")  # some hostile category
    assert hostile.seen("clear all") in check(shopper)
    for text in hostile.ALL[::20]:
        await shopper.search(f"{text} zzz")
        assert hostile.seen(text)[:16] in check(shopper)  # nothing matches it
    tried("hostile strings in the catalog", len(hostile.STORABLE))


async def test_a_product_of_hostile_choices(shopper: Shopper, tried: Tried) -> None:
    shopper.app.open_product(f"item-{len(hostile.STORABLE) + 1}")  # type: ignore[attr-defined]
    await shopper.wait()
    shown = check(shopper)
    assert shown.count(hostile.seen("w" * 100)) >= 2  # a choice, and in the description
    assert missing(shown) == []
    await shopper.press("right", "right", "a")
    assert hostile.seen("in your cart") in check(shopper)
    tried("hostile strings as choices", len(hostile.STORABLE))


@pytest.mark.parametrize("category", hostile.CATEGORIES)
async def test_each_hostile_product_opens(category: str, shopper: Shopper) -> None:
    wanted = set(hostile.CATEGORIES[category])
    for number, text in enumerate(hostile.STORABLE, start=1):
        if text in wanted:
            shopper.app.open_product(f"item-{number}")  # type: ignore[attr-defined]
            await shopper.wait()
            assert hostile.seen(text)[:40] in check(shopper)
            await shopper.press("escape")


async def test_from_the_cart_to_the_receipt(shopper: Shopper, tried: Tried) -> None:
    await shopper.open_cart()
    assert missing(check(shopper)) == []
    await shopper.press("delete", "u", "enter")
    assert missing(check(shopper)) == []  # the review beside the card
    await shopper.check_out(name=hostile.ACTIONS[0], street=hostile.MARKUP[0], city=hostile.SQL[0],
                            postal_code=hostile.FORMATS[0], country=hostile.EMOJI[0])
    assert missing(check(shopper), cells=12) == []
    await shopper.press("equals_sign")
    check(shopper)
    await shopper.press("escape", "o")
    check(shopper)
    await shopper.press("enter")
    shown = check(shopper)
    assert missing(shown, cells=12) == []
    assert hostile.seen(f"Goes to {hostile.ACTIONS[0]}, {hostile.MARKUP[0]}") in shown
    await shopper.press("r")
    check(shopper)
    tried("hostile strings bought on the screens", len(hostile.STORABLE))


async def test_whatever_somebody_or_the_shop_is_called(shopper: Shopper, tried: Tried) -> None:
    await shopper.press("p")
    app = shopper.app
    assert isinstance(app, ShopApp)
    assert app.account is not None
    for text in hostile.ALL:
        app.account = replace(app.account, name=text, email=text)
        app.shop_name = text
        app.tell(text)
        await shopper.pilot.pause()
        assert hostile.seen(text)[:16] in check(shopper)
        app.clear_notifications()
    tried("hostile names", len(hostile.ALL))


async def test_the_palette(shopper: Shopper) -> None:
    for typed in ("quit", "red", "bold", "title", "click"):
        await shopper.press("ctrl+p", *typed)
        check(shopper)
        await shopper.press("escape")


async def test_nothing_happens_when_an_action_in_a_title_is_clicked(shopper: Shopper) -> None:
    lines = shopper.screen_text()
    row, line = next((row, line) for row, line in enumerate(lines) if "[@click=app.quit]hi" in line)
    await shopper.pilot.click(offset=(line.index("[@click=app.quit]hi") + 18, row))
    await shopper.wait()
    assert shopper.app.is_running
    assert shopper.app._exit is False


def test_the_last_wall_stands_alone() -> None:
    """Whatever a widget lets through, the last thing before the terminal takes out."""
    for text in hostile.ALL:
        [painted] = LastWall().apply([Segment(text)], Color(0, 0, 0))
        assert not hostile.steers(painted.text)
        assert hostile.tallest(painted.text) <= 4
        assert hostile.seen(painted.text) == hostile.seen(text)


async def test_the_last_wall_stands_in_the_shop(hostile_shop: Shop) -> None:
    async with ShopApp(hostile_shop).run_test() as pilot:
        walls = [each for each in pilot.app.get_line_filters() if isinstance(each, LastWall)]
        assert len(walls) == 1
        await pilot.app.screen.mount(Static(Content("".join(hostile.ANSI + hostile.C1)), id="leaky"))
        await pilot.pause()
        painted = [segment.text for y in range(3)
                   for segment in pilot.app.screen.query_one("#leaky").render_lines(Region(0, y, 60, 1))[0]]
        assert not hostile.steers("".join(painted))
