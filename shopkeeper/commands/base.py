"""What every command stands on: which shop is meant, and how it prints."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shopkeeper.errors import DatabaseUnavailable
from shopkeeper.output_files import is_stdout
from shopkeeper.printing import emit
from shopkeeper.shop import Shop

__all__ = ["Invocation", "Terminal", "emit", "emit_written", "many"]

Terminal = Callable[[Shop | Callable[[], Shop], Path | None], int]
"""Shows a shop, or what opens one, in this terminal, its state kept in a folder; answers with the exit code."""


@dataclass(frozen=True)
class Invocation:
    """What was said before the name of the command."""

    url: str | None
    terminal: Terminal

    def open(self, *, settle: bool = True, sample: bool = False, create: bool = False) -> Shop:
        """Open the shop that was meant. One that does not exist is made only by commands that are there for it."""
        return Shop.open(self.url, settle=settle, sample=sample, create=create)

    def has_shop(self) -> bool:
        """Whether the shop that was meant exists, and can be opened."""
        try:
            self.open(settle=False).close()
        except DatabaseUnavailable:
            return False
        return True


def emit_written(sentence: str, path: Path) -> None:
    """Print that a file was written, unless it went to standard output."""
    if not is_stdout(path):
        emit(sentence)


def many(count: int, thing: str) -> str:
    """A count and what it counts: `1 order`, `2 orders`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
