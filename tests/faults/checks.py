"""What must be found in a shop after a fault, and that whoever tries again gets what was wanted."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shopkeeper import Card, InvalidState, PaymentDeclined, Shop
from tests.factories import PASSWORD
from tests.faults.points import Flow
from tests.faults.scenes import A_MINUTE_LATER, Scene, clock_at
from tests.laws import settled
from tests.orders.buying import pay, stock_of

Check = Callable[[Scene], None]


def check_bought(scene: Scene) -> None:
    """It was bought and is out of the cart, or nothing happened. Pressing again buys it if it was not bought.

    An order that Ada saw waiting for its payment stays, cancelled, when that never reached the portal.
    """
    with reopened(scene) as shop:
        orders = shop.orders.history(scene.ada).items
        bought = [order for order in orders if order.status == "placed"]
        given_up = tuple(order for order in orders if order.status == "cancelled")
        assert len(bought) + len(given_up) == len(orders) <= 1
        assert set(scene.said()) <= {order.number for order in bought}
        cart = shop.cart.view(scene.ada)
        assert cart.lines == () if bought else cart == scene.cart
        try:
            again = pay(shop, scene.ada, total=scene.cart.total)
        except PaymentDeclined as never_reached:
            assert "not charged" in never_reached.reason
            assert not bought
            again = pay(shop, scene.ada, key="key-2", total=scene.cart.total)
        assert bought in ([], [again])
        assert shop.orders.history(scene.ada).items == (again, *given_up)
        assert shop.cart.view(scene.ada).lines == ()


def declined(card: Card) -> Check:
    """Nothing was bought with this card; pressing again says so, and another one buys it."""

    def check(scene: Scene) -> None:
        with reopened(scene) as shop:
            for _ in range(2):
                assert shop.orders.history(scene.ada).items == ()
                assert shop.cart.view(scene.ada) == scene.cart
                with pytest.raises(PaymentDeclined):
                    pay(shop, scene.ada, card, total=scene.cart.total)
            assert pay(shop, scene.ada, key="key-2").status == "placed"

    return check


def check_cancelled(scene: Scene) -> None:
    """The order is cancelled, or nothing happened; cancelling again cancels it. The cart is not touched."""
    with reopened(scene) as shop:
        status = shop.orders.get(scene.ada, scene.number).status
        assert status == "cancelled" if scene.said() else status in {"placed", "cancelled"}
        try:
            assert shop.orders.cancel(scene.ada, scene.number).status == "cancelled"
        except InvalidState as refused:
            assert "cancelled already" in refused.message
            assert status == "cancelled"
        assert shop.cart.view(scene.ada) == scene.cart
        assert stock_of(shop, shop.catalog.product("hoodie").variants[-1].id) == (4, 0)


def check_signed_in(scene: Scene) -> None:
    """What the guest had is in one of the two carts; signing in again moves it once."""
    with reopened(scene) as shop:
        before = scene.cart.count
        assert shop.cart.view(scene.ada).count in ({before + 1} if scene.said() else {before, before + 1})
        shop.accounts.login("ada@example.com", PASSWORD, guest=scene.guest)
        assert shop.cart.view(scene.ada).count == before + 1


def whole_or_nothing(flow: Flow, before: dict[str, Any], after: dict[str, Any]) -> Check:
    """The file is as it was or as it should be; doing it again, where it was not done, does it."""

    def check(scene: Scene) -> None:
        found = scene.dump()
        assert found == after if scene.said() else found in (before, after)
        if found == before:
            flow(scene, lambda: None)
        with reopened(scene):
            assert scene.dump() == after

    return check


@contextmanager
def reopened(scene: Scene) -> Iterator[Shop]:
    """The shop after a minute: settled, its laws checked before and after."""
    with settled(scene.path, clock_at(A_MINUTE_LATER)) as shop:
        yield shop
