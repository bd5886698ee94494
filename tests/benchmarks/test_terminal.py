"""How soon the shop is there and how soon it answers, as ratios to an empty Textual app in the same run."""
from __future__ import annotations

from collections.abc import Iterator
from operator import truediv
from pathlib import Path
from statistics import median

import pytest

from shopkeeper import Shop
from tests.benchmarks.terminal import Terminal

pytestmark = pytest.mark.benchmark

RUNS = 9
FIRST_PRODUCT = "Alphabet of Tools"
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
FIELD = """
from textual.app import App
from textual.widgets import Input
class Field(App):
    def compose(self):
        yield Input(placeholder="painted")
Field().run()
"""


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The command line of a shop that has been opened before, with the sample catalog."""
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    with Shop.open(str(path), sample=True):
        pass
    yield ["-m", "shopkeeper", "--db", str(path)]


def test_the_shop_is_painted_soon(arguments: list[str], tmp_path: Path) -> None:
    times: dict[str, list[float]] = {"empty": [], "first paint": [], "products": []}
    for run in range(RUNS + 1):
        with Terminal(["-c", EMPTY]) as terminal:
            empty = terminal.painted("painted")
        with Terminal(arguments, XDG_STATE_HOME=str(tmp_path)) as terminal:
            first, products = terminal.painted("earch"), terminal.painted(FIRST_PRODUCT)
        if run:  # the first of each writes the bytecode and warms the caches
            for name, seconds in zip(times, (empty, first, products), strict=True):
                times[name].append(seconds)
    empties = times["empty"]
    ratios = {name: median(map(truediv, times[name], empties)) for name in times}  # pair by pair: machines drift
    for name, ratio in ratios.items():
        print(f"{name}: {median(times[name]) * 1000:.0f} ms, {ratio:.2f} of an empty app's")
    assert ratios["first paint"] <= 1.5
    assert ratios["products"] <= 2.5


def test_a_key_in_the_search_field_is_painted_soon(arguments: list[str], tmp_path: Path) -> None:
    """Keys go in one by one, each erased before the next; none of them occurs in an escape sequence."""
    medians = {}
    with (
        Terminal(["-c", FIELD]) as field,
        Terminal(arguments, XDG_STATE_HOME=str(tmp_path)) as shop,
    ):
        field.painted("ainted")
        shop.painted(FIRST_PRODUCT)
        for name, terminal in (("field", field), ("shop", shop)):
            terminal.quiet()
            times = []
            for letter in "éüöäñçøåðþæœšžłàèìòùâêîôû":
                terminal.press(letter)
                times.append(terminal.painted(letter))
                terminal.quiet(0.15)
                terminal.press("\x7f")
                terminal.quiet(0.15)
            medians[name] = median(times)
    ratio = medians["shop"] / medians["field"]
    print(f"a key: {medians['shop'] * 1000:.1f} ms, {ratio:.2f} of a lone field's {medians['field'] * 1000:.1f} ms")
    assert ratio <= 2


def test_the_shop_is_small(arguments: list[str], tmp_path: Path) -> None:
    with Terminal(arguments, XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.painted(FIRST_PRODUCT)
        terminal.quiet()
        for letters in ("hoodie", "\x7f" * 6, "mug"):
            terminal.press(letters)
            terminal.quiet()
        megabytes = terminal.resident() / 2**20
    print(f"resident: {megabytes:.0f} MB")
    assert megabytes <= 90
