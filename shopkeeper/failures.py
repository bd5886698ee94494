"""Work on things that do not depend on each other: one that fails keeps no other from its turn."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from shopkeeper.errors import ShopError

T = TypeVar("T")


def for_each(items: Iterable[T], work: Callable[[T], object]) -> None:
    """Do `work` with every item, and raise at the end what failed.

    A single failure is raised as it is. Of several, the first is raised where all are ShopErrors, which say what to do.

    Raises:
        ExceptionGroup: Several items failed, at least one of them because the program is broken.
    """
    failures: list[Exception] = []
    for item in items:
        try:
            work(item)
        except Exception as error:  # noqa: BLE001 (it is raised below)
            failures.append(error)
    if len(failures) > 1 and not all(isinstance(failure, ShopError) for failure in failures):
        raise ExceptionGroup(f"{len(failures)} failed", failures)
    if failures:
        raise failures[0]
