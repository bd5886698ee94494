"""Writes a receipt into a file, from any screen that shows an order."""
from __future__ import annotations

from pathlib import Path

from tui.backend import InvalidInput, Order
from tui.screens.base import ShopScreen


def save_receipt(screen: ShopScreen, order: Order) -> None:
    """Writes it where the shop was started, and says where that is."""
    screen.run_to_end(_save(screen, order))


async def _save(screen: ShopScreen, order: Order) -> None:
    with screen.telling_errors():
        path = _current_folder() / f"receipt-{order.number}.txt"
        await screen.backend.save_receipt(order.number, path)
        screen.shop_app.tell(f"The receipt is in {path}.")


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise InvalidInput("The folder in which the shop was started is gone. Start it in another one.") from error
