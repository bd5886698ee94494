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
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from textual.css.query import NoMatches
from textual.events import Key
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import WorkerCancelled

from tui.navigation import Navigation
from tui.screens.account import AccountScreen
from tui.screens.base import ShopScreen
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.checkout import CheckoutScreen
from tui.screens.login import LoginScreen
from tui.screens.product import ProductScreen
from tui.screens.receipt import ReceiptScreen
from tui.screens.register import RegisterScreen
from tui.screens.sign_in import SignInScreen
from tui.text import clean
from tui.widgets.cart_lines import CartLines
from tui.widgets.facet_rows import Kind
from tui.widgets.facets import Facets
from tui.widgets.option_row import OptionRow
from tui.widgets.product_list import ProductList
from tui.widgets.rows import RowList
from tui.widgets.stepper import Stepper

W = TypeVar("W", bound=Widget)

MAX_WAIT_SECONDS = 120
"""Work that takes longer is a failure. A wait ends with its work, and a busy machine is slow."""

_ROUNDS = 10
"""Of the event loop: in so many every widget has passed on what it was told, or has begun to work."""

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
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self._painted()
                while list(self.app.workers):
                    await self._workers()
                    await self._painted()
        except TimeoutError:
            raise self._wrong(f"something is still under way after {MAX_WAIT_SECONDS} seconds") from None

    async def press(self, *keys: str) -> None:
        """Presses keys, by Textual's names, and waits."""
        for key in keys:
            await self.pilot.press(key)
            await self._heard()
        await self.wait()

    async def click(self, selector: str) -> None:
        """Clicks on a widget, and waits."""
        self._find(selector, Widget)
        await self.pilot.click(selector)
        await self.wait()

    async def type_into(self, selector: str, text: str) -> None:
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
            raise self._wrong("somebody is signed in already")

    async def register(self, email: str, password: str, *, name: str) -> None:
        """Makes an account, from any screen."""
        await self.open_sign_in()
        if isinstance(self.screen, LoginScreen):
            await self.press("ctrl+r")
        self._must_be(RegisterScreen)
        for selector, text in {"#name": name, "#email": email, "#password": password, "#confirm": password}.items():
            await self.type_into(selector, text)
        await self._enter_shop()

    async def log_in(self, email: str, password: str) -> None:
        """Logs in, from any screen."""
        await self.open_sign_in()
        if isinstance(self.screen, RegisterScreen):
            await self.press("ctrl+l")
        self._must_be(LoginScreen)
        await self.type_into("#email", email)
        await self.type_into("#password", password)
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
        await self._leave_field()
        await self.press("slash")
        await self.type_into("#search", text)

    def results(self) -> list[str]:
        """Return the titles on the screen, top to bottom.

        One that is too long for its line, and so ends in `…` there, is returned whole; so is one on which the filters
        lie, as they do in a narrow window.
        """
        self._must_be(CatalogScreen)
        products = self._find("#products", ProductList)
        titles = [clean(card.title) for card in products.cards]
        painted = [cells["title"] for cells in map(_cells_of, self._lines_in_sight(products)) if "title" in cells]
        return [_completed(title, titles) for title in painted]

    async def filter(self, label: str, value: str) -> None:
        """Chooses a value of a facet, both as they are labeled: `filter("Size", "M")`; once more takes it back."""
        await self._go_to_catalog()
        await self._leave_field()
        facets = self._find("#facets", Facets)
        if self.app.focused is not facets:
            await self.press("f")
        await self._unfold(facets, label, value)
        await self._move(facets, facets.row_of(label, value), f"no filter {label}: {value}")
        await self.press("enter")

    async def clear_filters(self) -> None:
        """Takes every filter and the search away."""
        await self._go_to_catalog()
        await self._leave_field()
        await self.press("x")

    async def open(self, title: str) -> None:
        """Opens the product of this title from the list."""
        await self._go_to_catalog()
        await self._leave_field()
        products = self._find("#products", ProductList)
        await self._focus(products)
        before = -1
        if products.position_of(title) is None:
            await self.press("home")
        while (place := products.position_of(title)) is None and products.cursor != before:
            before = products.cursor
            await self.press("pagedown")
        await self._move(products, place, f"no product {title!r} in this list")
        await self.press("enter")
        self._must_be(ProductScreen)

    # A product

    async def choose(self, **options: str) -> None:
        """Chooses options of the open product, by label or code: `choose(Size="M", Color="Black")`."""
        self._must_be(ProductScreen)
        for name, label in options.items():
            row = self._option_row(name)
            labels = [choice.label.casefold() for choice in row.option.choices]
            if label.casefold() not in labels:
                raise self._wrong(f"{name} has no {label!r}")
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
            raise self._wrong(f"the quantity stays at {stepper.value}, and is not {quantity}")
        await self.press("a")

    # The cart, paying, orders

    async def open_cart(self) -> None:
        """Looks into the cart."""
        if not isinstance(self.screen, CartScreen):
            await self._leave_field()
            await self.press("c")
        self._must_be(CartScreen)

    def cart_lines(self) -> list[tuple[str, str, int, str]]:
        """Return the lines of the cart: title, choices (`M / Black`), quantity, and what they come to (`$116.00`).

        All of them, as the list paints them: those above and below its window as scrolling would show them.
        """
        self._must_be(CartScreen)
        rows = self._rows_of(self._find("#lines", CartLines))
        return [(row["title"], row.get("options", ""), int(row["quantity"]), row["total"]) for row in rows]

    async def check_out(
        self, *, card: str = "4242 4242 4242 4242", expiry: str = "", cvc: str = "", name: str = "",
        street: str = "1 Harbour Road", postal_code: str = "97201", city: str = "Portland", country: str = "USA",
    ) -> None:
        """Pays for the cart, up to the receipt, from the cart or from checkout.

        Empty: a far expiry (`MM/YY`), a CVC that fits the card, the account's own name.
        """
        if not isinstance(self.screen, CheckoutScreen):
            await self.open_cart()
            await self.press("enter")
        self._must_be(CheckoutScreen)
        american_express = card.startswith(("34", "37"))
        typed = {"#name": name, "#street": street, "#postal-code": postal_code, "#city": city, "#country": country}
        if not self._find("#address", Widget).display:
            typed = {}
        typed |= {"#card-number": card, "#expiry": expiry or f"12/{(date.today().year + 3) % 100}",
                  "#cvc": cvc or ("1234" if american_express else "123")}
        for selector, text in typed.items():
            if text:
                await self.type_into(selector, text)
        await self._focus(self._find("#pay", Widget))
        await self.press("enter")
        self._must_be(ReceiptScreen)

    async def open_orders(self) -> None:
        """Goes to the orders."""
        await self._leave_field()
        await self.press("o")
        self._find("#orders", Widget)

    def orders(self) -> list[str]:
        """Return the numbers of the orders on the screen, top to bottom."""
        return _ORDER_NUMBER.findall(self._text_of("#orders"))

    def order_number(self) -> str:
        """The number of the order on the receipt."""
        self._must_be(ReceiptScreen)
        numbers = _ORDER_NUMBER.findall(self._text_of("#receipt"))
        if not numbers:
            raise self._wrong("there is no order number on this screen")
        return str(numbers[0])

    # Within

    async def _painted(self) -> None:
        """Waits until all that was to follow the next paint was begun."""
        screen = None
        while self.screen is not screen:  # one that is left paints no more: what came in its place shall be seen
            await self.pilot.pause()
            await self._heard()
            screen, painted = self.screen, asyncio.Event()
            self.app.call_after_refresh(painted.set)
            while not painted.is_set() and self.app.is_running and self.screen is screen:
                await asyncio.sleep(0.001)
        await self.pilot.pause()
        await self._heard()

    async def _heard(self) -> None:
        """Waits until no message is on its way: a program that is not let work looks to Textual as if it had none."""
        rounds = 0
        while rounds < _ROUNDS:
            await asyncio.sleep(0)
            pumps = (self.app, *self.screen.walk_children(with_self=True))
            has_input = isinstance(self.app, Navigation) and len(self.app.input_queue) > 0
            rounds = 0 if has_input or any(each.message_queue_size for each in pumps) else rounds + 1

    async def _workers(self) -> None:
        try:
            await self.app.workers.wait_for_complete()
        except WorkerCancelled:
            await self.pilot.pause()  # an old search, overtaken by a newer one

    async def _focus(self, widget: Widget) -> None:
        for _ in self.screen.focus_chain:
            if self.app.focused is widget:
                return
            await self.pilot.press("tab")
        if self.app.focused is not widget:
            raise self._wrong(f"tab does not reach {widget!r}")

    async def _move(self, rows: Facets | ProductList, to: int | None, otherwise: str) -> None:
        if to is None:
            raise self._wrong(otherwise)
        while rows.cursor != to:
            before = rows.cursor
            await self.pilot.press("down" if to > before else "up")
            if rows.cursor == before:
                raise self._wrong(f"the bar does not move to {otherwise.removeprefix('no ')}")

    async def _unfold(self, facets: Facets, label: str, value: str) -> None:
        """Opens a facet, and then its last values, as far as it takes to see a value."""
        head = facets.row_of(label)
        if head is not None and facets.rows[head].folded:
            await self._move(facets, head, f"no filter {label}")
            await self.press("enter")
        if facets.row_of(label, value) is None and head is not None:
            group = facets.rows[head].group
            more = [at for at, row in enumerate(facets.rows) if row.kind is Kind.MORE and row.group == group]
            if more:
                await self._move(facets, more[0], f"more of {label}")
                await self.press("enter")
            if facets.is_finding:
                for character in "".join(value.split()):
                    self.app.post_message(Key(character, character))
                await self.wait()

    async def _leave_field(self) -> None:
        while isinstance(self.screen, ShopScreen) and self.screen.keeps_letters:
            await self.press("escape")
        if isinstance(self.app.focused, Input):
            await self.press("escape")

    async def _enter_shop(self) -> None:
        await self.press("enter")
        if isinstance(self.screen, SignInScreen):
            raise self._wrong("that was not accepted")

    async def _go_to_catalog(self) -> None:
        if not isinstance(self.screen, CatalogScreen):
            await self._leave_field()
            await self.press("b")
        self._must_be(CatalogScreen)

    def _option_row(self, name: str) -> OptionRow:
        for row in self.screen.query(OptionRow):
            if name.casefold() in (row.option.label.casefold(), row.option.code.casefold()):
                return row
        raise self._wrong(f"this product has no option {name!r}")

    def _find(self, selector: str, kind: type[W]) -> W:
        try:
            return self.screen.query_one(selector, kind)
        except NoMatches:
            raise self._wrong(f"{selector} is not on this screen") from None

    def _text_of(self, selector: str) -> str:
        """Return what the screen shows where a widget is."""
        region = self._find(selector, Widget).region
        strips = self.screen._compositor.render_strips()[region.y : region.bottom]
        return "\n".join(strip.crop(region.x, region.right).text.rstrip() for strip in strips)

    def _lines_in_sight(self, widget: Widget) -> list[Strip]:
        """Return what a widget paints on the screen, also where something lies over it; nothing where it is hidden."""
        window = self.screen.region.intersection(widget.region)
        return widget.render_lines(Region(0, 0, window.width, window.height)) if window else []

    def _rows_of(self, rows: RowList) -> list[dict[str, str]]:
        """Return the named cells of each row of a list; what wraps in a cell is joined by blanks."""
        window = self._lines_in_sight(rows)
        if not window:
            return []
        top = rows.scroll_offset.y
        above = [rows.render_line(y) for y in range(-top, 0)]
        below = [rows.render_line(y) for y in range(len(window), rows.virtual_size.height - top)]
        cells_by_row: dict[int, dict[str, str]] = {}
        for strip in (*above, *window, *below):
            for name, text in _cells_of(strip).items():
                cells = cells_by_row.setdefault(_row_of(strip), {})
                cells[name] = f"{cells[name]} {text}" if name in cells else text
        return [cells_by_row[row] for row in sorted(cells_by_row)]

    def _must_be(self, kind: type[Screen[None]]) -> None:
        if not isinstance(self.screen, kind):
            raise self._wrong(f"this is not the {kind.__name__}")

    def _wrong(self, why: str) -> AssertionError:
        text = "\n".join(self.screen_text())
        return AssertionError(f"{type(self.screen).__name__}: {why}\n{text}")


def _cells_of(strip: Strip) -> dict[str, str]:
    """Return the texts that `columns.cell` or a look has named, by their names."""
    texts: dict[str, str] = {}
    for segment in strip:
        name = segment.style.meta.get("cell") if segment.style else None
        if name:
            texts[name] = texts.get(name, "") + segment.text
    return {name: text.strip() for name, text in texts.items()}


def _row_of(strip: Strip) -> int:
    """Return the index of the option that a line of a list belongs to."""
    metas = (segment.style.meta for segment in strip if segment.style)
    index: int = next(meta["option"] for meta in metas if "option" in meta)
    return index


def _completed(text: str, candidates: Sequence[str]) -> str:
    """Return the candidate that the screen cuts like this, or the text itself where nothing was cut."""
    if text in candidates or not text.endswith("…"):
        return text
    return next((candidate for candidate in candidates if candidate.startswith(text.removesuffix("…"))), text)
