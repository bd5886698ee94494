"""The machine that tests run on: permissions, and children that have other rights or fewer lives."""
from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def in_child(say: Callable[[], str]) -> str:
    """What `say` answers in a child process."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        os.write(writable, say().encode())
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as answer:
        said = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return said


def as_ordinary_user(say: Callable[[], str]) -> str:
    """What `say` answers in a child process without root's rights: permissions bind everybody but root."""
    def as_nobody() -> str:
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)
        return say()

    return in_child(as_nobody)
