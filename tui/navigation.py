"""How screens come and go: each is put together before it is taken apart, and each is left once."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.events import Event, InputEvent
from textual.geometry import Offset
from textual.screen import Screen, ScreenResultType
from textual.widget import AwaitMount, Widget
from textual.worker import Worker

from tui.input_queue import InputQueue

if TYPE_CHECKING:
    from rich.console import RenderableType


def _nothing() -> AwaitComplete:
    return cast(AwaitComplete, AwaitComplete.nothing())  # type: ignore[no-untyped-call]


class BaseScreen(Screen[ScreenResultType]):
    """A screen that may be dismissed twice, asked to do something after it was left, and clicked while it changes.

    Name this class after Textual's own kind of screen: styles are inherited along the first base.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave this screen and those above it; do nothing where it was left already.

        Textual's own pops whatever is on top.
        """
        if self not in self.app.screen_stack:
            return _nothing()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)

    def run_worker(self, *args: Any, **kwargs: Any) -> Worker[Any]:
        """Run a worker, as Textual does; once this screen was left, it is cancelled before it begins.

        Messages that were queued before still arrive, and what they ask for would look for widgets that are gone.
        """
        worker = super().run_worker(*args, **kwargs)
        if self not in self.app.screen_stack:
            worker.cancel()
        return worker

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return where text would be selected; nowhere where the widget that was painted is gone.

        Textual's own asks for the region of its parent, which it has not any more.
        """
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (widget, offset) if widget is not None and widget.is_attached else (None, None)


class Navigation(App[None]):
    """An app whose screens can be opened and left at any moment, also while another comes, goes, or the app ends.

    Textual refuses children to a screen that is being removed, and to all of them once the app exits, and still runs
    their `on_mount`, which looks for the children. So a screen is removed once it is mounted, and the app exits once
    every widget is.
    """

    _is_ending = False
    _exiting: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.input_queue = InputQueue(self)

    async def on_event(self, event: Event) -> None:
        """Handle an event, as Textual does; a key only once the one before it has taken effect, and none at the end."""
        if self._is_ending and isinstance(event, InputEvent):
            return  # there may be no screen left
        if self.input_queue.admit(event):
            await super().on_event(event)

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Open a screen over the one on top, as Textual does; not once the app is ending."""
        return AwaitMount(self.screen, []) if self._is_ending else super().push_screen(*args, **kwargs)

    def switch_screen(self, screen: Screen[Any] | str) -> AwaitComplete:
        """Replace the screen on top, as Textual does; not once the app is ending."""
        return _nothing() if self._is_ending else super().switch_screen(screen)

    def pop_screen(self) -> AwaitComplete:
        """Leave the screen on top, and cancel its workers: their answers have no widgets to be shown in."""
        leaving = self.screen
        popped = super().pop_screen()
        self._cancel_workers(leaving)
        return popped

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the app, as Textual does, once what is being mounted is mounted."""
        self._is_ending = True
        super_exit = partial(super().exit, result, return_code, message)
        if self._mounting():
            self._exiting = asyncio.create_task(self._exit_when_mounted(super_exit))
        else:
            super_exit()

    async def _exit_when_mounted(self, exit_app: Callable[[], None]) -> None:
        while mounting := self._mounting():
            await mounting[0]._mounted_event.wait()
        exit_app()

    async def _shutdown(self) -> None:
        if self._exiting:
            await self._exiting
        self.workers.cancel_all()
        await super()._shutdown()

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        await screen._mounted_event.wait()
        self._cancel_workers(screen)  # mounting may have started some
        return await super()._replace_screen(screen)

    def _mounting(self) -> list[DOMNode]:
        return [node for node in self._registry if not node._mounted_event.is_set() and not node._closed]

    def _cancel_workers(self, screen: Screen[Any]) -> None:
        for node in screen.walk_children(with_self=True):
            self.workers.cancel_node(node)
