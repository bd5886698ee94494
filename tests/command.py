"""The `shopkeeper` command inside this process."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.commands.command_line import run


class Command:
    """The command inside this process, on a shop of its own and with a terminal that only takes notes."""

    def __init__(self, shop: Path, capture: pytest.CaptureFixture[str]) -> None:
        self._shop = shop
        self._capture = capture
        self.opened: list[tuple[Shop, Path | None]] = []
        self.out = self.err = ""

    def __call__(self, *arguments: str | Path) -> int:
        code = run(["--db", str(self._shop), *map(str, arguments)], self._terminal)
        self.out, self.err = self._capture.readouterr()
        return code

    def _terminal(self, shop: Shop | Callable[[], Shop], state_folder: Path | None) -> int:
        with shop() if callable(shop) else shop as opened:
            self.opened.append((opened, state_folder))
            assert not opened.catalog.is_empty()
        return 7  # so that a test can see it come out
