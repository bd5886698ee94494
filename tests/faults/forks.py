"""Processes by the dozen: a server that has imported the shop and has no threads forks one for each task.

So a process costs milliseconds, and sixteen of them start at the same moment.
"""
from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from signal import SIGKILL
from typing import Any

from tests.waiting import PATIENCE

Task = Callable[[], Any]
"""What a process does: a function of a module, or a `partial` of one."""

_SERVER = "import sys; from tests.faults.forks import serve; serve(int(sys.argv[1]))"

_here = multiprocessing.get_context("fork")
_start: Barrier | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: with an answer, or by a signal, which is then a negative `exitcode`."""

    answer: Any
    exitcode: int | None


class Forks:
    """The server, as the tests see it."""

    def __init__(self) -> None:
        self._start()

    def run(self, *tasks: Task) -> list[Ended]:
        """Runs each task in a process of its own, all at once."""
        try:
            self._server.send(tasks)
            ended: list[Ended] = self._server.recv()
        except BaseException:
            self._restart()  # a late answer would be taken for the next task's
            raise
        return ended

    def close(self) -> None:
        """Sends the server home."""
        self._server.close()
        self._process.wait(PATIENCE)

    def _start(self) -> None:
        self._server, theirs = Pipe()
        with closing(theirs):
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVER, str(theirs.fileno())], pass_fds=[theirs.fileno()],
                cwd=Path(__file__).parents[2], start_new_session=True)

    def _restart(self) -> None:
        self._server.close()
        os.killpg(self._process.pid, SIGKILL)  # the server and what it forked
        self._process.wait(PATIENCE)
        self._start()


def together() -> None:
    """Waits until every task of the same `run` is as far."""
    assert _start is not None
    _start.wait(PATIENCE)


def serve(tests: int) -> None:
    """Forks for the tests at the other end of this pipe until they hang up. To be given a task imports its module."""
    pipe = Connection(tests)
    while True:
        try:
            tasks = pipe.recv()
        except EOFError:
            return
        pipe.send(_run(tasks))


def _run(tasks: Sequence[Task]) -> list[Ended]:
    global _start
    _start = _here.Barrier(len(tasks))
    return [_ended(*begun) for begun in [_begin(task) for task in tasks]]


def _begin(task: Task) -> tuple[BaseProcess, Connection]:
    ours, theirs = Pipe(duplex=False)
    with closing(theirs):
        process = _here.Process(target=_do, args=(task, theirs))
        process.start()
    return process, ours


def _do(task: Task, answers: Connection) -> None:
    assert _start is not None
    try:
        answers.send(task())
    except BaseException:
        _start.abort()  # nobody waits for the dead
        raise


def _ended(process: BaseProcess, answers: Connection) -> Ended:
    answer = None
    with closing(answers), suppress(EOFError):
        answer = answers.recv()
    process.join()
    return Ended(answer, process.exitcode)
