"""A cart that was being read when the session changed is shown to nobody else."""
from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from shopkeeper import Cart, Session, Shop
from tests.factories import PASSWORD, add_product
from tests.waiting import PATIENCE
from tui.backend import Backend

Read = Callable[[Backend], Awaitable[Cart | None]]


@pytest.mark.parametrize("read", [Backend.cart, Backend.cart_if_any])
async def test_a_cart_read_while_logging_out_is_not_answered(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    product = add_product(shop)
    backend = Backend(shop, tmp_path)
    await backend.open()
    await backend.register("ada@example.com", PASSWORD, name="Ada")
    await backend.add(product.variants[0].id)
    view, has_read, may_answer = shop.cart.view, threading.Event(), threading.Event()

    def view_slowly(session: Session) -> Cart:
        cart = view(session)
        has_read.set()
        assert may_answer.wait(PATIENCE)
        return cart

    monkeypatch.setattr(shop.cart, "view", view_slowly)
    reading = asyncio.ensure_future(read(backend))
    assert await asyncio.to_thread(has_read.wait, PATIENCE)
    await backend.logout()
    may_answer.set()
    assert await reading is None
    backend.close()
