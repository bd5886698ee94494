"""Common names of colors, for choices that come without one."""
from __future__ import annotations

from shopkeeper.text import fold

_NAMES = """
    beige d9c8a9, black 1f1f23, blue 2f5fb3, blush e3b7b0, bronze a5713c, brown 6f4a2f, burgundy 6d2134,
    camel b98a57, charcoal 43464d, copper b4683a, coral ef7f64, cream f1e6cc, emerald 1f7a55, forest green 2e5339,
    fuchsia c83a8a, gold c9a227, gray 9a9a97, green 3f8a4a, grey 9a9a97, indigo 3b3f86, ivory f3eee0, khaki a79a6f,
    lavender b9a9d6, lime a3c93a, magenta b8337f, maroon 6a1f2b, mint a8d8bf, mustard c9972b, natural e5dac2,
    navy 24324f, nude dcb99f, olive 6b6b3a, orange e0792b, peach f2b493, pink e79ab0, plum 67395f, purple 6f4aa0,
    red bf2f33, rose d494a0, rust a9512b, salmon ee9480, sand cdb285, silver c3c6cb, sky blue 8fbcd9, slate 5f6f7f,
    tan b98a57, taupe 8c7d70, teal 1f7d7f, turquoise 3fb3ad, violet 7a55b0, white f7f5f0, wine 6a2336, yellow f2c53d
"""
_HEX = {name: f"#{digits}" for name, _, digits in (each.strip().rpartition(" ") for each in _NAMES.split(","))}


def hex_of(label: str) -> str | None:
    """The color (`#rrggbb`) that goes by this name, in any case; `None` for a name that is not common."""
    return _HEX.get(fold(label))
