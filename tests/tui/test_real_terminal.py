"""A shopper at a real terminal: a process of its own behind a pseudo-terminal, driven by keys alone."""
from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

_PATIENCE = 60
"""Seconds to wait for a text at most: the machine may be busy."""

DOWN, RIGHT, ESCAPE, TAB, CTRL_Q, CTRL_R = "\x1b[B", "\x1b[C", "\x1b", "\t", "\x11", "\x12"


class Terminal:
    """A terminal with the shop in it."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        environment = os.environ | {
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"), "XDG_DATA_HOME": str(folder / "data"),
        }
        self._child = pexpect.spawn(
            sys.executable, ["-m", "shopkeeper", "--db", str(folder / "shop.db")], env=environment,
            dimensions=(rows, columns), timeout=_PATIENCE,
        )

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def keys(self, *keys: str) -> None:
        """Presses keys, or types."""
        for key in keys:
            self._child.send(key)

    def see(self, pattern: str, *, gone: bool = False) -> str:
        """Waits until the pattern stands on the screen (or no longer); what it matched."""
        end = time.monotonic() + _PATIENCE
        while True:
            found = re.search(pattern, self.text)
            if (found is None) == gone:
                return found[0] if found else ""
            if time.monotonic() > end:
                raise AssertionError(f"waited for {pattern!r}{' to go' if gone else ''}:\n{self.text}")
            self._read()

    def leave(self) -> None:
        """Quits, and waits for the end of the process."""
        self.keys(CTRL_Q)
        self._child.expect(pexpect.EOF)
        self._child.close()
        assert self._child.exitstatus == 0

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        self._child.close(force=True)

    def _read(self) -> None:
        try:
            self._stream.feed(self._child.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError(f"the shop ended:\n{self.text}") from None


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()
