"""A screen of orders that shows by itself what becomes of their payments."""
from __future__ import annotations

from collections.abc import Iterable

from textual import work

from tui.backend import Order
from tui.screens.base import ShopScreen

_REFRESH_SECONDS = 1.0


class FollowedOrders(ShopScreen):
    """Asks for the orders whose payment or refund is under way, again and again. A subclass shows them."""

    def on_mount(self) -> None:
        self.set_interval(_REFRESH_SECONDS, self._follow_if_shown)

    def followed_orders(self) -> Iterable[Order]:
        """Return the orders on this screen."""
        raise NotImplementedError

    async def show_changed(self, order: Order) -> None:
        """Show an order that is not as it was."""
        raise NotImplementedError

    def _follow_if_shown(self) -> None:
        if self.is_current and any(map(_is_under_way, self.followed_orders())):
            self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        for known in [order for order in self.followed_orders() if _is_under_way(order)]:
            order = await self.backend.order_if_any(known.number)
            if order is not None and order != known:
                await self.show_changed(order)
                if order.status == "placed" and (cart := await self.backend.cart_if_any()) is not None:
                    self.shop_app.take_cart(cart)


def _is_under_way(order: Order) -> bool:
    return order.status == "awaiting_payment" or order.payment.refunding
