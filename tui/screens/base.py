"""What every screen of the shop has: the bar on top, the keys at the foot, and how errors are told."""
from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static
from textual.worker import Worker

from tui.backend import Backend, LoginRequired, SessionExpired, ShopError
from tui.commands import Command
from tui.input_queue import BEFORE_NEXT_KEY
from tui.navigation import BaseScreen
from tui.widgets.keybar import KeyBar
from tui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tui.app import ShopApp

_TOO_SMALL = """\
The shop needs a window of
60 columns and 18 rows.

Make this one larger,
or leave by ctrl+q."""


class ShopScreen(BaseScreen[None]):
    """A screen between the top bar and the key bar. A subclass gives `body` and its `commands`."""

    # Before the widget that has the focus, and so at once: else what a password manager types behind a tab would land
    # in the field before it, a password in a name.
    BINDINGS = [
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-slim"), (76, "-narrow"), (100, "-medium"), (116, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-low"), (30, "-tall")]

    commands: ClassVar[tuple[Command, ...]] = ()
    """What can be done here, beside what can be done everywhere."""

    place: ClassVar[str] = ""
    """Which tab of the top bar this screen belongs to."""

    keeps_letters: ClassVar[bool] = False
    """Whether single letters do nothing here but what this screen's own commands say: on forms they are typed."""

    def offers(self, command: Command) -> bool:  # noqa: ARG002 (a subclass looks at it)
        """Return whether the foot offers a command: not where there is nothing to do it with."""
        return True

    @property
    def shop_app(self) -> ShopApp:
        """The app, by its own type."""
        from tui.app import ShopApp

        assert isinstance(self.app, ShopApp)  # no other app has these screens
        return self.app

    @property
    def backend(self) -> Backend:
        """The shop's services."""
        return self.shop_app.backend

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether the keys of everywhere do without this one."""
        return self.keeps_letters and character is not None and character.isprintable() and key != "question_mark"

    def compose(self) -> ComposeResult:
        # Textual would do so after the first layout, and lay out and paint everything again.
        self.add_class(_class_for(self.app.size.width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(_class_for(self.app.size.height, self.VERTICAL_BREAKPOINTS))
        yield TopBar(self.place)
        yield from self.body()
        yield KeyBar()
        yield Static(_TOO_SMALL, id="too-small")

    def body(self) -> ComposeResult:
        """What stands between the bars."""
        raise NotImplementedError

    def run_to_end(self, work: Coroutine[Any, Any, None], *, before_next_key: bool = False) -> Worker[None]:
        """Run work that leaving this screen does not cancel, so that what the shop did is noted and told.

        Before it shows anything here, the work asks `is_gone`, `is_left` or `come_to_front`. Keys that follow on this
        screen wait for it if it comes `before_next_key`: they are meant for what it leads to.
        """
        if not before_next_key:
            return self.shop_app.run_worker(work)
        done = asyncio.Event()
        self.run_worker(done.wait, group=BEFORE_NEXT_KEY)
        return self.shop_app.run_worker(_setting(done, work))

    @property
    def is_gone(self) -> bool:
        """Whether this screen was closed."""
        return self not in self.app.screen_stack

    @property
    def is_left(self) -> bool:
        """Whether the shopper is at another screen now, which may have been opened above this one."""
        screens = [screen for screen in self.app.screen_stack if isinstance(screen, ShopScreen)]
        return screens[-1:] != [self]

    def come_to_front(self) -> bool:
        """Close the dialogs above this screen. Return whether it is on top, which it is not where it was left."""
        if self.is_left:
            return False
        while self.app.screen is not self:
            self.app.pop_screen()
        return True

    def on_screen_resume(self) -> None:
        # A screen that is only passed on the way back is told so as well, while it is taken apart.
        if self.is_current:
            self.shop_app.note(type(self).__name__)
            self.shown()

    def shown(self) -> None:
        """Called whenever this screen comes to the top."""

    @contextmanager
    def telling_errors(self) -> Iterator[None]:
        """Tells a `ShopError` from inside as a toast; what was to follow it is left out."""
        try:
            yield
        except ShopError as error:
            self.tell_error(error)

    def tell_error(self, error: ShopError) -> None:
        """Tells it in a toast. Whose session has ended logs in again."""
        needs_login = isinstance(error, SessionExpired | LoginRequired)
        if needs_login and self.shop_app.account is not None:
            self.shop_app.session_ended(self.place)
        elif not (needs_login and self.is_gone):  # else a call beside this one met it first, and has told it
            self.shop_app.tell(error.message, severity="error")


async def _setting(done: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    finally:
        done.set()


def _class_for(cells: int, breakpoints: list[tuple[int, str]]) -> str:
    return max((each for each in breakpoints if each[0] <= cells), default=breakpoints[0])[1]
