"""What is printed: the one door to the terminal for everything but the screens."""
from __future__ import annotations

import sys

from shopkeeper.text import visible


def emit(text: str, *, err: bool = False) -> None:
    """Prints lines to stdout or stderr. What could steer the terminal is taken out: titles come from anywhere."""
    stream = sys.stderr if err else sys.stdout
    for line in text.split("\n"):
        stream.write(visible(line).encode(stream.encoding, "replace").decode(stream.encoding) + "\n")
    stream.flush()
