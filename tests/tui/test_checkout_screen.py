"""Paying on the screen."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

from textual.pilot import Pilot
from textual.widgets import Input, Static

from shopkeeper import Card, Money, Shop
from shopkeeper.payments.gateway import Charge, Gateway
from tests.tui.buying import on_sale, settled, text_of
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.screens.checkout import CheckoutScreen
from tui.screens.receipt import ReceiptScreen

CATALOG = """\
Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory \
Policy,Variant Price,Variant Requires Shipping,Status,Published
shirt,Shirt [XL],Size,L,S-L,shopify,40,deny,10.00,true,active,true
gift,Gift card,Title,Default Title,G,,,continue,25.00,false,active,true
"""


class Portal:
    """A payment portal that answers when it is let go, as it is told."""

    name = "portal"

    def __init__(self, *answers: Charge, waits: bool = False) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []
        self.let_go = Event()
        if not waits:
            self.let_go.set()

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:  # noqa: ARG002 (the protocol's shape)
        self.keys.append(key)
        self.let_go.wait(PATIENCE)
        return self.answers.pop(0)

    def lookup(self, key: str) -> Charge | None:  # noqa: ARG002 (the protocol's shape)
        return Charge("unknown")

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:  # noqa: ARG002 (the protocol's shape)
        return Charge("succeeded", reference)


PAID = Charge("succeeded", "ch_1")
DECLINED = Charge("declined", "ch_1", "Your card has insufficient funds.")


@asynccontextmanager
async def at_checkout(
    folder: Path, gateway: Gateway, handle: str = "gift"
) -> AsyncIterator[tuple[Shop, ShopApp, Pilot[None]]]:
    """Ada at checkout with two of a product in her cart."""
    (folder / "catalog.csv").write_text(CATALOG, encoding="utf-8")
    with Shop.open(str(folder / "shop.db"), gateway=gateway) as shop:
        shop.catalog.import_csv(folder / "catalog.csv")
        app = ShopApp(shop, state_folder=folder)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            account = await app.backend.register("ada@example.com", "correct horse battery staple", name="Ada")
            await app.entered(account)
            app.cart = await app.backend.add(on_sale(shop, handle), 2)
            app.go(CheckoutScreen)
            await settled(pilot)
            yield shop, app, pilot


async def button_up(pilot: Pilot[None]) -> None:
    """Waits until the pay button takes a press again: a second one at once is not taken for a new consent."""
    async with asyncio.timeout(PATIENCE):
        while pilot.app.screen.query_one("#pay").has_class("-active"):
            await pilot.pause(0.01)


async def type_card(pilot: Pilot[None], number: str = "4242424242424242") -> None:
    """Fills the card in by the keyboard, up to the button."""
    pilot.app.screen.query_one("#card-number").focus()
    await pilot.press(*number, "enter", *"1230", "enter", *"123", "enter")


async def test_a_card_pays_and_the_receipt_thanks(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal(PAID)) as (_, app, pilot):
        await type_card(pilot)
        assert app.screen.query_one("#card-number", Input).value == "4242 4242 4242 4242"
        assert app.screen.query_one("#expiry", Input).value == "12/30"
        assert "Pay $50.00" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        shown = text_of(app)
        assert isinstance(app.screen, ReceiptScreen)
        assert "Thank you, Ada." in shown
        assert "paid with Visa ending 4242" in shown
        assert "SK-000001" in shown
        assert app.cart is not None
        assert app.cart.count == 0


async def test_a_second_enter_while_paying_pays_once(tmp_path: Path) -> None:
    portal = Portal(PAID, PAID, waits=True)
    async with at_checkout(tmp_path, portal) as (_, app, pilot):
        await type_card(pilot)
        await pilot.press("enter", "enter", "ctrl+y", "c", "o")
        assert isinstance(app.screen, CheckoutScreen)
        await pilot.press("escape")
        assert "on its way" in text_of(app)
        portal.let_go.set()
        await settled(pilot)
        assert isinstance(app.screen, ReceiptScreen)
        assert len(portal.keys) == 1


async def test_a_declined_card_leaves_the_cart_as_it_was_and_another_card_can_pay(tmp_path: Path) -> None:
    portal = Portal(DECLINED, PAID)
    async with at_checkout(tmp_path, portal) as (_, app, pilot):
        before = app.cart
        await type_card(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "Your card has insufficient funds." in text_of(app)
        assert app.screen.query_one("#card-number").has_focus
        assert await app.backend.cart() == before
        await pilot.press("ctrl+y")
        await settled(pilot)
        assert isinstance(app.screen, ReceiptScreen)


async def test_a_changed_price_must_be_accepted(tmp_path: Path) -> None:
    portal = Portal(PAID)
    async with at_checkout(tmp_path, portal) as (shop, app, pilot):
        await type_card(pilot)
        (tmp_path / "catalog.csv").write_text(CATALOG.replace("25.00", "30.00"), encoding="utf-8")
        shop.catalog.import_csv(tmp_path / "catalog.csv")
        await pilot.press("enter")
        await settled(pilot)
        assert not portal.keys
        assert "Pay $60.00" in text_of(app)
        assert "was $25.00 when" in text_of(app)
        await button_up(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ReceiptScreen)
        assert "$60.00" in text_of(app)


async def test_what_sold_out_meanwhile_leads_back_to_the_cart(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal(PAID), "shirt") as (shop, app, pilot):
        for name in ("street", "postal-code", "city", "country"):
            app.screen.query_one(f"#{name}", Input).value = "Somewhere"
        await type_card(pilot)
        (tmp_path / "catalog.csv").write_text(CATALOG.replace("shopify,40", "shopify,1"), encoding="utf-8")
        shop.catalog.import_csv(tmp_path / "catalog.csv")
        await pilot.press("enter")
        await settled(pilot)
        assert "! only 1 left" in text_of(app)
        assert app.screen.query("#checkout")


async def test_what_is_wrong_is_told_when_a_field_is_left_and_not_while_it_is_typed(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal()) as (_, app, pilot):
        await pilot.press(*"4242424242424241")
        assert "▲" not in text_of(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "This number cannot be right" in text_of(app)


async def test_an_address_is_asked_for_only_where_something_is_sent(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal(), "shirt") as (_, app, pilot):
        assert app.screen.query_one("#name", Input).value == "Ada"
        assert app.screen.query_one("#street").has_focus
        assert "Shirt [XL]" in text_of(app)
        await type_card(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "Type the street." in text_of(app)


async def test_a_silent_portal_is_told_on_the_receipt(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal(Charge("unknown"))) as (_, app, pilot):
        await type_card(pilot)
        await pilot.press("enter")
        await settled(pilot)
        shown = " ".join(text_of(app).split())
        assert "We are still waiting for the portal's answer; you will not be charged twice." in shown
        assert "We have your order" in shown
        assert "Thank you" not in shown
        assert "not paid yet" in shown


async def test_american_express_is_grouped_its_own_way(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal()) as (_, app, pilot):
        await pilot.press(*"3782822463100059")
        await pilot.pause()
        entry = app.screen.query_one("#card-number", Input)
        assert entry.value == "3782 822463 10005"
        assert "American Express" in text_of(app)


async def test_a_digit_in_the_middle_goes_where_the_cursor_is(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal()) as (_, app, pilot):
        await pilot.press(*"42424242", "home", "right", *"99")
        await pilot.pause()
        assert app.screen.query_one("#card-number", Input).value == "4992 4242 42"
        assert "4992 4242 42" in text_of(app)
        assert str(app.screen.query_one("#total", Static).content).strip().endswith("$50.00")


async def test_the_next_parcel_goes_where_the_last_one_went(tmp_path: Path) -> None:
    async with at_checkout(tmp_path, Portal(PAID), "shirt") as (shop, app, pilot):
        for name in ("street", "postal-code", "city", "country"):
            app.screen.query_one(f"#{name}", Input).value = f"The {name}"
        await type_card(pilot)
        await pilot.press("enter")
        await settled(pilot)
        app.cart = await app.backend.add(on_sale(shop, "shirt"), 1)
        app.go(CheckoutScreen)
        await settled(pilot)
        assert app.screen.query_one("#street", Input).value == "The street"
        assert app.screen.query_one("#country", Input).value == "The country"
        assert app.screen.query_one("#card-number").has_focus


async def test_leaving_the_shop_while_paying_pays_all_the_same(tmp_path: Path) -> None:
    portal = Portal(PAID, waits=True)
    async with at_checkout(tmp_path, portal) as (_, app, pilot):
        await type_card(pilot)
        await pilot.press("enter")
        portal.let_go.set()
        app.exit()
    with Shop.open(str(tmp_path / "shop.db"), gateway=portal) as shop:
        session = shop.accounts.login("ada@example.com", "correct horse battery staple")
        assert [order.status for order in shop.orders.history(session).items] == ["placed"]
