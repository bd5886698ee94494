"""Helpers of an import: programs that work on the batches of a large file, so that every processor is at work.

They are started anew and are no forks, for a shop may have threads and locks; and not by `multiprocessing`, which would
run the caller's main program again. They end when nobody asks them any more, however that came about.
"""
from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Generic, TypeVar

from shopkeeper import garbage

T = TypeVar("T")
R = TypeVar("R")

_LARGE = 5_000
"""Products from which on there are helpers: to start one takes as long as to check some thousand."""

_MOST = 4
"""More cannot be kept at work by one that reads the file."""

_COURTESY = 10
"""By so much helpers are nicer than others (see nice(1)): whoever shops meanwhile goes first."""

_PROGRAM = "from shopkeeper.catalog.csv_helpers import serve; serve()"


@contextmanager
def each(work: Callable[[T], R], items: Iterable[T], products: int) -> Iterator[Iterator[R]]:
    """What the work makes of each item, in their order; all of them are about so many products."""
    with ExitStack() as running:
        helpers = _started(running, work) if products >= _LARGE else []
        yield _answers(helpers, items) if helpers else map(work, items)


def _answers(helpers: Sequence[_Helper[T, R]], items: Iterable[T]) -> Iterator[R]:
    asked = deque[_Helper[T, R]]()
    for helper, item in zip(cycle(helpers), items, strict=False):
        if len(asked) == len(helpers):
            yield asked.popleft().answer()
        helper.ask(item)
        asked.append(helper)
    for helper in asked:
        yield helper.answer()


def serve() -> None:
    """The program of a helper: it is told its work, and answers each item on standard input until there are no more."""
    os.nice(_COURTESY)
    garbage.look_seldom()
    given, told = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        work = pickle.load(given)  # noqa: S301  nobody but who started it writes there
        while True:
            _tell(told, work(pickle.load(given)))  # noqa: S301  the same


class _Helper(Generic[T, R]):
    """A program that works on one item at a time; where there is none any more, this one does its work."""

    def __init__(self, process: Popen[bytes], work: Callable[[T], R]) -> None:
        self._process = process
        self._work = work
        self._item: T
        self._say(work)

    def ask(self, item: T) -> None:
        self._item = item
        self._say(item)

    def answer(self) -> R:
        assert self._process.stdout
        try:
            told: R = pickle.load(self._process.stdout)  # noqa: S301  written by this program's own code
        except (EOFError, OSError, pickle.UnpicklingError):
            return self._work(self._item)
        return told

    def _say(self, what: object) -> None:
        assert self._process.stdin
        with suppress(OSError):
            _tell(self._process.stdin, what)


def _started(running: ExitStack, work: Callable[[T], R]) -> list[_Helper[T, R]]:
    """A helper for each processor; none where there is but one, or where no more programs may be started."""
    number = min(_MOST, _processors())
    with suppress(OSError):
        return [running.enter_context(_helper(work)) for _ in range(number)] if number > 1 else []
    return []


@contextmanager
def _helper(work: Callable[[T], R]) -> Iterator[_Helper[T, R]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = [sys.executable, "-P", "-c", _PROGRAM]
    process = Popen(program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment)  # noqa: S603  ourselves
    try:
        yield _Helper(process, work)
    finally:
        process.kill()
        process.communicate()


def _tell(to: IO[bytes], what: object) -> None:
    pickle.dump(what, to, pickle.HIGHEST_PROTOCOL)
    to.flush()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
