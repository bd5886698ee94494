"""There is no room for one more order: it is said, what was bought stays bought, and with room it goes on."""
from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from shopkeeper import DatabaseUnavailable, Order, Shop
from tests.faults import scenes
from tests.faults.checks import reopened
from tests.faults.scenes import Scene
from tests.laws import LAWS, broken
from tests.orders.buying import HOME, pay

Scenes = Callable[[Callable[..., Scene]], Scene]
Tried = Callable[[str, int], None]

PAGE = 4096  # bytes
ADDRESS = replace(HOME, name="n" * 200, street="s" * 200, city="c" * 200)  # orders should take room


@pytest.mark.parametrize("more", range(1, 11))
def test_a_database_that_may_not_grow_says_so_and_goes_on_when_it_may(
    scene: Scenes, tried: Tried, more: int
) -> None:
    with scene(scenes.full_cart).copied() as copy, copy.opened() as shop:
        limit = copy.count("PRAGMA page_count") + more
        limit_pages(shop, limit)
        bought = buy_until_refused(shop, copy)
        limit_pages(shop, limit + 100)
        check_it_goes_on(shop, copy, bought)
    tried("full disks", 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of two megabytes; nothing where it is not allowed to mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "shopkeeper-test", str(tmp_path)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    yield tmp_path if mounted else None
    if mounted:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_disk_that_is_full_is_told_and_with_room_it_goes_on(
    scene: Scenes, tried: Tried, small_disk: Path | None
) -> None:
    if small_disk is None:  # the limit of pages above stands for it
        tried("small disks (mounting is not allowed here)", 0)
        return
    for pages in range(100, 125):
        with scene(scenes.full_cart).copied(small_disk) as copy, copy.opened() as shop:
            others = copy.path.with_name("others")
            others.write_bytes(bytes(PAGE * pages))
            bought = buy_until_refused(shop, copy)
            others.unlink()
            check_it_goes_on(shop, copy, bought)
        tried("full disks", 1)


def buy_until_refused(shop: Shop, scene: Scene) -> int:
    """Ada buys again and again until she is told that there is no room; answers with how often it went well."""
    with pytest.raises(DatabaseUnavailable, match="the disk is full"):
        for number in count():
            press(shop, scene, number)
    with shop._database.read() as connection:
        assert broken(connection, LAWS) == []
    return number


def press(shop: Shop, scene: Scene, number: int) -> Order:
    """Ada pays what is in her cart, or else a mug, with the key of this number."""
    if not shop.cart.view(scene.ada).lines:
        shop.cart.add(scene.ada, shop.catalog.product("mug").variants[0].id)
    return pay(shop, scene.ada, key=f"key-{number}", address=ADDRESS)


def check_it_goes_on(shop: Shop, scene: Scene, bought: int) -> None:
    """What was bought is there; what was refused can be tried again at once, and is bought or can be in a minute."""
    assert press(shop, scene, bought).status in {"placed", "awaiting_payment"}
    with reopened(scene) as later:
        orders = later.orders.history(scene.ada, limit=200).items
        assert len(orders) in {bought, bought + 1}
        assert {order.status for order in orders} <= {"placed", "cancelled"}  # one that waited in vain stays, too
        assert sum(order.status == "placed" for order in orders) >= bought
        assert press(later, scene, bought + 1).status == "placed"


def limit_pages(shop: Shop, pages: int) -> None:
    """The database cannot have more pages than this: SQLite calls that a full disk."""
    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(shop._database.engine, "connect", limit)
    shop._database.engine.dispose()
