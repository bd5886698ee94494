"""The way to the terminal: it holds nobody up once the terminal is gone or another's, and always knows its size."""
from __future__ import annotations

import os
import signal
import termios
import threading
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from tui.foreground import is_in_foreground, stop_process
from tui.navigation import Navigation
from tui.terminal_input import TerminalInput

_TICK_SECONDS = 0.1
_READ_BYTES = 4096
_HIDE_CURSOR, _REPORT_FOCUS = "\x1b[?25l", "\x1b[?1004h"
_EVENTS_IN_FLIGHT = 32
"""Events that are sent before the next wait until they are handled."""


class ShopDriver(LinuxDriver):
    """Textual's own, but for four things.

    Its thread that writes would end with the first error, and everything that is painted afterwards wait for it: the
    app could not even leave. Its handler of new sizes can be interrupted by the next one, which then comes first: the
    app would keep a size that the window no longer has. Its thread that reads takes what it cannot decode or parse
    for the end of the app, and reads on without bound while the app is busy. And it enters the terminal at every
    SIGCONT, even if it is there already, and stops again in the background even when the app is being left.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._file = cast(TextIOWrapper, _Forgiving(cast(TextIOWrapper, self._file)))
        self._has_entered = False
        self._raw_attributes: list[Any] = []
        self._is_continued = False
        # Handlers of the loop never interrupt: they may need locks that the interrupted code holds.
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop)
        self._loop.add_signal_handler(signal.SIGCONT, self._on_continued)
        signal.signal(signal.SIGCONT, self._note_continued)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is None:
            return  # it was stopped in the background, and SIGCONT tries again
        self._has_entered = True
        with suppress(termios.error):
            self._raw_attributes = termios.tcgetattr(self.fileno)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else an app that is left in the background would stop instead
        self._loop.add_signal_handler(signal.SIGWINCH, self._tell_size)

    def stop_application_mode(self) -> None:
        if not self._has_entered:
            return
        if not is_in_foreground(self.fileno):
            self.attrs_before = None  # the terminal's attributes are another program's now
        super().stop_application_mode()
        self._has_entered = False

    def disable_input(self) -> None:
        if self._has_entered:
            super().disable_input()

    def write(self, data: str) -> None:
        if self._writer_thread is not None:
            super().write(data)

    def close(self) -> None:
        super().close()
        self._writer_thread = None

    def _stop(self) -> None:
        self.suspend_application_mode()
        self._schedule_stop()

    def _schedule_stop(self) -> None:
        """Stop the process, unless a SIGCONT has come meanwhile: it would be lost, and nobody sends another."""
        self._is_continued = False
        # One turn of the loop reads which signals came before this, and the next one handles them.
        self._loop.call_later(0, self._loop.call_later, 0, self._stop_unless_continued)

    def _stop_unless_continued(self) -> None:
        if not self._is_continued:
            stop_process()

    def _note_continued(self, *_: object) -> None:
        self._is_continued = True

    def _on_continued(self) -> None:
        self._is_continued = True
        self._loop.call_soon(self._continue)  # after a SIGTERM that came with it

    def _continue(self) -> None:
        """Take back the terminal, in whatever state a shell may have left it."""
        if not self._is_continued or self._app.return_code is not None:
            return  # it is to stop again, or the app is being left
        if not is_in_foreground(self.fileno):
            self._schedule_stop()
            return
        if self._has_entered:
            self._restore_modes()
        else:
            self.resume_application_mode()
        self._app.refresh()

    def _restore_modes(self) -> None:
        if self._raw_attributes:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw_attributes)
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self.write(_HIDE_CURSOR + _REPORT_FOCUS)

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
                    if not is_in_foreground(self.fileno):  # a key for another program, and to read it would stop this
                        self.exit_event.wait(_TICK_SECONDS)
                        continue
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
