"""Sets as bits: bit n of an array of 64-bit words says whether n is in the set."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
"""A set, or several of the same size, one a row."""

Flags = NDArray[np.bool_]
"""A set as one truth value for each bit."""

Numbers = NDArray[np.int64]
"""A number for each bit, or for each of some."""

Short = NDArray[np.int32] | NDArray[np.int64]
"""Numbers in four bytes each, if all of them fit."""

WORD = 64

_LEAST, _MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def short(numbers: Short) -> Short:
    """The numbers in as few bytes as they fit."""
    fit = not len(numbers) or (numbers.min() >= _LEAST and numbers.max() <= _MOST)
    return numbers.astype(np.int32) if fit else numbers


def empty(words: int) -> Words:
    """The set of nothing."""
    return np.zeros(words, np.uint64)


def packed(flags: Flags) -> Words:
    """The set of where the flags are true; their number is a multiple of 64."""
    return np.packbits(flags, bitorder="little").view(np.uint64)


def flags(bits: Words) -> Flags:
    """A truth value for each bit."""
    return np.unpackbits(bits.view(np.uint8), bitorder="little").view(np.bool_)


def of_members(members: NDArray[Any], words: int) -> Words:
    """The set of these numbers."""
    there = np.zeros(words * WORD, np.bool_)
    there[members] = True
    return packed(there)


def members(bits: Words) -> Numbers:
    """The numbers in the set, ascending."""
    return np.flatnonzero(flags(bits))


def count(bits: Words) -> int:
    """How many are in the set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def counts(sets: Words) -> list[int]:
    """How many are in each of several sets."""
    each: list[int] = np.bitwise_count(sets).sum(axis=-1, dtype=np.int64).tolist()
    return each


def put(bits: Words, at: int, there: bool) -> None:
    """Puts a number into a set, or takes it out."""
    mask = np.uint64(1 << (at % WORD))
    if there:
        bits[at // WORD] |= mask
    else:
        bits[at // WORD] &= ~mask
