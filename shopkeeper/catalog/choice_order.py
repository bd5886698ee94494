"""The order people expect of choices that nobody put in order: S M L, 9 before 10, 100 g before 1 kg."""
from __future__ import annotations

import re

from shopkeeper.text import fold

SortKey = tuple[object, ...]
"""Compares with the keys of other labels; the folded label is its last part, so no two labels are equal."""

_SIZE = re.compile(r"((?P<times>[0-9]+)?x|(?P<many>x*))(?P<base>s|m|l|small|medium|large)")
_MEASURE = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*(\"|[a-z]*)")
_DIGITS = re.compile(r"([0-9]+(?:\.[0-9]+)?)")

# How many of the smallest unit of its kind: millimeters, grams, milliliters, watts, megabytes.
_UNITS = {
    "mm": 1.0, "cm": 10.0, "m": 1000.0, '"': 25.4, "in": 25.4, "inch": 25.4, "inches": 25.4, "ft": 304.8,
    "mg": 0.001, "g": 1.0, "kg": 1000.0, "oz": 28.35, "lb": 453.6, "lbs": 453.6,
    "ml": 1.0, "cl": 10.0, "l": 1000.0, "w": 1.0, "kw": 1000.0, "mb": 1.0, "gb": 1000.0, "tb": 1e6,
}


def natural(label: str) -> SortKey:
    """Sizes by the ladder come first, then what begins with a number by its measure, then words."""
    folded = fold(label)
    size = _ladder(folded)
    if size is not None:
        return (0, size, folded)
    measure = _MEASURE.match(folded)
    if measure:
        amount = float(measure[1].replace(",", ".")) * _UNITS.get(measure[2], 1.0)
        return (1, amount, _parts(folded[measure.end():]), folded)
    return (2, _parts(folded), folded)


def _ladder(folded: str) -> float | None:
    """Where a size stands: M is 0, L 1, XL 2, S -1; S/M stands halfway. `None` for what is no such size."""
    first, _, second = folded.partition("/")
    ranks = [_rank(part) for part in (first, second) if part]
    if not ranks or None in ranks:
        return None
    return sum(rank for rank in ranks if rank is not None) / len(ranks)


def _rank(word: str) -> int | None:
    size = _SIZE.fullmatch(re.sub(r"[\s-]", "", word).replace("extra", "x"))
    if not size:
        return None
    extra = int(size["times"] or 1) if size["many"] is None else len(size["many"])
    return {"s": -1 - extra, "m": 0, "l": 1 + extra}[size["base"][0]]


def _parts(text: str) -> tuple[str | float, ...]:
    """Words and numbers by turns, so that EU 9 stands before EU 10."""
    return tuple(float(part) if i % 2 else part for i, part in enumerate(_DIGITS.split(text)))
