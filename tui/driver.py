"""The way to the terminal: it holds nobody up once the terminal is gone, and always learns its last size."""
from __future__ import annotations

import asyncio
import os
import signal
from io import TextIOWrapper
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size


class ShopDriver(LinuxDriver):
    """Textual's own, but for two things.

    Its thread that writes would end with the first error, and everything that is painted afterwards wait for it: the
    app could not even leave. And its handler of new sizes can be interrupted by the next one, which then comes first:
    the app would keep a size that the window no longer has.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._file = cast(TextIOWrapper, _Forgiving(cast(TextIOWrapper, self._file)))

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._tell_size)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))


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
