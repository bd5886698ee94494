"""Screens as text, compared with what is kept of them in files."""
from __future__ import annotations

import difflib
from pathlib import Path

from tui.testing import Shopper

_KEPT = Path(__file__).parent / "snapshots"


class Snapshots:
    """Compares screens, as text, with what is kept of them in files."""

    def __init__(self, *, update: bool) -> None:
        self._update = update
        self.differences: list[str] = []

    def compare(self, shopper: Shopper, name: str) -> None:
        """Notes in what the screen differs from `snapshots/<name>-<width>x<height>.txt`."""
        size = shopper.app.size
        path = _KEPT / f"{name}-{size.width}x{size.height}.txt"
        seen = [f"{line}\n" for line in shopper.screen_text()]
        if self._update:
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(seen), "utf-8")
            return
        kept = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
        self.differences += difflib.unified_diff(kept, seen, f"kept/{path.name}", f"seen/{path.name}", n=1)
