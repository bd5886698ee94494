"""How fast a cart is filled and paid, as ratios to the same writes by hand, and how sixteen shop at once."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from operator import truediv
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

from shopkeeper import Card, Session, Shop
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.engine import _PRAGMAS
from tests.benchmarks import by_hand
from tests.factories import add_account, add_product

pytestmark = pytest.mark.benchmark

ROUNDS = 60
LINES = 5
PROCESSES = 16
EACH = 20
CARD = Card.test("4242 4242 4242 4242")

# A program of its own: it says when it is ready, waits for the word, then fills and pays carts.
_BUYER = """
import json, sys, time
from shopkeeper import Card, Shop
path, token, carts = sys.argv[1], sys.argv[2], int(sys.argv[3])
card = Card.test("4242 4242 4242 4242")
with Shop.open(path) as shop:
    session = shop.accounts.resume(token)
    variants = range(1, 6)
    print("ready", flush=True)
    sys.stdin.readline()
    began, times = time.monotonic(), []
    for at in range(carts):
        for variant in variants:
            cart = shop.cart.add(session, variant)
        start = time.perf_counter()
        shop.checkout.place(session, card, expected_total=cart.total, idempotency_key=f"{token}-{carts}-{at}")
        times.append(time.perf_counter() - start)
    print(json.dumps([began, time.monotonic(), times]))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
        for at in range(LINES):
            add_product(shop, f"Thing {at}", stock=1_000_000, options={"Size": ["L"]})
        yield shop


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop)


@pytest.fixture
def hand(shop: Shop) -> Iterator[Any]:
    """A connection of the driver itself, with the shop's own pragmas."""
    connection = sqlite_driver().connect(shop._database.engine.url.database, isolation_level=None)
    for pragma in _PRAGMAS.split(";"):
        connection.execute(pragma)
    yield connection
    connection.close()


def test_a_checkout_costs_little_more_than_its_writes(shop: Shop, ada: Session, hand: Any) -> None:
    def by_services(at: int, total: Any) -> None:
        shop.checkout.place(ada, CARD, expected_total=total, idempotency_key=f"key-{at}")

    ours, theirs = [], []
    for at in range(ROUNDS):
        total = fill(shop, ada)
        ours.append(timed(lambda: by_services(at, total)))  # noqa: B023 (called at once)
        fill(shop, ada)
        theirs.append(timed(lambda: by_hand.check_out(hand, 1, f"hand-{at}")))  # noqa: B023
    tell("a checkout of five lines", ours, theirs, at_most=6)


def test_adding_to_the_cart_costs_little_more_than_its_writes(shop: Shop, ada: Session, hand: Any) -> None:
    fill(shop, ada)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: shop.cart.add(ada, 1)))
        theirs.append(timed(lambda: by_hand.add(hand, 1, ada.token, 1)))
    tell("adding to the cart", ours, theirs, at_most=3)


def test_sixteen_processes_check_out_at_half_the_speed_of_one_or_better(shop: Shop) -> None:
    sessions = [add_account(shop, f"shopper{at}@example.com") for at in range(PROCESSES)]
    path = str(shop._database.engine.url.database)
    alone, _ = race(path, sessions[:1], EACH * 8)
    together, times = race(path, sessions, EACH)
    slowest = quantiles(times, n=100)[-1]
    print(f"one process: {alone:.0f} checkouts a second, {PROCESSES}: {together:.0f}, {together / alone:.2f} of it;"
          f" the slowest 1 %: {slowest * 1000:.0f} ms")
    assert together >= alone / 2
    assert slowest <= 0.5


def race(path: str, sessions: list[Session], carts: int) -> tuple[float, list[float]]:
    """Checkouts a second, and how long each took, in seconds."""
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as an installed program's modules are
    buyers = [subprocess.Popen([sys.executable, "-c", _BUYER, path, session.token, str(carts)], text=True, env=compiled,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE) for session in sessions]
    for buyer in buyers:
        assert buyer.stdout is not None
        assert buyer.stdout.readline() == "ready\n"
    for buyer in buyers:
        assert buyer.stdin is not None
        buyer.stdin.write("go\n")
        buyer.stdin.flush()
    told = [json.loads(buyer.communicate(timeout=120)[0]) for buyer in buyers]
    seconds = max(ended for _, ended, _ in told) - min(began for began, _, _ in told)
    return len(sessions) * carts / seconds, [each for _, _, times in told for each in times]


def fill(shop: Shop, session: Session) -> Any:
    for variant_id in range(1, LINES + 1):
        cart = shop.cart.add(session, variant_id)
    return cart.total


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def tell(what: str, ours: list[float], theirs: list[float], *, at_most: float) -> None:
    driver = sqlite_driver()
    ratio = median(map(truediv, ours, theirs))
    print(f"{what}: {median(ours) * 1000:.2f} ms, {ratio:.2f} of {median(theirs) * 1000:.2f} ms by hand"
          f" (SQLite {driver.sqlite_version}, WAL, synchronous FULL)")
    assert ratio <= at_most
