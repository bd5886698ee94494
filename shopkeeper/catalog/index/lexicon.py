"""What products are called, for words that none of them has: which words have a part inside, and which are nearly so.

A word stays in it once its last product is gone: whoever asks looks for products that have it.
"""
from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shopkeeper.catalog.index.bits import Numbers, Words

_LETTERS = 64  # letters whose numbers differ by this are taken for the same


def as_array(words: Iterable[str]) -> NDArray[np.uint8]:
    """The words as `Lexicon` takes them."""
    return np.frombuffer("\n".join(sorted(words)).encode(), np.uint8)


class Lexicon:
    """The words that an index was built with, sorted, and those that came later. Read when first asked."""

    def __init__(self, kept: NDArray[np.uint8]) -> None:
        self._kept = kept
        self._later: set[str] = set()

    def add(self, words: Iterable[str]) -> None:
        """Products came to be called so."""
        self._later.update(words)

    def with_inside(self, part: str) -> set[str]:
        """The words in which this stands."""
        found, at = {word for word in self._later if part in word}, self._text.find(part)
        while at >= 0:
            end = self._text.find("\n", at)
            found.add(self._text[self._text.rfind("\n", 0, at) + 1 : end])
            at = self._text.find(part, end)
        return found

    def alike(self, word: str, limit: int) -> set[str]:
        """At least the words within this distance of one."""
        # A letter that is another one changes two bits; one too many or too few a bit and the length.
        differ = np.bitwise_count(self._letters ^ _letters_of(word)) <= 2 * limit
        near = np.flatnonzero(differ & (abs(self._lengths - len(word)) <= limit))
        places = zip(self._begins[near].tolist(), self._lengths[near].tolist(), strict=True)
        return self._later.union(self._text[begin : begin + length] for begin, length in places)

    def beginning_with(self, letter: str) -> set[str]:
        """At least the words that begin with it."""
        begin, last = (look("\n" + letter) for look in (self._text.find, self._text.rfind))
        return self._later.union(self._text[begin : self._text.find("\n", last + 1)].split() if last >= 0 else ())

    @cached_property
    def _text(self) -> str:
        """The words of the beginning, each between line ends."""
        return f"\n{self._kept.tobytes().decode()}\n"

    @cached_property
    def _characters(self) -> NDArray[np.uint32]:
        return np.frombuffer(self._text.encode("utf-32-le"), np.uint32)

    @cached_property
    def _begins(self) -> Numbers:
        return np.flatnonzero(self._characters == ord("\n"))[:-1] + 1

    @cached_property
    def _lengths(self) -> Numbers:
        return np.diff(self._begins, append=len(self._text)) - 1

    @cached_property
    def _letters(self) -> Words:
        """For each word the set of its letters."""
        bits = np.uint64(1) << (self._characters % _LETTERS).astype(np.uint64)
        bits[self._characters == ord("\n")] = 0
        return np.bitwise_or.reduceat(bits, self._begins)


def _letters_of(word: str) -> np.uint64:
    return np.uint64(sum({1 << ord(letter) % _LETTERS for letter in word}))
