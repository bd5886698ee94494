"""A program in a real pseudo terminal, timed by what it writes there."""
from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from types import TracebackType
from typing import Self

import psutil

_PATIENCE = 20.0


class Terminal:
    """Runs a Python program on a terminal of 120 by 40 and reads what it paints."""

    def __init__(self, arguments: Sequence[str], **environment: str) -> None:
        self._started = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            # Not the environment of the process, into which readline, that pytest loads, writes another size.
            its = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
            its.pop("PYTHONDONTWRITEBYTECODE", None)  # a shop is installed with its bytecode
            os.execve(sys.executable, [sys.executable, *arguments], its)  # noqa: S606 (our own program)
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._seen = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def painted(self, text: str) -> float:
        """Waits until this text is painted; seconds since the program was started or the last `press`."""
        wanted = text.encode()
        deadline = time.perf_counter() + _PATIENCE  # a cursor that blinks is no progress
        while wanted not in self._seen:
            ready, _, _ = select.select([self._fd], [], [], _PATIENCE)
            if not ready or time.perf_counter() > deadline:
                raise TimeoutError(f"{text!r} was not painted; the end of what was: {self._seen[-2000:]!r}")
            self._seen += os.read(self._fd, 65536)
        return time.perf_counter() - self._started

    def quiet(self, seconds: float = 0.3) -> None:
        """Waits until nothing was painted for so long."""
        while select.select([self._fd], [], [], seconds)[0]:
            os.read(self._fd, 65536)

    def press(self, keys: str) -> None:
        """Sends keys, and starts the clock and the memory of what was painted anew."""
        self._seen = b""
        self._started = time.perf_counter()
        os.write(self._fd, keys.encode())

    def resident(self) -> int:
        """Resident memory of the program, in bytes."""
        memory: int = psutil.Process(self._pid).memory_info().rss
        return memory
