"""A shop whose portal obeys the test, and somebody with a full cart."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper import Session, Shop
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.portals import Portal


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def shop(shop_file: Path, clock: FakeClock, portal: Portal) -> Iterator[Shop]:
    with Shop.open(str(shop_file), gateway=portal, clock=clock) as shop:
        yield shop


@pytest.fixture
def mug(shop: Shop) -> int:
    """Five plain mugs at $20.00."""
    return add_product(shop, "Plain Mug", stock=5).variants[0].id


@pytest.fixture
def ada(shop: Shop, mug: int) -> Session:
    """An account with two mugs in the cart."""
    session = add_account(shop)
    shop.cart.add(session, mug, 2)
    return session
