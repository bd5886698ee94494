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

_RUN = 20_000
"""Numbers that are looked at together: where many are in a set, its first ones are soon found."""

_LEAST, _MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def short(numbers: Short) -> Short:
    """The numbers in as few bytes as they fit."""
    fit = not len(numbers) or (numbers.min() >= _LEAST and numbers.max() <= _MOST)
    return numbers.astype(np.int32) if fit else numbers


def numbers_in(text: str | None) -> Numbers:
    """The whole numbers of a list such as SQLite's `group_concat` makes."""
    # Ten times as fast as to split the text first.
    return np.fromstring(text, np.int64, sep=",") if text else np.empty(0, np.int64)


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


def has(bits: Words, numbers: Numbers) -> Flags:
    """Whether each of these numbers is in the set."""
    there: Flags = (bits[numbers // WORD] >> (numbers % WORD).astype(np.uint64) & np.uint64(1)).astype(np.bool_)
    return there


def in_order(bits: Words, order: Short, begin: int, end: int) -> Short:
    """Of the numbers in the set, in this order, those from position `begin` to before `end`."""
    there, before = flags(bits), 0
    found: list[NDArray[Any]] = [order[:0]]
    for at in range(0, len(order), _RUN):
        run = order[at : at + _RUN]
        some = run[there[run]]
        found.append(some[max(0, begin - before) : max(0, end - before)])
        before += len(some)
        if before >= end:
            break
    all_found: Short = np.concatenate(found)
    return all_found


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
