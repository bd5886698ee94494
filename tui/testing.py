"""The testers' kit: a shopper who uses the screens as a person would.

    async with ShopApp(shop).run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.search("hoodie")
        assert "Essential Hoodie" in shopper.results()

Whatever is asked for and not there raises an AssertionError that shows the screen.
"""
from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import NoReturn, TypeVar

from textual.css.query import NoMatches
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from tui.screens.account import AccountScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.login import LoginScreen
from tui.screens.product import ProductScreen
from tui.screens.register import RegisterScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.option_row import OptionRow
from tui.widgets.stepper import Stepper

W = TypeVar("W", bound=Widget)

_PATIENCE = 30
"""Seconds after which work that does not end is a failure."""

_ORDER_NUMBER = re.compile(r"\b[A-Z]{2}-\d{6,}\b")


class Shopper:
    """Drives a `ShopApp` by keys and clicks only, and waits for the work behind them. It touches no service.

    Args:
        pilot: What `ShopApp(shop).run_test()` gives.
    """

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.app = pilot.app

    # Looking and waiting

    @property
    def screen(self) -> Screen[object]:
        """The screen on top."""
        return self.app.screen

    def screen_text(self) -> list[str]:
        """What stands on the screen, line by line."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    async def wait(self) -> None:
        """Waits until nothing is under way."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.pilot.pause()
                while list(self.app.workers):
                    await self._workers()
                    await self.pilot.pause()
        except TimeoutError:
            self._fail(f"something is still under way after {_PATIENCE} seconds")

    async def press(self, *keys: str) -> None:
        """Presses keys, by Textual's names, and waits."""
        await self.pilot.press(*keys)
        await self.wait()

    async def click(self, selector: str) -> None:
        """Clicks on a widget, and waits."""
        self._find(selector, Widget)
        await self.pilot.click(selector)
        await self.wait()

    async def type(self, selector: str, text: str) -> None:
        """Goes to an input, and types in place of what stands there."""
        entry = self._find(selector, Input)
        await self._focus(entry)
        await self.pilot.press("end", "ctrl+u")
        for character in text:
            self.app.post_message(Key(character, character))
        await self.wait()

    # Who is shopping

    async def open_sign_in(self) -> None:
        """Goes where one logs in."""
        if not isinstance(self.screen, SignInScreen):
            await self._leave_field()
            await self.press("p")
        if not isinstance(self.screen, SignInScreen):
            self._fail("somebody is signed in already")

    async def register(self, email: str, password: str, *, name: str) -> None:
        """Makes an account, from any screen."""
        await self.open_sign_in()
        if isinstance(self.screen, LoginScreen):
            await self.press("ctrl+r")
        self._must_be(RegisterScreen)
        for selector, text in {"#name": name, "#email": email, "#password": password, "#confirm": password}.items():
            await self.type(selector, text)
        await self._enter_shop()

    async def log_in(self, email: str, password: str) -> None:
        """Logs in, from any screen."""
        await self.open_sign_in()
        if isinstance(self.screen, RegisterScreen):
            await self.press("ctrl+l")
        self._must_be(LoginScreen)
        await self.type("#email", email)
        await self.type("#password", password)
        await self._enter_shop()

    async def log_out(self) -> None:
        """Logs out, from any screen."""
        await self._leave_field()
        await self.press("p")
        self._must_be(AccountScreen)
        await self.press("l")
        self._must_be(CatalogScreen)

    # The catalog

    async def search(self, text: str) -> None:
        """Types into the catalog's search."""
        await self._go_to_catalog()
        await self.press("slash")
        await self.type("#search", text)

    async def clear_filters(self) -> None:
        """Takes every filter and the search away."""
        await self._go_to_catalog()
        await self.press("x")

    # A product

    async def choose(self, **options: str) -> None:
        """Chooses options of the open product, by label or code: `choose(Size="M", Color="Black")`."""
        self._must_be(ProductScreen)
        for name, label in options.items():
            row = self._option_row(name)
            labels = [choice.label.casefold() for choice in row.option.choices]
            if label.casefold() not in labels:
                self._fail(f"{name} has no {label!r}")
            await self._focus(row)
            steps = labels.index(label.casefold()) - labels.index(row.chosen.casefold())
            await self.press(*["right" if steps > 0 else "left"] * abs(steps))

    async def add_to_cart(self, quantity: int = 1) -> None:
        """Puts so many of the chosen variant into the cart."""
        self._must_be(ProductScreen)
        stepper = self._find("#quantity", Stepper)
        before = stepper.value
        await self.press(*["plus" if quantity > before else "minus"] * abs(quantity - before))
        if stepper.value != quantity:
            self._fail(f"the quantity stays at {stepper.value}, and is not {quantity}")
        await self.press("a")

    # Within

    async def _workers(self) -> None:
        try:
            await self.app.workers.wait_for_complete()
        except WorkerCancelled:
            await self.pilot.pause()  # an old search, overtaken by a newer one

    async def _focus(self, widget: Widget) -> None:
        first = self.app.focused
        while self.app.focused is not widget:
            await self.pilot.press("tab")
            if self.app.focused is first or self.app.focused is None:
                self._fail(f"tab does not reach {widget!r}")

    async def _leave_field(self) -> None:
        if isinstance(self.app.focused, Input):
            await self.press("escape")

    async def _enter_shop(self) -> None:
        await self.press("enter")
        if isinstance(self.screen, SignInScreen):
            self._fail("that was not accepted")

    async def _go_to_catalog(self) -> None:
        if not isinstance(self.screen, CatalogScreen):
            await self._leave_field()
            await self.press("b")
        self._must_be(CatalogScreen)

    def _option_row(self, name: str) -> OptionRow:
        for row in self.screen.query(OptionRow):
            if name.casefold() in (row.option.label.casefold(), row.option.code.casefold()):
                return row
        self._fail(f"this product has no option {name!r}")

    def _find(self, selector: str, kind: type[W]) -> W:
        try:
            return self.screen.query_one(selector, kind)
        except NoMatches:
            self._fail(f"{selector} is not on this screen")

    def _must_be(self, kind: type[Screen[None]]) -> None:
        if not isinstance(self.screen, kind):
            self._fail(f"this is not the {kind.__name__}")

    def _fail(self, why: str) -> NoReturn:
        text = "\n".join(self.screen_text())
        raise AssertionError(f"{type(self.screen).__name__}: {why}\n{text}")
