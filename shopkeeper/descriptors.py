"""Names of descriptors that the program was started with: `-`, `/dev/stdin`, `/dev/fd/63` of a shell's `<(…)`."""
from __future__ import annotations

import os
import re
import sys
from pathlib import Path

STDIN, STDOUT, STDERR = range(3)

_NAMES = {"/dev/stdin": STDIN, "/dev/stdout": STDOUT, "/dev/stderr": STDERR}
_NUMBERED = re.compile(r"(?:/dev|/proc/(?:self|thread-self))/fd/(?P<number>[0-9]{1,6})")


def descriptor_of(path: Path, *, dash: int) -> int | None:
    """Return the descriptor that `path` names; `None`: it names a file.

    Args:
        path: What a person typed.
        dash: What `-` stands for: `STDIN` or `STDOUT`.
    """
    name = os.path.normpath(path)
    if name == "-":
        return dash
    numbered = _NUMBERED.fullmatch(name)
    return int(numbered["number"]) if numbered else _NAMES.get(name)


def duplicate(descriptor: int) -> int:
    """Return another descriptor of the same file, to be closed by the caller. Raises OSError: it is closed."""
    standard = {STDIN: sys.stdin, STDOUT: sys.stdout, STDERR: sys.stderr}
    if standard.get(descriptor, True) is None:  # it was closed when Python started: its number may be taken since
        raise OSError("It is closed")
    return os.dup(descriptor)


def reserve_standard_descriptors() -> None:
    """Open the null device in place of closed standard streams, so that no file of the shop becomes one of them."""
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
