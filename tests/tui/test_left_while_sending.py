"""A screen that is left while the shop is still being asked: nothing breaks, and what the shop did is told."""
from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import AuthenticationFailed, InvalidInput, PaymentDeclined, Shop, ShopError
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.service import Carts
from shopkeeper.orders.checkout import Checkout
from shopkeeper.privacy.service import Privacy
from tests.factories import PASSWORD, add_account
from tests.tui.buying import on_sale
from tests.tui.terminals import account_of_ada, app_of, shows
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.login import LoginScreen
from tui.screens.receipt import ReceiptScreen
from tui.shared_session import SharedSession
from tui.state import TerminalState
from tui.testing import Shopper

EMAIL, ANOTHER = "ada@example.com", "another four word phrase"

WAYS: dict[str, Callable[[ShopApp], None]] = {
    "to the catalog": ShopApp.action_catalog,  # closes what is above it
    "to the cart": ShopApp.action_cart,  # opens it above the form
    "to help": ShopApp.action_help,  # a dialog above the form
}


ENDED: dict[str, Callable[[ShopApp], None]] = {
    "to log in": lambda app: app.session_ended("Account"),
}


class Gate:
    """Holds the calls of a service back until it is opened; then they fail with `error`, if there is one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, service: type[object], verb: str,
                 error: ShopError | None = None) -> None:
        self._reached, self._open = threading.Event(), threading.Event()
        call = getattr(service, verb)

        def held_back(*given: Any, **named: Any) -> Any:
            self._reached.set()
            assert self._open.wait(PATIENCE)
            if error is not None:
                raise error
            return call(*given, **named)

        monkeypatch.setattr(service, verb, held_back)

    async def leave(self, shopper: Shopper, way: str) -> None:
        """Leaves the screen once its call is under way, and lets the call be answered then."""
        while not self._reached.is_set():
            await shopper.pilot.pause(0.01)
        (WAYS | ENDED)[way](app_of(shopper))
        await shopper.pilot.pause()
        self._open.set()
        await shopper.wait()


async def submit(shopper: Shopper, **texts: str) -> None:
    """Fills a form in, and sends it without waiting for the answer."""
    for field, text in texts.items():
        await shopper.type_into(f"#{field}", text)
    await shopper.pilot.press("enter")


@pytest.mark.parametrize("way", WAYS)
async def test_who_leaves_while_logging_in_is_told_that_they_are_signed_in(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    add_account(shop)
    gate = Gate(monkeypatch, Accounts, "login")
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await submit(shopper, email=EMAIL, password=PASSWORD)
        await gate.leave(shopper, way)
        account = app_of(shopper).account
        assert account is not None and account.email == EMAIL
        assert shows(shopper, "Welcome back, Ada.")
        assert shows(shopper, "You are signed in.") == (way != "to help")
        await shopper.press("escape")
        assert isinstance(shopper.screen, CatalogScreen)


@pytest.mark.parametrize("way", WAYS)
async def test_who_leaves_while_registering_has_an_account(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    gate = Gate(monkeypatch, Accounts, "register")
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await shopper.press("ctrl+r")
        await submit(shopper, name="Ada", email=EMAIL, password=PASSWORD, confirm=PASSWORD)
        await gate.leave(shopper, way)
        assert app_of(shopper).account is not None
        assert shows(shopper, "Welcome, Ada.")
        await shopper.press("escape")
        assert isinstance(shopper.screen, CatalogScreen)


@pytest.mark.parametrize("way", WAYS)
async def test_who_leaves_while_logging_in_is_told_that_it_failed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    gate = Gate(monkeypatch, Accounts, "login", AuthenticationFailed("Refused."))
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open_sign_in()
        await submit(shopper, email=EMAIL, password=PASSWORD)
        await gate.leave(shopper, way)
        if way == "to help":
            await shopper.press("escape")
            assert isinstance(shopper.screen, LoginScreen)
        assert shows(shopper, "Refused.")


FORMS: dict[str, tuple[type[object], str, dict[str, str], str]] = {
    "e": (Accounts, "change_details", {"name": "Ada King", "email": EMAIL}, "Your name and email are kept."),
    "w": (Accounts, "change_password", {"current": PASSWORD, "new": ANOTHER, "confirm": ANOTHER},
          "Your password is changed."),
    "s": (Privacy, "export_to", {"file": "data.json"}, "Your data is in"),
    "d": (Privacy, "delete_account", {"password": PASSWORD}, "Your account is deleted."),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", FORMS)
async def test_who_leaves_a_form_of_the_account_is_told_what_was_done(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, way: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    service, verb, texts, told = FORMS[key]
    gate = Gate(monkeypatch, service, verb)
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press(key)
        await submit(shopper, **texts)
        if key == "e":
            await shopper.pilot.press("enter")  # past the password, which another email would need
        await gate.leave(shopper, way)
        assert shows(shopper, told)
        if way == "to the cart" and key != "d":
            assert isinstance(shopper.screen, CartScreen)
            await shopper.press("escape")
        if key != "d":
            assert type(shopper.screen).__name__ == ("CatalogScreen" if way == "to the catalog" else "AccountScreen")


async def test_who_was_logged_out_while_sending_stays_logged_out(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Accounts, "change_details")
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("e")
        await submit(shopper, name="Ada King", email=EMAIL)
        await gate.leave(shopper, "to log in")
        assert isinstance(shopper.screen, LoginScreen)
        assert app_of(shopper).account is None


@pytest.mark.parametrize("way", ["to the catalog", "to the cart"])
@pytest.mark.parametrize("key", FORMS)
async def test_who_leaves_a_form_of_the_account_is_told_what_failed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, way: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    service, verb, texts, _ = FORMS[key]
    field = [*texts][-1]
    gate = Gate(monkeypatch, service, verb, InvalidInput(fields={field: "That cannot be."}))
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press(key)
        await submit(shopper, **texts)
        if key == "e":
            await shopper.pilot.press("enter")
        await gate.leave(shopper, way)
        if way != "to the catalog":
            await shopper.press("escape")
        assert shows(shopper, "That cannot be.")


async def at_paying(shopper: Shopper) -> None:
    """Pays for what is in the cart of the account that is signed in."""
    await shopper.open_cart()
    await shopper.press("enter")
    await submit(shopper, street="1 Harbour Road", city="Portland", **{"postal-code": "97201"}, country="USA",
                 **{"card-number": "4242 4242 4242 4242"}, expiry="12/40", cvc="123")
    await shopper.pilot.press("ctrl+y")


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("way", WAYS)
async def test_who_leaves_while_paying_is_told_how_it_ended(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, refused: bool
) -> None:
    gate = Gate(monkeypatch, Checkout, "place", PaymentDeclined("No funds.") if refused else None)
    ada = add_account(sample_shop)
    sample_shop.cart.add(ada, on_sale(sample_shop, "beret"))
    SharedSession(sample_shop, TerminalState(tmp_path)).keep(ada)
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await at_paying(shopper)
        await gate.leave(shopper, way)
        if refused and way == "to help":
            await shopper.press("escape")
        assert app.cart is not None and app.cart.count == int(refused)
        if refused:
            assert shows(shopper, "No funds.")
        elif way == "to help":
            assert isinstance(shopper.screen, ReceiptScreen)
        else:
            assert not isinstance(shopper.screen, ReceiptScreen)
            assert shows(shopper, "We have your order SK-000001.")


async def test_what_was_put_into_the_cart_is_told_on_the_next_screen(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Carts, "add")
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Beret")
        await shopper.pilot.press("a")
        await gate.leave(shopper, "to the catalog")
        assert app.cart is not None and app.cart.count == 1
        assert shows(shopper, "1 × Beret, Black")


async def test_the_last_quantity_counts_though_the_cart_is_left_before_the_answer(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Beret")
        await shopper.add_to_cart()
        await shopper.open_cart()
        gate = Gate(monkeypatch, Carts, "set_quantity")
        await pilot.press("plus", "plus")
        await gate.leave(shopper, "to the catalog")
        assert app.cart is not None and app.cart.count == 3
        cart = await app.backend.cart()
        assert cart is not None and cart.count == 3


async def test_what_was_taken_out_is_told_though_the_cart_is_left_before_the_answer(
    sample_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Carts, "remove")
    app = ShopApp(sample_shop, state_folder=tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Beret")
        await shopper.add_to_cart()
        await shopper.open_cart()
        await pilot.press("delete")
        await gate.leave(shopper, "to the catalog")
        assert app.cart is not None and app.cart.count == 0
