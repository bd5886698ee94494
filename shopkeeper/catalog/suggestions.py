"""“Did you mean …”: texts that find something, in place of one with words that are found nowhere."""
from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, islice, product
from operator import itemgetter
from typing import Protocol

from shopkeeper.catalog.asked import MOST_UNKNOWN, MOST_WORDS, Asked
from shopkeeper.catalog.words import words

_MOST = 3  # texts, and words in place of one
_LENGTHS = range(3, 41)  # of a word that may be mistyped
_LONG = 5  # letters: from here on two of them may be wrong
_SHORTEST_BEGUN = 4  # letters: fewer begin like anything
_LOOKED_AT, _TRIED = 50, 10  # words that are near one, and texts that are made of them


class Vocabulary(Protocol):
    """What products that shoppers see are called: words of titles, vendors, types, categories, tags, option labels."""

    def alike(self, word: str, limit: int, *, begins: bool) -> Iterable[str]:
        """At least all words within this distance; if it `begins` a word, all that have its first letter, too.

        There may be others among them that no product has: their `count` is 0.
        """

    def count(self, word: str) -> int:
        """How many products have this word in what they are called."""

    def finds(self, text: str) -> bool:
        """Whether the text finds any product."""


def suggestions(asked: Asked, vocabulary: Vocabulary) -> tuple[str, ...]:
    """At most three texts that find something, with the nearest words in place of those that are found nowhere.

    Near is what takes one slip (a letter too many, too few, another one, or two swapped) in short words, two from five
    letters on. The last word may be half typed. Of those equally near, what most products have comes first.
    """
    every = words(asked.text)[:MOST_WORDS]
    if len(asked.unknown) > MOST_UNKNOWN:
        return ()
    near = [_near(every[number], vocabulary, begins=number == len(every) - 1) for number in asked.unknown]
    texts = []
    for chosen in sorted(product(*near), key=lambda slips: sum(distance for distance, _ in slips))[:_TRIED]:
        instead = dict(zip(asked.unknown, (word for _, word in chosen), strict=True))
        texts.append(" ".join(instead.get(number, word) for number, word in enumerate(every)))
    return tuple(islice(filter(vocabulary.finds, texts), _MOST))


def _near(word: str, vocabulary: Vocabulary, *, begins: bool) -> list[tuple[int, str]]:
    """The nearest words with their distances, the best first."""
    if len(word) not in _LENGTHS:
        return []
    limit = 1 if len(word) < _LONG else 2
    alike = sorted(vocabulary.alike(word, limit, begins=begins))
    near = {each: (distance, False) for each, distance in _within(word, alike, limit)}
    if begins and len(word) >= _SHORTEST_BEGUN:
        for each in _begun(word, alike):
            near[each] = min((1, True), near.get(each, (1, True)))
    nearest = sorted((slips, each) for each, slips in near.items())[:_LOOKED_AT]
    best: list[tuple[int, str]] = []
    for (distance, _), equals in groupby(nearest, key=itemgetter(0)):
        if len(best) < _MOST:  # counting is what takes long
            counted = sorted((-vocabulary.count(each), each) for _, each in equals)
            best += [(distance, each) for fewer, each in counted if fewer]
    return best[:_MOST]


def _begun(word: str, alike: Iterable[str]) -> list[str]:
    """The words that begin as this one does, but for one slip behind the first letter."""
    same = [each for each in alike if each[0] == word[0]]
    starts = {each[: len(word) + more] for each in same for more in (-1, 0, 1)}
    near = tuple(start for start, _ in _within(word, sorted(starts), 1))
    return [each for each in same if each.startswith(near)]


def _within(word: str, others: Iterable[str], limit: int) -> list[tuple[str, int]]:
    from rapidfuzz.distance import OSA

    distances = ((each, OSA.distance(word, each, score_cutoff=limit)) for each in others)
    return [(each, distance) for each, distance in distances if distance <= limit]
