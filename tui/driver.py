"""The way to the terminal: it holds nobody up once the terminal is gone, and always learns its last size."""
from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterable
from io import TextIOWrapper
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from tui.navigation import Navigation
from tui.terminal_input import TerminalInput

_TICK_SECONDS = 0.1
_READ_BYTES = 4096
_EVENTS_IN_FLIGHT = 32
"""Events that are sent before the next wait until they are handled."""


class ShopDriver(LinuxDriver):
    """Textual's own, but for three things.

    Its thread that writes would end with the first error, and everything that is painted afterwards wait for it: the
    app could not even leave. Its handler of new sizes can be interrupted by the next one, which then comes first: the
    app would keep a size that the window no longer has. And its thread that reads takes what it cannot decode or parse
    for the end of the app, and reads on without bound while the app is busy.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._file = cast(TextIOWrapper, _Forgiving(cast(TextIOWrapper, self._file)))

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._tell_size)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal first, not the environment, which may hold the size of another one."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:
            columns = rows = 0
        return (columns, rows) if columns and rows else super()._get_terminal_size()

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(Resize(size, size))

    def run_input_thread(self) -> None:
        terminal_input = TerminalInput()
        with DefaultSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK_SECONDS):
                    data = os.read(self.fileno, _READ_BYTES)
                    if not data:
                        return  # the terminal is gone: whoever watches it ends the app
                    self._send(terminal_input.feed(data))
                self._send(terminal_input.tick())

    def _send(self, events: Iterable[Message]) -> None:
        for number, event in enumerate(events, start=1):
            self.process_message(event)
            if number % _EVENTS_IN_FLIGHT == 0:
                self._wait_until_handled()

    def _wait_until_handled(self) -> None:
        """Wait until what was sent has taken effect; the terminal keeps the rest."""
        assert isinstance(self._app, Navigation)  # no other app has this driver
        handled = threading.Event()
        waiting = self._app.call_later(self._app.input_queue.call_in_turn, handled.set)
        while waiting and not handled.wait(_TICK_SECONDS) and not self.exit_event.is_set():
            pass

    def _query_in_band_window_resize(self) -> None:
        """Do not ask for sizes among the keys: the signal tells of a new one, and the terminal knows it."""


class _Forgiving:
    """A file to write to that leads nowhere after its first error."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            self._lead_nowhere()

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._lead_nowhere()

    def fileno(self) -> int:
        return self._file.fileno()

    def _lead_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)
