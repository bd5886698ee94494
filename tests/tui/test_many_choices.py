"""An option with hundreds of choices: the most frequent are shown, any other is found by its name."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Static

from shopkeeper import Shop
from tests.shelf import Item, Piece, put_on_shelf
from tui.app import ShopApp
from tui.screens.catalog import CatalogScreen
from tui.testing import Shopper
from tui.widgets.facet_rows import Kind
from tui.widgets.facets import Facets

LABELS = [*(f"Shade {n:03}" for n in range(200)), "Crème brûlée", "CREAM", "Ice cream", "Moss"]
FREQUENT = ("Shade 007", "Shade 150", "Moss")


@pytest.fixture
async def shopper(shop: Shop, tmp_path: Path) -> AsyncIterator[Shopper]:
    """Somebody who has the bar on the colors."""
    items = [Item(f"Paint {n}", [Piece({"color": label})]) for n, label in enumerate([*LABELS, *FREQUENT * 2])]
    put_on_shelf(shop._database, items, {"color": LABELS})
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.press("escape", "f", *["down"] * 4)
        assert facets_of(shopper).rows[facets_of(shopper).cursor].label == "Color"
        yield shopper


def facets_of(shopper: Shopper) -> Facets:
    return shopper.screen.query_one("#facets", Facets)


def colors(shopper: Shopper) -> list[str]:
    return [row.label for row in facets_of(shopper).rows if row.kind is Kind.VALUE]


def bar(shopper: Shopper) -> str:
    return facets_of(shopper).rows[facets_of(shopper).cursor].label


def status(shopper: Shopper) -> str:
    return str(shopper.screen.query_one("#status", Static).content)


async def test_the_most_frequent_choices_are_shown_and_how_many_more_there_are(shopper: Shopper) -> None:
    assert colors(shopper) == ["Shade 000", "Shade 001", "Shade 002", "Shade 003", "Shade 004", "Shade 007",
                               "Shade 150", "Moss"]
    assert [row.label for row in facets_of(shopper).rows if row.kind is Kind.MORE] == ["… 196 more"]


async def test_a_choice_is_found_by_any_part_of_its_name_whatever_its_case_and_accents(shopper: Shopper) -> None:
    await shopper.press("slash", *"cReM")
    assert colors(shopper) == ["Crème brûlée"]
    await shopper.press("backspace", "backspace")
    assert colors(shopper) == ["Crème brûlée", "CREAM", "Ice cream"]
    assert any("/ cR▏" in line and "3 of 204" in line for line in shopper.screen_text())
    await shopper.press(*"qqq")
    assert (colors(shopper), bar(shopper)) == ([], "cRqqq")
    await shopper.press("backspace", "backspace", "backspace", "e", "down", "enter")
    assert status(shopper) == "1 of 210 products"
    assert bar(shopper) == "CREAM"
    assert not facets_of(shopper).is_finding
    assert {"CREAM", "Moss"} <= {*colors(shopper)}
    assert len(colors(shopper)) == 9


async def test_several_are_chosen_by_space_and_escape_leaves_the_finding_and_then_the_filters(shopper: Shopper) -> None:
    await shopper.press("slash", *"shade00", "space", "down", "space")
    assert status(shopper) == "2 of 210 products"
    assert facets_of(shopper).is_finding
    await shopper.press("escape")
    assert facets_of(shopper).has_focus
    assert bar(shopper) == "Shade 001"
    await shopper.press("escape")
    assert not facets_of(shopper).has_focus
    assert isinstance(shopper.screen, CatalogScreen)


async def test_the_line_of_those_that_are_not_shown_opens_the_finding(shopper: Shopper) -> None:
    await shopper.press(*["down"] * 9)
    assert bar(shopper) == "… 196 more"
    await shopper.press("enter")
    assert len(colors(shopper)) == len(LABELS)
    assert any("type to find" in line for line in shopper.screen_text())
    facets = facets_of(shopper)
    assert facets.rows[facets.scroll_offset.y].label == "Color"  # at the top, so that many are in sight
    await shopper.press("end", "up", "escape")
    assert bar(shopper) == "… 196 more"


async def test_letters_are_commands_again_when_the_finding_is_left(shopper: Shopper) -> None:
    await shopper.press("slash", *"xsc", "tab")
    assert isinstance(shopper.screen, CatalogScreen)
    assert not facets_of(shopper).is_finding
    await shopper.press("c")
    assert not isinstance(shopper.screen, CatalogScreen)


async def test_where_there_are_few_choices_the_key_goes_to_the_search(shopper: Shopper) -> None:
    await shopper.press("up", "up", "up", "slash")
    assert shopper.screen.query_one("#search").has_focus


async def test_a_facet_that_goes_away_is_not_looked_through_any_more(shop: Shop, shopper: Shopper) -> None:
    await shopper.press("slash", "m")
    put_on_shelf(shop._database, [Item("Plain paint")])
    await shopper.press("space")
    assert not facets_of(shopper).is_finding


async def test_the_kit_filters_by_any_of_them(shopper: Shopper) -> None:
    await shopper.filter("Color", "Ice cream")
    await shopper.filter("Color", "Shade 123")
    assert status(shopper) == "2 of 210 products"
    assert shopper.results() == ["Paint 123", "Paint 202"]
