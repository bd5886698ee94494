"""Numbers as people write them: digits 0 to 9, a point, a minus. What else Python takes for a number is refused.

`1_0`, `1e2`, `+5`, `0x10`, `Infinity` and digits of other scripts are no numbers here: who writes one means something
else, and a wrong number is worse than none.
"""
from __future__ import annotations

import re
from decimal import Decimal

_WHOLE = re.compile(r"[0-9]{1,18}")
_SIGNED = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def parse_whole(text: str, least: int, most: int) -> int:
    """Return a whole number.

    Raises:
        ValueError: It is none from `least` to `most`; the message says what to write.
    """
    number = int(text) if (_SIGNED if least < 0 else _WHOLE).fullmatch(text) else None
    if number is None or not least <= number <= most:
        example = min(max(least, 12), most)
        raise ValueError(f"{text!r:.80} is no whole number from {least:,} to {most:,}; write it like {example}")
    return number


def parse_decimal(text: str) -> Decimal:
    """Return a number with a point, such as `8.25`, `20` or `.5`, to its last digit.

    Raises:
        ValueError: It is none; the message says what to write.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r:.80} is not a number; write it like 8.25")
    return Decimal(text)


def is_digits(text: str) -> bool:
    """Return whether it is one digit or more, from 0 to 9."""
    return text.isascii() and text.isdigit()
