"""The order of keys: each is handled once what came before it has taken effect.

Textual hands a key to the widget that has the focus and goes on to the next one, while the first is still being passed
on, the focus still waits to be moved, or a screen to be put together or read. What is typed quickly would act where the
shopper no longer is, or is not yet.
"""
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.command import CommandPalette
from textual.events import Event, InputEvent, Key, MouseEvent, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widgets import Input
from textual.worker import Worker

BEFORE_NEXT_KEY = "before the next key"
"""The group of workers that lead elsewhere, or fill a screen: the keys that follow are meant for what comes then."""

BEFORE_NEXT_COMMAND = "before the next command"
"""The group of workers that fill a list while one may type: text does not wait for them, other keys do."""

OPENING = "opening"
"""The group of workers that open the shop and show its first products: they hold back the same keys."""

MAX_WAIT_SECONDS = 5.0
"""How long a key waits for the one before it, such as for a shop that does not answer."""

MAX_WAIT_BEFORE_LEAVING_SECONDS = 0.5
"""How long it waits if a key that leaves the screen was pressed after it."""

_QUICK_CHECKS = 20
"""Rounds of the event loop in which most keys have taken effect; what takes longer is looked at now and then."""

_CHECK_SECONDS = 0.002

_COMMAND_GROUPS = {BEFORE_NEXT_COMMAND, OPENING, CommandPalette._GATHER_COMMANDS_GROUP}
_COMMANDS_IN_FIELD = {"enter", "up", "down"}
"""The keys that do something other than typing and moving within a text field."""

_Entry = Event | Callable[[], None]


class KeysDropped(Message):
    """Keys were not handled: what they were meant for did not come in time."""


class InputQueue:
    """Keys, pastes and clicks that wait for their turn.

    Keys that leave or quit, and clicks, wait for no answer of the shop.

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
            if self._is_held(self._waiting[0]):
                self._drop_keys()
                is_in_time = True
                continue
            entry = self._waiting.popleft()
            if isinstance(entry, Event):
                self._released.append(entry)
                self._app.post_message(entry)
            else:
                entry()

    async def _wait_for_turn(self, entry: _Entry) -> bool:
        """Return whether what came before has taken effect; if not, it has been waited for long enough."""
        start, rounds = monotonic(), 0
        while not self._may_follow(entry):
            waited = monotonic() - start
            is_to_leave = waited > MAX_WAIT_BEFORE_LEAVING_SECONDS and any(map(self._leaves, self._waiting))
            if waited > MAX_WAIT_SECONDS or (is_to_leave and self._is_held(entry)):
                return False
            rounds += 1
            await asyncio.sleep(0 if rounds < _QUICK_CHECKS else _CHECK_SECONDS)
        return True

    def _drop_keys(self) -> None:
        """Drop the keys up to one that leaves: they were meant for what did not come."""
        leaving = next((place for place, entry in enumerate(self._waiting) if self._leaves(entry)), len(self._waiting))
        entries = list(self._waiting)
        self._waiting.clear()
        self._waiting.extend(entry for entry in entries[:leaving] if not isinstance(entry, Key | Paste))
        self._waiting.extend(entries[leaving:])
        self._app.post_message(KeysDropped())

    def _may_follow(self, entry: _Entry, asking: MessagePump | None = None) -> bool:
        if self._is_held(entry):
            return False
        return all(_is_idle(pump, asking) for pump in (self._app, *self._app.screen.walk_children(with_self=True)))

    def _is_held(self, entry: _Entry) -> bool:
        """Return whether a worker must end before: one of the screen on top, or of the app."""
        groups = {worker.group for worker in self._app.workers if not worker.is_finished and self._is_on_top(worker)}
        is_typing = isinstance(self._app.focused, Input) and not (
            isinstance(entry, Key) and entry.key in _COMMANDS_IN_FIELD)
        blocking_groups = {BEFORE_NEXT_KEY} if is_typing else {BEFORE_NEXT_KEY, *_COMMAND_GROUPS}
        return bool(groups & blocking_groups) and isinstance(entry, Key | Paste) and not self._leaves(entry)

    def _is_on_top(self, worker: Worker[Any]) -> bool:
        return worker.node is self._app or self._app.screen in worker.node.ancestors_with_self

    def _leaves(self, entry: _Entry) -> bool:
        """Return whether it is a key that leaves the screen, or does not need it."""
        if not isinstance(entry, Key):
            return False
        active = self._app.screen.active_bindings.get(entry.key)
        return entry.key in {"escape", "ctrl+c"} or (active is not None and active.binding.id in {"quit", "palette"})


def _is_idle(pump: MessagePump, asking: MessagePump | None) -> bool:
    """Return whether a pump waits for its next message, or will once it has the answer that it asks for."""
    queue: Any = pump._message_queue
    if not queue.empty() or pump._pending_message is not None:
        return False
    return pump is asking or pump._closing or bool(queue.ready_event._waiters)
