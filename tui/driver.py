"""The way to the terminal, which holds nobody up once the terminal is gone."""
from __future__ import annotations

import os
from io import TextIOWrapper
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver


class ShopDriver(LinuxDriver):
    """Textual's own, but for what it writes to.

    Its thread that writes would end with the first error, and everything that is painted afterwards wait for it: the
    app could not even leave.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._file = cast(TextIOWrapper, _Forgiving(cast(TextIOWrapper, self._file)))


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
