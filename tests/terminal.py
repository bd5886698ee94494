"""The shop in a real terminal: a process of its own behind a pseudo-terminal, driven by keys alone."""
from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

_PATIENCE = 60
"""Seconds to wait for a text at most: the machine may be busy."""

DOWN, RIGHT, HOME, CTRL_Q, CTRL_R = "\x1b[B", "\x1b[C", "\x1b[H", "\x11", "\x12"

_ASKS_FOR_FRAMES, _HAS_FRAMES, _FRAME_ENDS = b"\x1b[?2026$p", b"\x1b[?2026;1$y", b"\x1b[?2026l"
"""Synchronized output: the program asks whether the terminal has it, and then marks where a frame ends."""


class Terminal:
    """A terminal with the shop in it."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unfinished = b""
        self.painted = b""
        """Every byte that reached the terminal."""
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

    def see(self, pattern: str) -> str:
        """Waits until the pattern stands on the screen; what it matched."""
        self._wait(lambda: re.search(pattern, self.text) is not None, f"to see {pattern!r}")
        return str(re.findall(pattern, self.text)[0])

    def has_focus(self, title: str) -> bool:
        """Whether the frame with this title has the focus."""
        for row, line in enumerate(self._screen.display):
            at = line.find(f"─ {title} ─")
            if at >= 0 and self._screen.buffer[row][at + 2].bold:
                return True
        return False

    def see_focus(self, title: str) -> None:
        """Waits until the frame with this title has the focus: its title is bold then."""
        self._wait(lambda: self.has_focus(title), f"for the focus on {title!r}")

    def see_focus_gone(self, title: str) -> None:
        """Waits until the frame with this title has lost the focus."""
        self._wait(lambda: not self.has_focus(title), f"for the focus to leave {title!r}")

    def see_change(self, before: str) -> None:
        """Waits until the screen shows another text than before."""
        self._wait(lambda: self.text != before, "for a change")

    def leave(self) -> None:
        """Quits, and waits for the end of the process."""
        self.keys(CTRL_Q)
        self._child.expect(pexpect.EOF)
        self.painted += self._child.before
        self._child.close()
        assert self._child.exitstatus == 0

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        self._child.close(force=True)

    def _wait(self, fulfilled: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not fulfilled():
            if time.monotonic() > end:
                raise AssertionError(f"waited {what}:\n{self.text}")
            try:
                self._take(self._child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                last_words = self._unfinished.decode("utf-8", "replace")
                raise AssertionError(f"the shop ended:\n{self.text}\n{last_words}") from None

    def _take(self, painted: bytes) -> None:
        self.painted += painted
        # Like a terminal that shows whole frames only: no test then sees half a step.
        if _ASKS_FOR_FRAMES in painted:
            self._child.send(_HAS_FRAMES)
        self._unfinished += painted
        frames, end, self._unfinished = self._unfinished.rpartition(_FRAME_ENDS)
        self._stream.feed(frames + end)
