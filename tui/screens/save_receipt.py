"""Writes a receipt into a file, from any screen that shows an order."""
from __future__ import annotations

from pathlib import Path

from tui.backend import Order
from tui.screens.base import ShopScreen


def save_receipt(screen: ShopScreen, order: Order) -> None:
    """Writes it where the shop was started, and says where that is."""
    screen.run_worker(_save(screen, order))


async def _save(screen: ShopScreen, order: Order) -> None:
    path = Path.cwd() / f"receipt-{order.number}.txt"
    with screen.telling_errors():
        await screen.backend.save_receipt(order.number, path)
        screen.shop_app.tell(f"The receipt is in {path}.")
