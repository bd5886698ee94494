"""Shopkeeper: the shop's public names. Nothing here imports a screen.

They are imported when one of them is first asked for, so that the command can begin with what must not wait for them.
"""
from __future__ import annotations

TYPE_CHECKING = False  # as `typing` has it, which takes time to import
if TYPE_CHECKING:
    from shopkeeper.public import *  # noqa: F403


def __getattr__(name: str) -> object:
    from importlib import import_module

    try:
        return getattr(import_module("shopkeeper.public"), name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    from shopkeeper import public

    return [*globals(), *public.__all__]
