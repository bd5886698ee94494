"""Somebody with a full cart, in a shop that pays through the demo portal; and what stands in for Stripe."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopkeeper import Session, Shop
from shopkeeper.payments.demo import DemoGateway
from tests.factories import add_account, add_product
from tests.payments.localstripe import LocalStripe, running
from tests.payments.stripe_script import StripeScript, playing


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


@pytest.fixture(scope="session")
def localstripe_server(request: pytest.FixtureRequest) -> Iterator[LocalStripe]:
    cache = request.config.cache
    assert cache is not None
    with running(cache.mkdir("localstripe")) as server:
        yield server


@pytest.fixture
def localstripe(localstripe_server: LocalStripe) -> LocalStripe:
    """localstripe with empty books. Its tests are in the xdist group `localstripe`: they share the server."""
    localstripe_server.forget()
    return localstripe_server


@pytest.fixture
def script() -> Iterator[StripeScript]:
    with playing() as script:
        yield script
