"""ShopApp: which screen is on top, who is shopping, the theme, and what happens when something breaks."""
from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.timer import Timer

from tui.backend import Account, Backend, Cart, Order, ShopError
from tui.commands import EVERYWHERE, Command, bindings
from tui.screens.base import ShopScreen
from tui.screens.catalog import CatalogScreen
from tui.text import LastWall, clean
from tui.themes import INK, THEMES, VARIABLES

if TYPE_CHECKING:
    from tui.backend import Shop

_PATIENCE = 0.15
"""Seconds that a call may take before the screen says that it is working."""


_SETTLED = 5.0
"""Seconds after the opening until the shop looks after itself: the products are shown by then."""


class ShopApp(App[None]):
    """A shop in the terminal.

    Args:
        shop: An open shop, or what opens one: that is called off the event loop, after the first paint.
        state_folder: Where this terminal remembers session and theme; none: the user's own folder.
    """

    TITLE = "Shopkeeper"
    # The first screen is made before screens bring styles of their own.
    CSS_PATH = ["styles/app.tcss", "styles/catalog.tcss"]
    BINDINGS = bindings(each for each in EVERYWHERE if each.id != "palette")

    commands: ClassVar[tuple[Command, ...]] = EVERYWHERE

    # Widgets watch these and show them: the whole screen need not be painted again when they change.
    shop_name: reactive[str] = reactive("Shopkeeper", repaint=False)
    account: reactive[Account | None] = reactive[Account | None](None, repaint=False)
    cart: reactive[Cart | None] = reactive[Cart | None](None, repaint=False)
    working: reactive[bool] = reactive(False, repaint=False)
    opened: reactive[bool] = reactive(False, repaint=False)
    """Whether the shop is open: screens ask for nothing before."""

    def __init__(self, shop: Shop | Callable[[], Shop], *, state_folder: Path | None = None) -> None:
        super().__init__()
        self.backend = Backend(shop, state_folder, self._note_busy)
        self._patience: Timer | None = None
        for theme in THEMES.values():
            self.register_theme(theme)
        remembered = self.backend.state.theme
        self.theme = remembered if remembered in THEMES else INK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return VARIABLES

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), LastWall()]

    def get_default_screen(self) -> CatalogScreen:
        return CatalogScreen()

    def on_mount(self) -> None:
        if not self.is_headless:
            self._end_on_signals()

    def on_ready(self) -> None:
        self._open()  # the first frame is on the screen

    def on_unmount(self) -> None:
        self.backend.close()

    @work
    async def _open(self) -> None:
        try:
            await self.backend.open()
        except ShopError as error:
            self.exit(return_code=1, message=clean(error.message))
            return
        self.account = self.backend.account
        self.opened = True
        self.cart = await self.backend.cart()
        self.shop_name = await self.backend.shop_name()
        self.set_timer(_SETTLED, self._back_up)

    @work
    async def _back_up(self) -> None:
        try:
            await self.backend.back_up_daily()
        except ShopError as error:
            self.tell(f"There is no backup of today. {error.message}", severity="warning")

    def tell(self, message: str, *, severity: SeverityLevel = "information") -> None:
        """Says something in a toast, to the letter."""
        self.notify(clean(message), severity=severity, markup=False)

    # Where one goes

    def go(self, screen: type[ShopScreen]) -> None:
        """Shows the one screen of this kind: goes back to it where it is open already."""
        open_ones = [each for each in self.screen_stack if type(each) is screen]
        if not open_ones:
            self.push_screen(screen())
            return
        while self.screen is not open_ones[-1]:
            self.pop_screen()

    def pop_screen(self) -> AwaitComplete:
        leaving = self.screen
        popped = super().pop_screen()
        # What is answered while a screen is taken apart has no widgets to be shown in.
        self.workers.cancel_node(leaving)
        return popped

    def action_catalog(self) -> None:
        self.go(CatalogScreen)

    def action_cart(self) -> None:
        from tui.screens.cart import CartScreen

        self.go(CartScreen)

    def action_orders(self) -> None:
        from tui.screens.orders import OrdersScreen

        self.signed_in(lambda: self.go(OrdersScreen))

    def action_account(self) -> None:
        from tui.screens.account import AccountScreen

        self.signed_in(lambda: self.go(AccountScreen))

    def open_product(self, handle: str, wanted: Mapping[str, Set[str]] | None = None) -> None:
        """Shows one product, with the choices that are wanted where they can be had."""
        from tui.screens.product import ProductScreen

        self.push_screen(ProductScreen(handle, wanted))

    def signed_in(self, then: Callable[[], None]) -> None:
        """Goes on with `then`: at once for an account, for a guest after signing in."""
        if self.account is not None:
            then()
            return
        from tui.screens.login import LoginScreen
        from tui.screens.sign_in import SignInScreen

        while isinstance(self.screen, SignInScreen):
            self.pop_screen()
        self.push_screen(LoginScreen(then))

    async def action_back(self) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        from tui.palette import ShopPalette

        if not isinstance(self.screen, ShopPalette):
            self.push_screen(ShopPalette())

    def explain(self, bill: Cart | Order) -> None:
        """Shows how a total comes about."""
        from tui.screens.explain import ExplainScreen

        self.push_screen(ExplainScreen(bill))

    # Who is shopping

    async def entered(self, account: Account) -> None:
        """Takes note of a sign-in: name and cart are the account's from here on."""
        self.account = account
        self.cart = await self.backend.cart()

    @work
    async def action_log_out(self) -> None:
        before = self.account
        await self.backend.logout()
        if self.account == before:  # else it was found out meanwhile that the session had ended
            self.become_guest("You are logged out. Your cart waits for you.")

    def become_guest(self, why: str, *, severity: SeverityLevel = "information") -> None:
        """Back to the catalog, without an account."""
        self.account = None
        self.cart = None
        self.go(CatalogScreen)
        self.tell(why, severity=severity)

    def session_ended(self, place: str) -> None:
        """Asks whose session ended, by time or from elsewhere, to log in again, and leads back to this place."""
        ways = {"Account": self.action_account, "Orders": self.action_orders, "Catalog": self.action_catalog}
        self.become_guest("Your session has ended. Log in again to go on.", severity="warning")
        self.signed_in(ways.get(place, self.action_cart))

    # How it looks

    def action_next_theme(self) -> None:
        names = list(THEMES)
        self.choose_theme(names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0])

    @work
    async def choose_theme(self, name: str) -> None:
        """Changes the colors, and keeps them for the next visit."""
        self.theme = name
        try:
            await self.backend.in_thread(self.backend.state.remember_theme, name)
        except OSError as error:
            self.tell(f"The theme could not be kept for next time: {error.strerror}", severity="warning")

    def _note_busy(self, under_way: int) -> None:
        if not under_way:
            if self._patience is not None:
                self._patience.stop()
            self._patience, self.working = None, False
        elif self._patience is None:
            self._patience = self.set_timer(_PATIENCE, self._say_working)

    def _say_working(self) -> None:
        self.working = self.opened  # until then the first screen says what is going on

    # When something breaks

    def _end_on_signals(self) -> None:
        """A closed window or a `kill` ends the shop as quitting does, with the code that shells expect."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def _fatal_error(self) -> None:
        # Textual's own report shows local variables: passwords and cards among them.
        from rich.segment import Segments
        from rich.traceback import Traceback

        report = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(report, self.console.options)))
        self._close_messages_no_wait()
