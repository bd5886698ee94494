"""Cells that a spreadsheet would run as formulas: an apostrophe before them says that they are text."""
from __future__ import annotations

import re

# With apostrophes of its own before it, a cell gets one more, so that the same cell comes back.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The cell as it is safe to write."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The cell as it was before `guarded`."""
    return text.removeprefix("'") if _FORMULA.match(text) else text
