"""ShopApp: which screen is on top, who is shopping, the theme, and what happens when something breaks."""
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import constants, on, work
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key, MouseDown
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Button, Input
from textual.worker import WorkerFailed

from tui.backend import Account, Backend, Cart, Order, ShopError, report_crash
from tui.commands import EVERYWHERE, Command, bindings
from tui.drafts import Drafts
from tui.driver import ShopDriver
from tui.ending import end_with_the_terminal
from tui.environment import is_driver
from tui.input_queue import BEFORE_NEXT_KEY, OPENING, KeysDropped
from tui.navigation import Navigation
from tui.screens.base import ShopScreen
from tui.screens.catalog import CatalogScreen
from tui.terminal_input import TextDropped
from tui.text import LastWall, clean
from tui.themes import INK, THEMES, VARIABLES
from tui.toasts import SeenToasts

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tui.backend import Report, Shop

_PATIENCE = 0.15
"""Seconds that a call may take before the screen says that it is working."""


_ACTIONS = 50
"""How many of the last actions a report of a crash names."""

_SETTLED = 5.0
"""Seconds after the opening until the shop looks after itself: the products are shown by then."""


class ShopApp(Navigation):
    """A shop in the terminal.

    Args:
        shop: An open shop, or what opens one: that is called off the event loop, after the first paint.
        state_folder: Where this terminal remembers session and theme; none: the user's own folder.

    Attributes:
        report: What broke it, if something did.
    """

    TITLE = "Shopkeeper"
    # The first screen is made before screens bring styles of their own.
    CSS_PATH = ["styles/app.tcss", "styles/catalog.tcss"]
    BINDINGS = bindings(EVERYWHERE)

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
        self.drafts = Drafts()
        self._seen_toasts = SeenToasts()
        self.report: Report | None = None
        self._actions: deque[str] = deque(maxlen=_ACTIONS)
        self._patience: Timer | None = None
        self._last_wall = LastWall()  # lines remember what each wall made of them
        for theme in THEMES.values():
            self.register_theme(theme)
        remembered = self.backend.state.theme
        self.theme = remembered if remembered in THEMES else INK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return VARIABLES

    def get_driver_class(self) -> type[Driver]:
        if constants.DRIVER and not is_driver(constants.DRIVER):
            return ShopDriver
        usual = super().get_driver_class()
        return ShopDriver if usual is LinuxDriver else usual

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._last_wall]

    def get_default_screen(self) -> CatalogScreen:
        return CatalogScreen()

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self._take_unheard)
        self.screen_change_signal.subscribe(self, lambda _screen: self._drop_seen_toasts(), immediate=True)
        if not self.is_headless:
            end_with_the_terminal(lambda code: self.exit(return_code=code))

    def on_ready(self) -> None:
        self._open()  # the first frame is on the screen

    def on_unmount(self) -> None:
        self.backend.close()

    @work(group=OPENING)
    async def _open(self) -> None:
        try:
            await self.backend.open()
            cart, shop_name = await self.backend.cart(), await self.backend.shop_name()
        except ShopError as error:
            self.exit(return_code=1, message=Text(clean(error.message)))  # a plain string would be read as markup
            return
        self.account = self.backend.account
        self.opened = True
        self.cart, self.shop_name = cart, shop_name
        self.set_timer(_SETTLED, self._back_up)

    @work
    async def _back_up(self) -> None:
        try:
            await self.backend.back_up_daily()
        except ShopError as error:
            self.tell(f"There is no backup of today. {error.message}", severity="warning")

    def tell(self, message: str, *, severity: SeverityLevel = "information") -> None:
        """Shows a toast, to the letter. One that says the same already gives way to it."""
        text = clean(message)
        for toast in [toast for toast in self._notifications if toast.message == text]:
            self._unnotify(toast, refresh=False)
        self.notify(text, severity=severity, markup=False)

    def _drop_seen_toasts(self) -> None:
        for toast in self._seen_toasts.among(self._notifications):
            self._unnotify(toast)

    def action_help_quit(self) -> None:
        """Says how to leave, for `ctrl+c` where there is nothing to copy."""
        self.tell("To leave the shop, press ctrl+q.")

    # Where one goes

    def go(self, screen: type[ShopScreen]) -> None:
        """Shows the one screen of this kind: goes back to it where it is open already."""
        open_ones = [each for each in self.screen_stack if type(each) is screen]
        if not open_ones:
            self.push_screen(screen())
            return
        while self.screen is not open_ones[-1]:
            self.pop_screen()

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

        if not isinstance(self.screen, HelpScreen):
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

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | MouseDown):
            self._seen_toasts.note(event)
            if self.opened and self.backend.has_changed():
                self._look_at_cart()
        await super().on_event(event)

    @work(exclusive=True, group="look_at_cart")
    async def _look_at_cart(self) -> None:
        """The same cart may be filled elsewhere, by another terminal or over HTTP."""
        shopper = self.account
        cart = await self.backend.cart_if_any()
        if cart is not None and self.account == shopper:
            self.take_cart(cart)

    def take_cart(self, cart: Cart) -> None:
        """Shows this cart, unless a later one is shown: a read that began before a write may be answered after it."""
        if self.cart is None or cart.version >= self.cart.version:
            self.cart = cart

    async def entered(self, account: Account) -> None:
        """Takes note of a sign-in: name and cart are the account's from here on."""
        self.account = account
        self.cart = await self.backend.cart()

    @work(group=BEFORE_NEXT_KEY)
    async def action_log_out(self) -> None:
        before = self.account
        try:
            await self.backend.logout()
        except ShopError as error:
            self.tell(error.message, severity="error")
            return
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

    def note(self, action: str) -> None:
        """Remembers by its name what was done, for a report of a crash: never what was typed."""
        self._actions.append(action)

    async def run_action(
        self, action: str | ActionParseResult, default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        where = default_namespace or self
        if where is not self and self.screen not in where.ancestors_with_self:
            return True  # the key was pressed before another screen came: handled, so that no other binding takes it
        if not isinstance(where, Input):  # within a field, every action is typing
            name = action.partition("(")[0] if isinstance(action, str) else action[1]
            self.note(f"{where.css_identifier} {name}")
        return await super().run_action(action, default_namespace, namespaces)

    def _take_unheard(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What breaks where nobody waits for it breaks the app as well, instead of being printed over the screen."""
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)

    @on(TextDropped)
    def _tell_text_dropped(self) -> None:
        self.tell("Too much text at once: the rest was left out.", severity="warning")

    @on(KeysDropped)
    def _tell_keys_dropped(self) -> None:
        self.tell("The shop is slow to answer. Keys pressed in the meantime were ignored.", severity="warning")

    @on(Button.Pressed)
    def _note_press(self, event: Button.Pressed) -> None:
        self.note(f"{event.button.css_identifier} pressed")

    def _fatal_error(self) -> None:
        """Ends the app after an error that nobody handled. What follows from the first one is not told again."""
        # Textual's own report shows local variables: passwords and cards among them.
        if self.report is None:
            broken = self._exception or RuntimeError()
            self.report = report_crash(broken.error if isinstance(broken, WorkerFailed) else broken, self._actions)
        self._return_code = self.report.exit_code
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 (they may quote anything)
        """Textual's way out for errors that describe themselves, and for a keyboard that cannot be read any more."""
        self._fatal_error()
