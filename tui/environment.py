"""What of the environment reaches Textual and Rich: what they understand, and nothing that is for building apps.

Both read it while they are imported, and end the program at some values that they do not know. Textual's log and its
console would also get every key that is typed.
"""
from __future__ import annotations

import re
from collections.abc import MutableMapping
from importlib import import_module
from inspect import isclass

DRIVER = "TEXTUAL_DRIVER"
"""Names another kind of terminal, as `module:class`."""

_SIZE = r"[1-9]\d{0,2}"
_PATTERNS = {
    "COLUMNS": _SIZE, "LINES": _SIZE, "ROWS": _SIZE, "JUPYTER_COLUMNS": _SIZE, "JUPYTER_LINES": _SIZE,
    "ESCDELAY": r"\d{1,4}",
    DRIVER: r"[\w.]+:\w+",
    "TEXTUAL_ANIMATIONS": r"none|basic|full",
    "TEXTUAL_COLOR_SYSTEM": r"auto|standard|256|truecolor",
    "TEXTUAL_DIM_FACTOR": r"\d{1,3}",
    "TEXTUAL_DISABLE_KITTY_KEY": r"[01]",
    "TEXTUAL_FPS": r"[1-9]\d{0,2}",
    "TEXTUAL_SMOOTH_SCROLL": r"[01]",
    "TEXTUAL_SPEEDUPS": r"[01]",
}


def drop_unknown_settings(environment: MutableMapping[str, str]) -> None:
    """Remove what the libraries of the screens cannot use. Call it before they are imported."""
    for name, value in list(environment.items()):
        if name in _PATTERNS or name == "TEXTUAL" or name.startswith("TEXTUAL_"):
            pattern = _PATTERNS.get(name)
            if pattern is None or not re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE):
                del environment[name]


def is_driver(name: str) -> bool:
    """Return whether this names another kind of terminal. Asking imports Textual."""
    from textual.driver import Driver

    module, _, symbol = name.partition(":")
    try:
        driver = getattr(import_module(module), symbol, None)
    except (ImportError, TypeError, ValueError):
        return False
    return isclass(driver) and issubclass(driver, Driver)
