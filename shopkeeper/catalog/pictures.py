"""Pictures by their names: what a file from outside may call one. Nothing is ever fetched or opened here."""
from __future__ import annotations

import re
from urllib.parse import unquote

_ADDRESS = re.compile(r"https?://[^\s/\\]", re.IGNORECASE)
_SHOWN = 60


def picture(text: str) -> str:
    """The picture's web address, or its name among the catalog's own pictures.

    Raises:
        ValueError: It names a file elsewhere.
    """
    if _ADDRESS.match(text):
        return text
    name = unquote(text).replace("\\", "/")
    # With a colon it would be a drive or an address of another kind, such as file://.
    if ".." in name.split("/") or name.startswith(("/", "~")) or ":" in name or "\0" in name:
        raise ValueError(f"{text[:_SHOWN]!r} is no picture of this catalog; write its name alone, or a web address")
    return text
