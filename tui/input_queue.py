"""The order of keys: each is handled once what came before it has taken effect.

Textual hands a key to the widget that has the focus and goes on to the next one, while the first is still being passed
on, the focus still waits to be moved, or a screen to be put together. What is typed quickly would act where the shopper
no longer is.
"""
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.events import Event, InputEvent, Key, MouseEvent, Paste
from textual.message_pump import MessagePump
from textual.worker import Worker

BEFORE_NEXT_KEY = "before the next key"
"""The group of workers that lead elsewhere, or fill a screen: the keys that follow are meant for what comes then."""

MAX_WAIT_SECONDS = 3.0
"""How long a key waits for the one before it, such as for a shop that does not answer; then it is handled anyway."""

_QUICK_CHECKS = 20
"""Rounds of the event loop in which most keys have taken effect; what takes longer is looked at now and then."""

_CHECK_SECONDS = 0.002

_Entry = Event | Callable[[], None]


class InputQueue:
    """Keys, pastes and clicks that wait for their turn.

    Args:
        app: The app that handles them.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: deque[_Entry] = deque()
        self._released: deque[Event] = deque()
        self._releasing: Worker[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._released)

    def admit(self, event: Event) -> bool:
        """Return whether an event of the app is to be handled now. If not, it is posted again when it is its turn."""
        if not isinstance(event, InputEvent | Paste) or event.is_forwarded:
            return True
        if self._released and event is self._released[0]:
            self._released.popleft()
            return True
        if not self._waiting and (isinstance(event, MouseEvent) or self._may_follow(event, self._app)):
            return True
        self._append(event)
        return False

    def call_in_turn(self, callback: Callable[[], None]) -> None:
        """Call back once all input that came before has taken effect."""
        self._append(callback)

    def _append(self, entry: _Entry) -> None:
        self._waiting.append(entry)
        if self._releasing is None or self._releasing.is_finished:
            self._releasing = self._app.run_worker(self._release(), group="input")

    async def _release(self) -> None:
        is_in_time = True
        while self._waiting and self._app.is_running:
            is_in_time = is_in_time and await self._wait_for_turn(self._waiting[0])
            entry = self._waiting.popleft()
            if isinstance(entry, Event):
                self._released.append(entry)
                self._app.post_message(entry)
            else:
                entry()

    async def _wait_for_turn(self, entry: _Entry) -> bool:
        """Return whether what came before has taken effect; if not, it has been waited for long enough."""
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                rounds = 0
                while not self._may_follow(entry):
                    rounds += 1
                    await asyncio.sleep(0 if rounds < _QUICK_CHECKS else _CHECK_SECONDS)
        except TimeoutError:
            return False
        return True

    def _may_follow(self, entry: _Entry, asking: MessagePump | None = None) -> bool:
        pumps = (self._app, *self._app.screen.walk_children(with_self=True))
        if not all(_is_idle(pump, asking) for pump in pumps):
            return False
        leads_elsewhere = any(
            worker.group == BEFORE_NEXT_KEY and not worker.is_finished for worker in self._app.workers)
        return not leads_elsewhere or any(self._quits(entry) for entry in (entry, *self._waiting))

    def _quits(self, entry: _Entry) -> bool:
        """Return whether it is the key that quits, which waits for no answer of the shop."""
        if not isinstance(entry, Key):
            return False
        active = self._app.screen.active_bindings.get(entry.key)
        return active is not None and active.binding.id == "quit"


def _is_idle(pump: MessagePump, asking: MessagePump | None) -> bool:
    """Return whether a pump waits for its next message, or will once it has the answer that it asks for."""
    queue: Any = pump._message_queue
    if not queue.empty() or pump._pending_message is not None:
        return False
    return pump is asking or pump._closing or bool(queue.ready_event._waiters)
