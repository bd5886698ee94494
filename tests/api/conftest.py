"""A shop with a few things, served over a socket; and somebody who calls."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shopkeeper import Session, Shop
from tests.api.caller import Caller
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.portals import Portal
from tests.served import served
from tests.waiting import PATIENCE


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def shop(shop_file: Path, clock: FakeClock, portal: Portal) -> Iterator[Shop]:
    """Five mugs at $20.00, and a hoodie in two sizes."""
    with Shop.open(str(shop_file), gateway=portal, clock=clock) as shop:
        add_product(shop, "Plain Mug", stock=5)
        add_product(shop, "Zip Hoodie", price="58.00", stock=3, options={"Size": ["S", "M"]})
        yield shop


@pytest.fixture
def api(shop: Shop) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with served(shop) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def session(shop: Shop) -> Session:
    return add_account(shop)


@pytest.fixture
def ada(api: httpx.Client, session: Session) -> Caller:
    """Ada, logged in."""
    return Caller(api, session.token)
