"""Names of descriptors that the program was started with: `-`, `/dev/stdin`, `/dev/fd/63` of a shell's `<(…)`."""
from __future__ import annotations

import errno
import os
import re
import sys
from io import TextIOWrapper
from pathlib import Path

STDIN, STDOUT, STDERR = range(3)

_NAMES = {"/dev/stdin": STDIN, "/dev/stdout": STDOUT, "/dev/stderr": STDERR}
_NUMBERED = re.compile(
    r"(?:/dev|/proc/(?P<process>self|thread-self|[0-9]+)(?:/task/[0-9]+)?)/fd/(?P<number>[0-9]{1,6})")


def descriptor_of(path: Path, *, dash: int) -> int | None:
    """Return the descriptor that `path` names; `None`: it names a file.

    Args:
        path: What a person typed.
        dash: What `-` stands for: `STDIN` or `STDOUT`.
    """
    if os.path.normpath(path) == "-":
        return dash
    name = _absolute_name(path)
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None:
        return _NAMES.get(name)
    is_own = numbered["process"] in {None, "self", "thread-self", str(os.getpid())}
    return int(numbered["number"]) if is_own else None


def _absolute_name(path: Path) -> str:
    """Return the name of `path` in the folder that it really is in; the last part may be a link."""
    try:
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 (resolve would follow the last part)
        return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
    except (OSError, ValueError):  # no current folder, or a zero byte
        return str(path)


def duplicate(descriptor: int) -> int:
    """Return another descriptor of the same file, to be closed by the caller. Raises OSError: it is closed."""
    return os.dup(descriptor)


def stream_problem(error: Exception) -> str:
    """Return why a stream cannot be read or written, without a full stop."""
    if isinstance(error, OSError) and error.errno == errno.EBADF:
        return "it is closed"
    return str(getattr(error, "strerror", None) or error)


def speak_utf_8_to_terminals() -> None:
    """Read and write UTF-8 at a terminal, whatever the environment says; files and pipes get what it asks for.

    In UTF-16 a terminal would not even understand the sequences that steer it.
    """
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if stream.isatty() and isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def replace_closed_streams() -> None:
    """Put streams that fail in place of standard streams that were closed when Python started.

    Else the next file that is opened becomes standard output, and `sys.stdout` is `None`.
    """
    for descriptor, name in ((STDIN, "stdin"), (STDOUT, "stdout"), (STDERR, "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            failing, mode = (os.O_WRONLY, "r") if descriptor == STDIN else (os.O_RDONLY, "w")
            os.open(os.devnull, failing)  # takes the lowest number that is free
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 (for good)
