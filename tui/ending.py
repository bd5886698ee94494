"""How the app ends when nobody asked it to from within: by a signal, or because its terminal is gone."""
from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from select import POLLERR, POLLHUP, poll
from threading import Event, Thread

from tui.foreground import is_in_foreground, stop_process

Leave = Callable[[int], None]
"""Leaves the app with this exit code."""

_SIGNALS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}
_HELD_SIGNALS = {*_SIGNALS, signal.SIGTSTP}
_HUNG_UP = 128 + signal.SIGHUP  # as shells have it

_STDIN = 0

_A_MOMENT = 5.0
_LONGEST_PAYMENT = 90.0
"""Seconds that leaving may take at most: a payment under way is waited for."""


def hold_signals() -> None:
    """Block what ends or stops the shop until `end_with_the_terminal`: none is to cut off what prepares the terminal.

    In the background it stops first, while a signal can still end it: there it can prepare nothing.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_SIGNALS)
    while not is_in_foreground(_STDIN):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_SIGNALS)
        stop_process()
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_SIGNALS)


def end_with_the_terminal(leave: Leave) -> None:
    """From now on a closed window or a `kill` ends the app as quitting does, with the code that shells expect."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, leave, 128 + number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_SIGNALS)
    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        Thread(target=_watch, args=(loop, leave), daemon=True, name="hang-up").start()


def _watch(loop: asyncio.AbstractEventLoop, leave: Leave) -> None:
    """Not every terminal that goes away sends a signal; and the thread that reads its keys would spin for ever."""
    terminal = poll()
    terminal.register(0, 0)  # a hang-up is told without being asked for
    if not any(event & (POLLHUP | POLLERR) for _, event in terminal.poll()):
        return  # this system cannot tell
    answered = Event()

    def left() -> None:
        answered.set()
        leave(_HUNG_UP)

    loop.call_soon_threadsafe(left)
    # What is painted in vain can hold everything up.
    time.sleep(_LONGEST_PAYMENT if answered.wait(_A_MOMENT) else 0)
    os._exit(_HUNG_UP)
