"""The processes of the fault tests: a test that was broken off leaves the next one its own answers."""
from __future__ import annotations

import os
import signal
from functools import partial
from types import FrameType
from typing import NoReturn

import pytest

from tests.faults.forks import Forks


class BrokenOff(Exception):
    """What a timeout raises in a test."""


def test_interrupted_run_leaves_no_answer_for_the_next(forks: Forks) -> None:
    earlier = signal.signal(signal.SIGUSR1, _break_off)
    try:
        with pytest.raises(BrokenOff):
            forks.run(partial(_answer_after_interrupting, os.getpid()))
    finally:
        signal.signal(signal.SIGUSR1, earlier)
    assert [ended.answer for ended in forks.run(partial(str.upper, "next"))] == ["NEXT"]


def _break_off(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise BrokenOff


def _answer_after_interrupting(test: int) -> str:
    os.kill(test, signal.SIGUSR1)
    return "late"
