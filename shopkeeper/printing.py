"""Prints to the terminal for everything but the screens."""
from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from shopkeeper.descriptors import stream_problem
from shopkeeper.text import visible

_lost: list[str] = []
"""Why standard output could not be written, the first time; empty while nothing was lost."""


def emit(text: str, *, err: bool = False) -> None:
    """Print lines to stdout or stderr. What could steer the terminal is taken out: titles come from anywhere.

    A stream that cannot be written leaves nothing half done: the command goes on, and `exit_code` says it at the end.
    """
    stream = sys.stderr if err else sys.stdout
    with _noting_loss(stream):
        for line in text.split("\n"):
            stream.write(visible(line).encode(stream.encoding, "replace").decode(stream.encoding) + "\n")
        stream.flush()


def exit_code(code: int) -> int:
    """Return the exit code of a command that ended with `code`: at least 1 where some of its output was lost.

    It is said on stderr, unless a reader left, which is the usual end of a program in a pipeline.
    """
    for stream in (sys.stdout, sys.stderr):
        with _noting_loss(stream):
            stream.flush()  # what others have printed
    if not _lost:
        return code
    if _lost[0]:
        emit(f"Standard output cannot be written: {_lost[0]}. What was printed is lost.", err=True)
    return code or 1


@contextmanager
def _noting_loss(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        if stream is sys.stdout and not _lost:  # where stderr is lost, nobody can be told
            _lost.append("" if isinstance(error, BrokenPipeError) else stream_problem(error))
        _discard(stream)


def _discard(stream: TextIO) -> None:
    """Send what a stream still has nowhere: else Python fails once more when it flushes the stream at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
