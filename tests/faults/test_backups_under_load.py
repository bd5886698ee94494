"""Backups of a shop that sells: each is a whole shop, and misses no order that was acknowledged before it began."""
from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from shopkeeper import Shop
from shopkeeper.clock import system_clock
from shopkeeper.upkeep.doctor import examine
from shopkeeper.upkeep.files import sqlite_file
from shopkeeper.upkeep.restore import restore
from tests.factories import add_account, add_product
from tests.waiting import PATIENCE

BACKUPS, BUYERS = 25, 4

# A program of its own: it buys and says each order's number once it is placed, until the last word is said.
BUYER = """
import sys
from pathlib import Path
from shopkeeper import Card, Shop
with Shop.open(sys.argv[1]) as shop:
    session = shop.accounts.resume(sys.argv[2])
    card, bought = Card.test("4242 4242 4242 4242"), 0
    while not Path(sys.argv[3]).exists():
        total = shop.cart.add(session, 1 + bought % 3).total
        order = shop.checkout.place(session, card, expected_total=total, idempotency_key=f"key-{bought}")
        assert order.status == "placed"
        print(order.number, flush=True)
        bought += 1
        if bought % 5 == 0:
            shop.orders.cancel(session, order.number)
"""


class Taken(NamedTuple):
    """A backup, the orders that were acknowledged before it began, and when that was."""

    path: Path
    acknowledged: frozenset[str]
    at: datetime


class Buyers:
    """Programs that buy; `acknowledged` is what they were told."""

    def __init__(self, shop: Path, tokens: list[str], last_word: Path) -> None:
        self.acknowledged: list[str] = []
        self._last_word = last_word
        self._programs = [
            subprocess.Popen([sys.executable, "-c", BUYER, str(shop), token, str(last_word)], text=True,
                             stdout=subprocess.PIPE)
            for token in tokens
        ]
        self._listeners = [threading.Thread(target=self._listen, args=(each,)) for each in self._programs]
        for listener in self._listeners:
            listener.start()

    def wait_for(self, count: int) -> None:
        """Waits until so many orders were acknowledged; all buyers are at it then."""
        end = time.monotonic() + PATIENCE
        while len(self.acknowledged) < count:
            assert time.monotonic() < end
            time.sleep(0.002)
        assert [each.poll() for each in self._programs] == [None] * BUYERS

    def end(self) -> list[int]:
        """Lets them finish; their exit codes."""
        self._last_word.touch()
        for listener in self._listeners:
            listener.join()
        return [each.wait(PATIENCE) for each in self._programs]

    def _listen(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        with program.stdout as lines:
            for line in lines:
                self.acknowledged.append(line.strip())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def buyers(file: Path, tmp_path: Path) -> Iterator[Buyers]:
    with Shop.open(str(file)) as shop:
        for title in ("Mug", "Cap", "Hat"):
            add_product(shop, title, stock=1_000_000)
        tokens = [add_account(shop, f"shopper{i}@example.com").token for i in range(BUYERS)]
    buyers = Buyers(file, tokens, tmp_path / "last word")
    yield buyers
    buyers.end()


def placed(path: Path) -> set[str]:
    """The orders in a shop's file that went through; some were cancelled since."""
    with sqlite_file(path) as connection:
        return {row[0] for row in connection.execute('SELECT number FROM "order" WHERE placed_at IS NOT NULL')}


def test_backups_of_a_shop_that_sells_miss_nothing(
    file: Path, buyers: Buyers, tmp_path: Path, tried: Callable[[str, int], None]
) -> None:
    taken: list[Taken] = []
    with Shop.open(str(file), settle=False) as shop:
        for number in range(BACKUPS):
            buyers.wait_for(len(buyers.acknowledged) + BUYERS)
            acknowledged, at = frozenset(buyers.acknowledged), system_clock()
            taken.append(Taken(shop.upkeep.backup(tmp_path / f"{number}.db").path, acknowledged, at))
    assert buyers.end() == [0] * BUYERS
    for number, each in enumerate(taken):
        restored = restore(str(tmp_path / f"restored {number}" / "shop.db"), each.path).database
        assert each.acknowledged - placed(restored) == set()
        was_taken = partial(getattr, each, "at")  # what was under way then is under way
        assert examine(str(restored), clock=was_taken).findings == ()
    tried("backups under load", BACKUPS)
