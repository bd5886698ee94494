"""A shop with a past: an order that was paid, one that was cancelled and refunded, and a cart."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import pay


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its database, closed, to be copied."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), clock=FakeClock()) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
        mug = add_product(shop, "Plain Mug", stock=9).variants[0].id
        session = add_account(shop)
        for key in ("kept", "cancelled"):
            shop.cart.add(session, mug, 2)
            order = pay(shop, session, key=key)
        shop.orders.cancel(session, order.number)
        shop.cart.add(session, mug)
    return path


@pytest.fixture
def file(tmp_path: Path, template: Path) -> Path:
    """The database of that shop, closed."""
    path = tmp_path / "shop.db"
    shutil.copy(template, path)
    path.chmod(0o600)
    return path


@pytest.fixture
def shop(file: Path, clock: FakeClock) -> Iterator[Shop]:
    with Shop.open(str(file), clock=clock) as shop:
        yield shop
