"""What tests of buying have in common."""
from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from shopkeeper import Shop, ShopError
from tui.app import ShopApp
from tui.testing import Shopper


async def settled(pilot: Pilot[None]) -> None:
    """Waits until no work is under way."""
    await Shopper(pilot).wait()


def text_of(app: ShopApp) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def on_sale(shop: Shop, handle: str) -> int:
    """The id of a variant of this product."""
    return shop.catalog.product(handle).variants[0].id


def refuse_once(monkeypatch: pytest.MonkeyPatch, app: ShopApp, verb: str) -> None:
    """Lets the next call of the shop fail."""
    call = getattr(app.backend, verb)
    refusals = [ShopError("The shop is busy.")]

    async def refuse(*given: Any, **named: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return await call(*given, **named)

    monkeypatch.setattr(app.backend, verb, refuse)
