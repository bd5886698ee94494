"""What `ctrl+c` does to the command: at first it ends at once, and later only after cleaning up.

Whoever starts the command may have it ignore interrupts, as shells do in the background: then it goes on to do so.
"""
from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # built in: nothing is to be imported before this
import os

INTERRUPTED = 130
"""The exit code: 128 and the signal's number, as shells have it."""


def exit_at_interrupts() -> None:
    """End the program at an interrupt, without a word. Python's own way would show where it was."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit)


def raise_at_interrupts() -> None:
    """Raise KeyboardInterrupt again, for what has to be cleaned up."""
    if signal.getsignal(signal.SIGINT) is _exit:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit(*_: object) -> None:
    os._exit(INTERRUPTED)
