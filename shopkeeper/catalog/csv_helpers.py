"""Helpers of an import: programs that check batches of a large file, so that every processor is at work.

They are started anew and are no forks, for a shop may have threads and locks; and not by `multiprocessing`, which would
run the caller's main program again. They end when nobody asks them any more, however that came about.
"""
from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Any

from shopkeeper.catalog.csv_check import Checked, Rules, check
from shopkeeper.catalog.csv_sheet import Batch, Sheet

_LARGE = 5_000
"""Products from which on there are helpers: to start one takes as long as to check some thousand."""

_MOST = 4
"""More cannot be kept at work by one that reads the file."""

_COURTESY = 10
"""By so much helpers are nicer than others (see nice(1)): whoever shops meanwhile goes first."""

_PROGRAM = "from shopkeeper.catalog.csv_helpers import serve; serve()"


def checked(sheet: Sheet, rules: Rules) -> Generator[Checked, None, None]:
    """What each batch of a sheet says, in the order of the batches."""
    with ExitStack() as running:
        helpers = _started(running, rules) if len(sheet) >= _LARGE else []
        if not helpers:
            yield from (check(batch, rules) for batch in sheet.batches())
            return
        asked = deque[_Helper]()
        for helper, batch in zip(cycle(helpers), sheet.batches(), strict=False):
            if len(asked) == len(helpers):
                yield asked.popleft().answer()
            helper.ask(batch)
            asked.append(helper)
        for helper in asked:
            yield helper.answer()


def serve() -> None:
    """The program of a helper: answers each batch on standard input, until there are no more."""
    os.nice(_COURTESY)
    given, told = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        while True:
            _tell(told, check(*pickle.load(given)))  # noqa: S301  nobody but who started it writes there


class _Helper:
    """A program that checks one batch at a time; where there is none any more, this one does its work."""

    def __init__(self, process: Popen[bytes], rules: Rules) -> None:
        self._process = process
        self._rules = rules
        self._batch: Batch = []

    def ask(self, batch: Batch) -> None:
        self._batch = batch
        assert self._process.stdin
        with suppress(OSError):
            _tell(self._process.stdin, (batch, self._rules))

    def answer(self) -> Checked:
        assert self._process.stdout
        try:
            told: Checked = pickle.load(self._process.stdout)  # noqa: S301  written by this program's own code
        except (EOFError, OSError, pickle.UnpicklingError):
            return check(self._batch, self._rules)
        return told


def _started(running: ExitStack, rules: Rules) -> list[_Helper]:
    """A helper for each processor; none where there is but one, or where no more programs may be started."""
    number = min(_MOST, _processors())
    with suppress(OSError):
        return [running.enter_context(_helper(rules)) for _ in range(number)] if number > 1 else []
    return []


@contextmanager
def _helper(rules: Rules) -> Iterator[_Helper]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = [sys.executable, "-P", "-c", _PROGRAM]
    process = Popen(program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment)  # noqa: S603  ourselves
    try:
        yield _Helper(process, rules)
    finally:
        process.kill()
        process.communicate()


def _tell(to: IO[bytes], what: Any) -> None:
    pickle.dump(what, to, pickle.HIGHEST_PROTOCOL)
    to.flush()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
