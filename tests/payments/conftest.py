"""Somebody with a full cart, in a shop that pays through the demo portal."""
from __future__ import annotations

import pytest

from shopkeeper import Session, Shop
from shopkeeper.payments.demo import DemoGateway
from tests.factories import add_account, add_product


@pytest.fixture
def demo(shop: Shop) -> DemoGateway:
    assert shop.demo_portal is not None
    return shop.demo_portal


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
