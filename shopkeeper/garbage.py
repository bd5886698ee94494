"""How often Python looks for garbage, which is what refers to itself: the shop makes next to none of it."""
from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (20_000, 20, 20)
"""A frame makes thousands of objects, and to look through all took half of its time; of an import's, a tenth."""


def look_seldom() -> None:
    """From now on, in this program."""
    gc.set_threshold(*_SELDOM)


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """Meanwhile, and then as before."""
    before = gc.get_threshold()
    look_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
