"""Anything at all that a shopper does at a terminal neither ends nor freezes the shop, nor shows money that it has not.

`pytest -m soak -n 0 tests/tui/test_random_walk.py` goes 10,000 steps for each of three seeds.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.factories import add_account
from tests.tui.random_walk import RandomWalk
from tui.state import TerminalState


@contextmanager
def walk_of_ada(folder: Path, sample_database: Path, seed: int) -> Iterator[RandomWalk]:
    """A walk that begins in Ada's account, with something in her cart."""
    shutil.copy(sample_database, folder / "shop.db")
    with Shop.open(str(folder / "shop.db")) as shop:
        session = add_account(shop)
        TerminalState(folder / "state" / "shopkeeper").remember_token(shop.settings.shop_id, session.token)
        shop.cart.add(session, shop.catalog.product("essential-hoodie").variants[0].id)
    walk = RandomWalk(folder, seed)
    try:
        yield walk
    finally:
        walk.close()


def test_a_short_random_walk_neither_ends_nor_freezes_the_shop(
    tmp_path: Path, sample_database: Path, tried: Callable[[str, int], None]
) -> None:
    with walk_of_ada(tmp_path, sample_database, 14) as walk:
        walk.go(600)
        walk.answer_probe()
    tried("steps of a random walk", 600)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(3))
def test_a_long_random_walk_neither_ends_nor_freezes_the_shop(
    tmp_path: Path, sample_database: Path, seed: int, tried: Callable[[str, int], None]
) -> None:
    with walk_of_ada(tmp_path, sample_database, seed) as walk:
        walk.go(10_000)
        walk.answer_probe()
    tried("steps of a random walk", 10_000)
