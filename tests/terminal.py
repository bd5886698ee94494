"""A shopper at a real terminal: a process of its own behind a pseudo-terminal, driven by keys alone."""
from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from signal import Signals

import pexpect
import psutil
import pyte

from tests.waiting import PATIENCE

DOWN, RIGHT, HOME, CTRL_Q, CTRL_R = "\x1b[B", "\x1b[C", "\x1b[H", "\x11", "\x12"

_ASKS_FOR_FRAMES, _HAS_FRAMES, _FRAME_ENDS = b"\x1b[?2026$p", b"\x1b[?2026;1$y", b"\x1b[?2026l"
"""Synchronized output: the program asks whether the terminal has it, and then marks where a frame ends."""

_KEPT_OUTPUT = 100_000
"""Bytes of what was painted that are kept while nobody looks."""

_MODES = (1049, 1000, 1003, 1004, 1006, 1015, 1016, 2004, 2048)
"""What Textual may switch on in a terminal: its second screen, the mouse, focus, pasting, news of its size."""


class Terminal:
    """A terminal with the shop in it.

    Attributes:
        output: All that the program wrote, byte for byte.
    """

    def __init__(self, folder: Path, columns: int, rows: int, *arguments: str, script: str = "",
                 before: Callable[[], None] | None = None, environment: Mapping[str, str] | None = None) -> None:
        """Starts the command, or a script in its place; `before` is called in the new process.

        `environment` is what it finds there beside what this test run found.
        """
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unfinished = b""
        self.output = b""
        # Who runs tests on many processes tells them a size, which would count for more than the terminal's own.
        variables = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}} | {
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"), "XDG_DATA_HOME": str(folder / "data"),
        } | dict(environment or {})

        def prepare() -> None:
            # In the new process, so that it cannot look before its terminal has a size.
            termios.tcsetwinsize(0, (rows, columns))
            if before:
                before()

        self._child = pexpect.spawn(
            sys.executable, [*(["-c", script] if script else ["-m", "shopkeeper"]),
                             "--db", str(folder / "shop.db"), *arguments],
            cwd=str(folder), env=variables, dimensions=(rows, columns), timeout=PATIENCE, preexec_fn=prepare,
        )
        self._discipline = termios.tcgetattr(self._child.child_fd)
        self._reaped = False

    @property
    def process(self) -> int:
        """The program's process."""
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def keys(self, *keys: str) -> None:
        """Presses keys, or types: all in one go, as a fast typist does."""
        self._child.send("".join(keys))

    def pour(self, data: bytes) -> bool:
        """Writes bytes as fast as the program takes them, looking at nothing that it paints; whether it still runs."""
        file = self._child.child_fd
        os.set_blocking(file, False)
        try:
            while data:
                readable, writable, _ = select.select([file], [file], [], PATIENCE)
                if not readable and not writable:
                    raise AssertionError(f"the shop reads nothing for {PATIENCE} seconds")
                if readable:
                    self._skip(os.read(file, 65536))
                elif writable:
                    with suppress(BlockingIOError):
                        data = data[os.write(file, data):]
        except OSError:
            return False  # the other side of the terminal is closed
        finally:
            os.set_blocking(file, True)
        return True

    def stop(self, number: Signals) -> None:
        """Send a signal that stops the program, wait until it has, and do with the terminal what a shell does then."""
        os.kill(self.process, number)
        self.wait_for(lambda: psutil.Process(self.process).status() == psutil.STATUS_STOPPED, "for the shop to stop")
        termios.tcsetattr(self._child.child_fd, termios.TCSANOW, self._discipline)

    def has_ended(self) -> bool:
        """Whether the program has left its terminal; what it painted until now is looked at."""
        try:
            while True:
                self._take(self._child.read_nonblocking(65536, timeout=0))
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            return True

    def see(self, pattern: str) -> str:
        """Waits until the pattern stands on the screen; what it matched."""
        self.wait_for(lambda: re.search(pattern, self.text) is not None, f"to see {pattern!r}")
        return str(re.findall(pattern, self.text)[0])

    def has_focus(self, title: str) -> bool:
        """Whether the frame with this title has the focus."""
        for row, line in enumerate(self._screen.display):
            at = line.find(f"─ {title} ─")
            if at >= 0 and self._screen.buffer[row][at + 2].bold:
                return True
        return False

    def place_of(self, title: str) -> tuple[int, int]:
        """Column and row, from 1, of what is typed into the field with this title."""
        return next((line.find(f"─ {title} ─") + 2, row + 2) for row, line in enumerate(self._screen.display)
                    if f"─ {title} ─" in line)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drags the mouse."""
        for code, (column, row), how in ((0, start, "M"), (32, end, "M"), (0, end, "m")):
            self.keys(f"\x1b[<{code};{column};{row}{how}")

    def see_focus(self, title: str) -> None:
        """Waits until the frame with this title has the focus: its title is bold then."""
        self.wait_for(lambda: self.has_focus(title), f"for the focus on {title!r}")

    def see_focus_gone(self, title: str) -> None:
        """Waits until the frame with this title has lost the focus."""
        self.wait_for(lambda: not self.has_focus(title), f"for the focus to leave {title!r}")

    def see_rest(self) -> None:
        """Waits until nothing is painted for a moment and the program wants nothing of the processor."""
        with suppress(pexpect.EOF):
            while True:
                try:
                    self._take(self._child.read_nonblocking(65536, timeout=0.3))
                except pexpect.TIMEOUT:
                    if not self._is_busy():
                        return

    def _is_busy(self) -> bool:
        """Whether a thread of the program computes, or would if it were its turn."""
        try:
            stats = [stat.read_text() for stat in Path(f"/proc/{self.process}/task").glob("*/stat")]
        except (FileNotFoundError, ProcessLookupError):
            return True  # a thread has just ended
        return any(stat.rpartition(") ")[2].startswith(("R", "D")) for stat in stats)

    def see_change(self, before: str) -> None:
        """Waits until the screen shows another text than before."""
        self.wait_for(lambda: self.text != before, "for a change")

    def leave(self) -> None:
        """Quits, and waits for the end of the process."""
        self.keys(CTRL_Q)
        assert self.ended() == 0

    def first_byte(self) -> None:
        """Waits for the very beginning of what is painted."""
        self._take(self._child.read_nonblocking(1, timeout=PATIENCE))

    def ended(self) -> int:
        """Waits for the end of the process; its exit code."""
        try:
            while True:
                self._take(self._child.read_nonblocking(65536, timeout=PATIENCE))
        except pexpect.EOF:
            self._child.wait()
        signal = self._child.signalstatus
        return int(self._child.exitstatus) if signal is None else -int(signal)

    @property
    def left_behind(self) -> str:
        """What stands on the terminal after the shop was left."""
        return self.output.rpartition(b"\x1b[?1006l")[2].decode("utf-8", "replace")

    def changed(self) -> list[str]:
        """What of the terminal is not as it was before: its modes that are on, its cursor, its line discipline."""
        on = [mode for mode in _MODES if self._last(f"\x1b[?{mode}h") > self._last(f"\x1b[?{mode}l")]
        hidden = ["cursor"] if self._last("\x1b[?25l") > self._last("\x1b[?25h") else []
        keys = ["kitty keys"] if self.output.count(b"\x1b[>") != self.output.count(b"\x1b[<u") else []
        raw = ["line discipline"] if termios.tcgetattr(self._child.child_fd) != self._discipline else []
        return [*on, *hidden, *keys, *raw]

    def _last(self, sequence: str) -> int:
        return self.output.rfind(sequence.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size."""
        self._child.setwinsize(rows, columns)
        self._screen.resize(rows, columns)

    def hang_up(self) -> tuple[int, float]:
        """Takes the terminal away, and waits for the end of the process: its exit code, and the CPU's seconds since."""
        before = psutil.Process(self.process).cpu_times()
        self._child.ptyproc.fileobj.close()
        end = time.monotonic() + PATIENCE
        while True:
            ended, status, used = os.wait4(self.process, os.WNOHANG)
            if ended:
                self._reaped = True
                return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime - before.user - before.system
            if time.monotonic() > end:
                raise AssertionError("the shop did not end with its terminal")
            time.sleep(0.05)

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        if not self._reaped:
            self._child.close(force=True)

    def wait_for(self, fulfilled: Callable[[], bool], what: str, explain: Callable[[], str] = str) -> None:
        """Waits until it is so, and goes on reading what is painted. `explain` says more where it never is."""
        end = time.monotonic() + PATIENCE
        while not fulfilled():
            if time.monotonic() > end:
                raise AssertionError(f"waited {what}:\n{self.text}\n{explain()}")
            try:
                self._take(self._child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                last_words = self._unfinished.decode("utf-8", "replace")
                raise AssertionError(f"the shop ended:\n{self.text}\n{last_words}") from None

    def _skip(self, painted: bytes) -> None:
        """Takes what is painted for seen: a window that gets another size is painted anew as a whole."""
        self.output = self.output[-_KEPT_OUTPUT:] + painted
        if _ASKS_FOR_FRAMES in painted:
            self._child.send(_HAS_FRAMES)
        self._unfinished = b""

    def _take(self, painted: bytes) -> None:
        self.output += painted
        # Like a terminal that shows whole frames only: no test then sees half a step.
        if _ASKS_FOR_FRAMES in painted:
            self._child.send(_HAS_FRAMES)
        self._unfinished += painted
        frames, end, self._unfinished = self._unfinished.rpartition(_FRAME_ENDS)
        self._stream.feed(frames + end)
