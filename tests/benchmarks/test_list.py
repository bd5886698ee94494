"""How soon a key in the list of products is painted in large shops, in a real terminal; and how fast it is walked."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

import pytest

from shopkeeper import Query, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.benchmarks.generator import LABELS, items
from tests.benchmarks.terminal import Terminal
from tests.shelf import put_on_shelf

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

KEYS = {"down": "\x1b[B", "pagedown": "\x1b[6~", "end": "\x1b[F", "home": "\x1b[H"}
IN_SIGHT = 10  # products, at 120 by 40: pagedown goes on by one less
TIMES = 30
HELD = 60
"""Keys that come without a pause, as from a key that is held down on a slow machine."""


@pytest.fixture(scope="module", params=[100_000, 1_000_000])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop with so many variants, its products numbered, and its index."""
    path = str(tmp_path_factory.mktemp("list") / "shop.db")
    database = Database.open(path)
    migrate(database)
    put_on_shelf(database, (replace(item, title=f"{at:06} {item.title}") for at, item in enumerate(items(
        request.param))), LABELS)
    database.close()
    with Shop.open(path) as shop:
        shop.catalog._keeper.make()
        yield shop


def test_the_list_goes_at_a_keys_speed(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def title(at: int) -> str:
        return shop.catalog.browse(Query(), start=at, limit=1).products[0].title[:6]

    last = shop.catalog.browse(Query(), limit=1).total - 1
    step = IN_SIGHT - 1
    times: dict[str, list[float]] = {name: [] for name in KEYS}
    with Terminal(["-m", "shopkeeper", "--db", str(shop._database.path)], XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.painted(title(1))
        terminal.press("\r")
        terminal.quiet()

        def press(name: str, at: int) -> float:
            terminal.press(KEYS[name])
            seconds = terminal.painted(title(at))
            terminal.quiet()
            return seconds

        for _ in range(TIMES):
            times["end"].append(press("end", last))
            times["home"].append(press("home", 0))
        for at in range(1, TIMES + 1):
            times["down"].append(press("down", at))
        for page in range(1, TIMES + 1):
            times["pagedown"].append(press("pagedown", TIMES + page * step))
        held = {name: _held(terminal, KEYS[name], title, TIMES + (TIMES * step) + before, each) for name, before, each
                in (("down", 0, 1), ("pagedown", HELD, step))}
    with capsys.disabled():
        for name, seconds in times.items():
            marks = quantiles(seconds, n=20)
            print(f"\n{last + 1:,} products: {name} is painted after p50 {1000 * marks[9]:.0f} ms,"
                  f" p95 {1000 * marks[18]:.0f} ms", end="")
        print("".join(f"\n{name}, held: {rate:.0f} a second" for name, rate in held.items()))
    assert all(quantiles(seconds, n=20)[18] <= 0.05 for seconds in times.values())


def _held(terminal: Terminal, key: str, title: Callable[[int], str], at: int, each: int) -> float:
    """How many keys a second are painted in the end, when they come without a pause."""
    terminal.press(key * HELD)
    seconds = terminal.painted(title(at + HELD * each))
    terminal.quiet()
    return HELD / seconds
