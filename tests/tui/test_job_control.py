"""Stopped, continued and in the background, as shells, `timeout` and service managers do with programs."""
from __future__ import annotations

import os
from pathlib import Path
from signal import SIGCONT, SIGHUP, SIGSTOP, SIGTERM, SIGTSTP, Signals

import pytest

from tests.terminal import CTRL_Q, Terminal

BACKGROUND = """
import os, signal, sys
shell = os.getpid()
job = os.fork()
if not job:
    os.setpgid(0, 0)
    os.execv(sys.executable, [sys.executable, "-m", "shopkeeper", *sys.argv[1:]])
assert os.WIFSTOPPED(os.waitpid(job, os.WUNTRACED)[1])
{next_step}
os.kill(job, signal.SIGCONT)
code = os.waitstatus_to_exitcode(os.waitpid(job, 0)[1])
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(0, shell)
os._exit(code if code >= 0 else 128 - code)
"""
"""A shell with a job in the background, and what comes once it has stopped there."""


@pytest.fixture
def shop(tmp_path: Path, opened: list[Terminal]) -> Terminal:
    opened.append(shop := Terminal(tmp_path, 80, 24))
    shop.see(r"\d+ products")
    return shop


def continue_and_see_it_painted(shop: Terminal) -> None:
    length = len(shop.output)
    os.kill(shop.process, SIGCONT)
    shop.wait_for(lambda: b"best match" in shop.output[length:], "for the whole screen to be painted again")


def test_a_continued_shop_paints_reads_keys_and_leaves_the_terminal_as_it_was(shop: Terminal) -> None:
    continue_and_see_it_painted(shop)
    for number in (SIGSTOP, SIGTSTP, SIGTSTP):
        shop.stop(number)
        continue_and_see_it_painted(shop)
    shop.keys(CTRL_Q)
    assert shop.ended() == 0
    assert shop.changed() == []


def test_a_continuation_that_comes_before_the_stop_is_not_lost(shop: Terminal) -> None:
    for _ in range(3):
        os.kill(shop.process, SIGTSTP)
        os.kill(shop.process, SIGCONT)
    # While the shop is suspended, the terminal takes ctrl+q for itself: as XON, which lets output go on.
    shop.wait_for(lambda: not shop.keys(CTRL_Q) or shop.has_ended(), "for the shop to end")
    assert shop.ended() == 0
    assert shop.changed() == []


@pytest.mark.parametrize(("stop", "number"), [(None, SIGTERM), (SIGTSTP, SIGHUP), (SIGSTOP, SIGTERM)])
def test_a_signal_with_a_continuation_ends_the_shop(shop: Terminal, stop: Signals | None, number: Signals) -> None:
    if stop is not None:
        shop.stop(stop)
    os.kill(shop.process, number)
    os.kill(shop.process, SIGCONT)
    assert shop.ended() == 128 + number
    assert shop.changed() == []


def test_a_shop_started_in_the_background_can_be_ended(tmp_path: Path, opened: list[Terminal]) -> None:
    script = BACKGROUND.format(next_step="os.kill(job, signal.SIGTERM)")
    opened.append(shell := Terminal(tmp_path, 80, 24, script=script))
    assert shell.ended() == 128 + SIGTERM
    assert shell.changed() == []


def test_a_shop_started_in_the_background_opens_in_the_foreground(tmp_path: Path, opened: list[Terminal]) -> None:
    script = BACKGROUND.format(next_step="os.tcsetpgrp(0, job)")
    opened.append(shell := Terminal(tmp_path, 80, 24, script=script))
    shell.see(r"\d+ products")
    shell.leave()
    assert shell.changed() == []
