"""What every command stands on: which shop is meant, and how it prints."""
from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from shopkeeper.shop import Shop

Terminal = Callable[[Shop | Callable[[], Shop], Path | None], int]
"""Shows a shop, or what opens one, in this terminal, its state kept in a folder; answers with the exit code."""


@dataclass(frozen=True)
class Invocation:
    """What was said before the name of the command."""

    url: str | None
    terminal: Terminal

    def open(self, *, settle: bool = True) -> Shop:
        """The shop that was meant, as it is."""
        return Shop.open(self.url, settle=settle)


def emit(text: str, *, err: bool = False) -> None:
    """Prints lines to stdout or stderr. What could steer the terminal is taken out: titles come from anywhere."""
    for line in text.split("\n"):
        safe = "".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
        encoding = (sys.stderr if err else sys.stdout).encoding
        click.echo(safe.encode(encoding, "replace").decode(encoding), err=err)


def many(count: int, thing: str) -> str:
    """A count and what it counts: `1 order`, `2 orders`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
