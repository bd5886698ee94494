"""Keys that are pressed while a screen still reads from the shop act once it is there, or not at all, and say so."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.widgets import Input

from shopkeeper import Product, Shop
from tests.factories import PASSWORD, add_account
from tests.terminal import Terminal
from tests.tui.buying import refuse_once
from tests.tui.terminals import app_of, shows
from tests.waiting import PATIENCE
from tui import input_queue
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.orders import OrdersScreen
from tui.screens.product import ProductScreen
from tui.shared_session import SharedSession
from tui.state import TerminalState
from tui.testing import Shopper
from tui.widgets.option_row import OptionRow


class HeldBack:
    """A call of the shop that is not answered until `answer` is called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, shopper: Shopper, verb: str) -> None:
        self._may_answer, self.is_asked = asyncio.Event(), asyncio.Event()
        call = getattr(app_of(shopper).backend, verb)

        async def held_back(*given: Any, **named: Any) -> Any:
            self.is_asked.set()
            await self._may_answer.wait()
            return await call(*given, **named)

        monkeypatch.setattr(app_of(shopper).backend, verb, held_back)

    def answer(self) -> None:
        self._may_answer.set()


async def until(condition: Any) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def press(shopper: Shopper, *keys: str) -> None:
    """Press keys without waiting for anything."""
    for key in keys:
        shopper.app.post_message(Key(key, key if len(key) == 1 else " " if key == "space" else None))


@asynccontextmanager
async def in_shop(shop: Shop, folder: Path) -> AsyncIterator[Shopper]:
    """Ada in the catalog's list."""
    SharedSession(shop, TerminalState(folder)).keep(add_account(shop))
    async with ShopApp(shop, state_folder=folder).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.press("escape")
        yield shopper


# Which keys wait


async def test_enter_takes_what_the_list_shows_for_the_text_before_it(sample_shop: Shop, tmp_path: Path) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        press(shopper, "slash", "m", "u", "g", "enter", "enter", "a", "c")
        await shopper.wait()
        assert isinstance(shopper.screen, CartScreen)
        assert ["Mug" in title for title, *_ in shopper.cart_lines()] == [True]


async def test_orders_asked_for_while_the_shop_opens_are_shown_without_another_sign_in(
    sample_shop: Shop, tmp_path: Path
) -> None:
    SharedSession(sample_shop, TerminalState(tmp_path)).keep(add_account(sample_shop))
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        press(Shopper(pilot), "escape", "o")
        await Shopper(pilot).wait()
        assert isinstance(app.screen, OrdersScreen)


async def test_escape_leaves_a_screen_that_still_reads(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        HeldBack(monkeypatch, shopper, "product")
        press(shopper, "enter", "escape", "slash", "m")
        async with asyncio.timeout(input_queue.MAX_WAIT_SECONDS / 2):
            while shopper.app.query_one("#search", Input).value != "m":
                await asyncio.sleep(0.005)
        assert isinstance(shopper.screen, CatalogScreen)


async def test_keys_on_the_next_screen_do_not_wait_for_what_was_done_on_the_last(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.press("enter")
        adding = HeldBack(monkeypatch, shopper, "add")
        press(shopper, "a", "escape", "slash", "m")
        async with asyncio.timeout(input_queue.MAX_WAIT_SECONDS / 2):
            while shopper.app.query_one("#search", Input).value != "m":
                await asyncio.sleep(0.005)
        adding.answer()
        await shopper.wait()
        assert shows(shopper, "in your cart. c shows it.")


@pytest.mark.parametrize("leaving", [(), ("escape",)])
async def test_keys_that_waited_in_vain_are_told_of_and_not_handled(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaving: tuple[str, ...]
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        monkeypatch.setattr(input_queue, "MAX_WAIT_SECONDS", 0.1)
        reading = HeldBack(monkeypatch, shopper, "product")
        press(shopper, "enter")
        await until(reading.is_asked.is_set)
        press(shopper, "a", "c", *leaving)
        await until(lambda: any("ignored" in toast.message for toast in shopper.app._notifications))
        await until(lambda: isinstance(shopper.screen, CatalogScreen if leaving else ProductScreen))
        reading.answer()
        await shopper.wait()
        assert isinstance(shopper.screen, CatalogScreen if leaving else ProductScreen)
        assert app_of(shopper).cart is None or not app_of(shopper).cart.lines


# Checkout


async def test_the_focus_stays_in_a_field_that_was_clicked_while_checkout_was_read(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.open("Camp Mug")
        await shopper.add_to_cart()
        reading = HeldBack(monkeypatch, shopper, "history")
        press(shopper, "c", "enter")
        await until(reading.is_asked.is_set)
        assert shopper.app.focused is None  # no key lands in a field before it is known which one is missing
        await shopper.pilot.pause()
        await shopper.pilot.click("#postal-code")
        press(shopper, "9", "7")
        reading.answer()
        await shopper.wait()
        assert isinstance(shopper.screen, CheckoutScreen)
        assert shopper.screen.query_one("#postal-code", Input).value == "97"
        assert shopper.screen.query_one("#name", Input).value == "Ada"
        assert shopper.screen.query_one("#street", Input).value == ""


async def test_checkout_that_could_not_be_read_is_read_again_by_paying(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.open("Camp Mug")
        await shopper.add_to_cart()
        with monkeypatch.context() as patch:
            refuse_once(patch, app_of(shopper), "quote")
            await shopper.press("c", "enter")
            await shopper.press("ctrl+y")
        assert shopper.app.focused is shopper.screen.query_one("#street")


async def test_leaving_the_cart_while_it_checks_out_does_not_lose_the_answer_to_plus(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.open("Camp Mug")
        await shopper.add_to_cart()
        await shopper.press("c")
        telling = HeldBack(monkeypatch, shopper, "set_quantity")
        press(shopper, "plus", "enter")
        await until(lambda: telling.is_asked.is_set() and not app_of(shopper).input_queue)
        await shopper.pilot.pause()
        app_of(shopper).action_catalog()
        await shopper.pilot.pause()
        telling.answer()
        await shopper.wait()
        cart = app_of(shopper).cart
        assert cart is not None
        assert [line.quantity for line in cart.lines] == [2]


# Lists that are read again


async def test_a_line_that_could_not_be_put_back_can_be_put_back_later(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.open("Camp Mug")
        await shopper.add_to_cart(quantity=2)
        await shopper.press("c", "delete")
        refuse_once(monkeypatch, app_of(shopper), "add")
        await shopper.press("u")
        assert shopper.cart_lines() == []
        await shopper.press("u")
        assert [quantity for _, _, quantity, _ in shopper.cart_lines()] == [2]


async def test_delete_and_undo_in_turns_leave_each_line_once(sample_shop: Shop, tmp_path: Path) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        for title in ("Camp Mug", "Beret"):
            await shopper.open(title)
            await shopper.add_to_cart(quantity=2)
        await shopper.press("c")
        press(shopper, "delete", "u", "delete", "delete", "u", "u", "plus", "plus", "minus")
        await shopper.wait()
        assert sorted(quantity for _, _, quantity, _ in shopper.cart_lines()) == [2, 3]


async def test_the_bar_stays_on_its_line_when_another_terminal_takes_one_out(
    sample_shop: Shop, tmp_path: Path
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        for title in ("Camp Mug", "Beret", "Bucket Hat"):
            await shopper.open(title)
            await shopper.add_to_cart()
        await shopper.press("c", "down")
        session = sample_shop.accounts.login("ada@example.com", PASSWORD)
        sample_shop.cart.remove(session, sample_shop.cart.view(session).lines[0].variant_id)
        await shopper.press("f6")  # any key looks whether the cart has changed
        await shopper.press("delete")
        assert [title for title, *_ in shopper.cart_lines()] == ["Bucket Hat"]


async def test_a_product_that_is_shown_twice_while_it_is_read_has_each_option_once(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_shop(sample_shop, tmp_path) as shopper:
        await shopper.open("Essential Hoodie")
        screen = shopper.screen
        assert isinstance(screen, ProductScreen)
        count = len(screen.query(OptionRow))
        product = sample_shop.catalog.product("essential-hoodie")
        first, *others = product.options
        changed = replace(product, options=(replace(first, choices=first.choices[::-1]), *others))

        async def read(_handle: str) -> Product:
            await asyncio.sleep(0)
            return changed

        monkeypatch.setattr(app_of(shopper).backend, "product", read)
        screen.shown()
        screen.shown()
        await shopper.wait()
        assert len(screen.query(OptionRow)) == count


# At a real terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, 80, 24)
    terminal.see(r"\d+ products")
    yield terminal
    terminal.close()


def test_a_way_through_the_shop_in_one_write_buys_what_was_meant(terminal: Terminal) -> None:
    terminal.keys("\x1b/camp mug\r\r+ac")
    terminal.see(r"Cart   2 things · 1 line")
    terminal.keys("+\x7fu\x1b\x1b\x10cart\r")
    terminal.see(r"Cart   3 things · 1 line")
    terminal.keys("\r")
    terminal.see("Log in")
    terminal.keys("\x11")
    assert terminal.ended() == 0
