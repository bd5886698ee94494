"""Writers take turns: who came first writes first.

SQLite lets one write at a time, and who waits asks again and again, ever more rarely: where many write, those who came
last go first, and who has waited longest runs out of patience. So who wants to write first stands in the queue that
the system keeps for a lock on a small file beside the database. It is a courtesy, and guards nothing: SQLite's own
lock does. Without the file, or after too long a wait, one goes and asks SQLite.
"""
from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

_PATIENCE = 5.0  # seconds; a program that was stopped in its turn must not stop the others


def turn_file(database: Path) -> Path:
    """The file beside a database on which writers queue."""
    real = database.resolve()
    return real.with_name(f"{real.name}-turn")


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """One's turn to write, as soon as all who came before have had theirs."""
    descriptor = _taken(file)
    try:
        yield
    finally:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child of this process may hold a copy of the descriptor
            os.close(descriptor)


def _taken(file: Path) -> int | None:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _queued(descriptor)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _queued(descriptor: int) -> int | None:
    """In the system's queue stands only who waits without end: so a thread does, and gives a late turn away."""
    mine: Future[None] = Future()

    def stand() -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if mine.set_running_or_notify_cancel():
            mine.set_result(None)
        else:
            os.close(descriptor)

    Thread(target=stand, daemon=True).start()
    try:
        wait([mine], _PATIENCE)
    finally:
        late = mine.cancel()
    return None if late else descriptor
