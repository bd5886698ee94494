"""An order that waits for its payment, on the screens: what happened is told, and shown by itself."""
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from shopkeeper import Card, InvalidState, Shop
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_product
from tests.portals import Portal
from tests.tui.buying import settled, text_of
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.screens.order import OrderScreen
from tui.screens.receipt import ReceiptScreen


async def see(app: ShopApp, words: str) -> None:
    """Returns once these words stand on the screen."""
    latest = time.monotonic() + PATIENCE
    while words not in " ".join(text_of(app).split()):
        assert time.monotonic() < latest, text_of(app)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def bought(folder: Path, mood: str) -> AsyncIterator[tuple[Shop, ShopApp, Pilot[None], Portal, FakeClock]]:
    """Ada has paid for a mug while the gateway is in this mood; then it is well."""
    portal, clock = Portal(), FakeClock()
    with Shop.open(str(folder / "shop.db"), gateway=portal, clock=clock) as shop:
        mug = add_product(shop, ships=False).variants[0].id
        app = ShopApp(shop, state_folder=folder)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            account = await app.backend.register("ada@example.com", PASSWORD, name="Ada")
            app.cart = await app.backend.add(mug)
            portal.mood = mood
            order = await app.backend.place(Card.test("4242424242424242"), expected_total=app.cart.total, key="key",
                                            address=None)
            portal.mood = "well"
            await app.entered(account)
            app.push_screen(ReceiptScreen(order))
            await settled(pilot)
            yield shop, app, pilot, portal, clock


async def test_the_receipt_shows_by_itself_that_the_payment_came_through(tmp_path: Path) -> None:
    async with bought(tmp_path, "silent") as (_, app, pilot, _, clock):
        await see(app, "We have your order, Ada.")
        await see(app, "This page updates by itself.")
        clock.advance(10)
        await see(app, "Thank you, Ada.")
        await see(app, "paid with Visa ending 4242")
        await see(app, "save receipt")
        await settled(pilot)
        assert app.cart is not None and app.cart.count == 0


async def test_an_order_that_was_given_up_stays_in_the_list_and_says_what_happened(tmp_path: Path) -> None:
    async with bought(tmp_path, "unreached") as (_, app, pilot, _, clock):
        await see(app, "not paid yet")
        clock.advance(61)
        await see(app, "Payment failed, Ada.")
        await see(app, "Your card was not charged.")
        await pilot.press("o")
        await see(app, "○ not paid")
        await pilot.press("enter")
        await see(app, "Your card was not charged.")
        assert isinstance(app.screen, OrderScreen)
        assert "paid with" not in text_of(app)


async def test_the_list_shows_by_itself_that_an_order_is_paid(tmp_path: Path) -> None:
    async with bought(tmp_path, "silent") as (_, app, pilot, _, clock):
        await pilot.press("o")
        await see(app, "◌ waiting for payment")
        clock.advance(10)
        await see(app, "● paid")


async def test_a_cancelled_order_says_what_became_of_the_money(tmp_path: Path) -> None:
    async with bought(tmp_path, "well") as (shop, app, pilot, portal, _):
        await pilot.press("o", "enter")
        await see(app, "paid with Visa ending 4242")
        portal.mood = "unreached"
        with pytest.raises(InvalidState):
            await app.backend.cancel("SK-000001")
        await pilot.press("escape", "enter")
        await see(app, "Your refund of $20.00 is under way.")
        portal.mood = "well"
        shop.checkout.settle()
        await see(app, "$20.00 was refunded.")
        await see(app, "refunded to Visa ending 4242")


async def test_a_sent_order_says_when(tmp_path: Path) -> None:
    async with bought(tmp_path, "well") as (shop, app, pilot, _, _):
        shop.back_office.fulfil("SK-000001")
        await pilot.press("o", "enter")
        await see(app, "Sent 22 Nov 2026.")
