"""Secrets that occur nowhere else, and the search for them in whatever form they may have got somewhere."""
from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PASSWORD = "canary feathers 7q unlit"
WRONG_PASSWORD = "another canary 5w hums"
NUMBER, LAST_FOUR = "371449635398431", "8431"
CVC = "0657"  # nothing else has four digits that begin with a zero: no process, no year

_SHORTEST = 6


class Secrets:
    """Things to search for by their name: as they are, and in the ways that programs write things."""

    def __init__(self, **named: str) -> None:
        self._patterns = {name: re.compile(b"|".join(map(re.escape, forms(secret)))) for name, secret in named.items()}
        self._patterns["card number"] = re.compile(b"|".join(re.escape(form) for number in _written(NUMBER)
                                                             for form in forms(number)))
        self._patterns["CVC"] = re.compile(rb"(?<![0-9])" + CVC.encode() + rb"(?![0-9])|" + re.escape(
            CVC.encode("utf-16-le")))

    def found_in(self, data: bytes, *but: str) -> list[str]:
        """The names of those that are in it; some may be."""
        return [name for name, pattern in self._patterns.items() if name not in but and pattern.search(data)]


def forms(secret: str) -> Iterator[bytes]:
    """How a secret may stand in a file: any half of it counts."""
    half = len(secret) // 2
    for part in {secret[:half], secret[half:]} if half >= _SHORTEST else {secret}:
        for written in (part.encode(), part.encode("utf-16-le"), part.encode("utf-16-be")):
            yield written
            # Three characters of base64 are two bytes and a bit: what is certain depends on where it begins.
            for before in range(3):
                encoded = base64.b64encode(b"\0" * before + written)
                yield encoded[(0, 2, 3)[before]:len(encoded) // 4 * 4 - 4]


def _written(number: str) -> Iterator[str]:
    """A card number as people and programs write it, without the last four digits, which may be shown."""
    hidden = number.removesuffix(LAST_FOUR)
    yield hidden
    yield f"{number[:4]} {number[4:10]} {number[10:11]}"
    yield f"{number[:4]} {number[4:8]} {number[8:11]}"
    yield f"{number[:4]}-{number[4:10]}-{number[10:11]}"


def files(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.is_symlink()]


def printable_runs(data: bytes) -> Iterable[bytes]:
    """What `strings` prints."""
    return re.findall(rb"[\x20-\x7e\t]{4,}", data)


def operating_system_commands(painted: bytes) -> list[bytes]:
    """What was sent to the terminal itself: window titles (OSC 0, 1, 2), the clipboard (OSC 52), and their like."""
    return re.findall(rb"\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)", painted)
