"""Another program does not let go of the database: the shop says so, and goes on when it does."""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from shopkeeper import DatabaseUnavailable, Shop
from tests.faults import scenes
from tests.faults.scenes import A_MINUTE_LATER, Scene, clock_at
from tests.laws import LAWS, PORTAL_LAWS, broken
from tests.orders.buying import pay
from tests.portals import Portal
from tests.waiting import PATIENCE

Scenes = Callable[[Callable[..., Scene]], Scene]

_HOLD = """
import sys
from shopkeeper.database.driver import sqlite_driver
connection = sqlite_driver().connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program has begun to write and does not end it."""
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    yield
    holder.communicate(timeout=PATIENCE)


def be_impatient(shop: Shop) -> None:
    """Waits for the others a moment only."""
    def shorten(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    event.listen(shop._database.engine, "connect", shorten)
    shop._database.engine.dispose()


def test_a_locked_database_is_said_to_be_in_use_and_nothing_happens(scene: Scenes) -> None:
    with scene(scenes.full_cart).copied() as copy, copy.opened() as shop:
        be_impatient(shop)
        with held(copy.path):
            before = copy.dump()
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable, match="in use by another program"):
                    pay(shop, copy.ada)
            assert copy.dump() == before
        assert pay(shop, copy.ada).status == "placed"
        with shop._database.read() as connection:
            assert broken(connection, LAWS | PORTAL_LAWS) == []


def test_a_database_that_is_locked_while_the_portal_charges_is_settled_without_a_second_charge(scene: Scenes) -> None:
    portal = Portal()
    with scene(scenes.full_cart).copied() as copy:
        with Shop.open(str(copy.path), gateway=portal, clock=clock_at(0)) as shop:
            be_impatient(shop)
            with ExitStack() as others:
                portal.meanwhile = lambda: others.enter_context(held(copy.path))
                with pytest.raises(DatabaseUnavailable, match="in use by another program"):
                    pay(shop, copy.ada)
            assert pay(shop, copy.ada, total=copy.cart.total).status == "placed"
            assert portal.captured == {"pay:attempt-000001:1": copy.cart.total.minor}
            assert shop.cart.view(copy.ada).lines == ()
            with shop._database.read() as connection:
                assert broken(connection, LAWS) == []
        with Shop.open(str(copy.path), gateway=portal, clock=clock_at(A_MINUTE_LATER)) as shop:
            assert [order.status for order in shop.orders.history(copy.ada).items] == ["placed"]
        assert portal.calls == 1
