"""How a text is understood: which of its words are found as they stand, which inside others, and which nowhere."""
from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from shopkeeper.catalog.words import words

MOST_WORDS = 100  # of a text: FTS5 takes a second over the thousands of a pasted page
MOST_UNKNOWN = 3  # words: who mistyped more of them typed something else

_SHORTEST_INSIDE = 3  # characters: fewer stand in nearly every word


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, understood.

    Attributes:
        text: As it was typed.
        plain: The words that are found as they stand, or not at all.
        begins: The last of them may be the beginning of a word.
        inside: The words that are found inside words of titles only.
        unknown: Which of all its words, by number, are found nowhere; behind the fourth, no word is looked up.
    """

    text: str
    plain: tuple[str, ...]
    begins: bool = True
    inside: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def is_wordless(self) -> bool:
        """Whether something is asked for, but in no word: punctuation, or what cannot be seen. Nothing matches that."""
        return not (self.plain or self.inside or self.text.isspace()) and bool(self.text)


class Words(ABC):
    """The words of all products that shoppers see."""

    @abstractmethod
    def find(self, asked: Asked) -> bool:
        """Whether a product has all that is asked."""

    def has(self, word: str, *, begins: bool) -> bool:
        """Whether any of them is this word, or `begins` with it."""
        return self.find(Asked(word, (word,), begins))

    def has_inside(self, word: str) -> bool:
        """Whether a title has a word in which this one stands."""
        return self.find(Asked(word, (), inside=(word,)))

    def finds(self, text: str) -> bool:
        """Whether the text finds any product."""
        asked = understood(text, self)
        return not asked.unknown and self.find(asked)


def as_it_stands(text: str) -> Asked:
    """A text whose words are all found as they stand."""
    return Asked(text, tuple(words(text)[:MOST_WORDS]))


def understood(text: str, known: Words) -> Asked:
    """A text in this shop."""
    every = words(text)[:MOST_WORDS]
    plain, inside, begins = list[str](), list[str](), False
    unknown: list[int] = []
    for number, word in enumerate(every):
        if len(unknown) > MOST_UNKNOWN:
            break
        is_last = number == len(every) - 1
        if known.has(word, begins=is_last):
            begins = is_last
        elif len(word) >= _SHORTEST_INSIDE and known.has_inside(word):
            inside.append(word)
            continue
        else:
            unknown.append(number)
        plain.append(word)
    return Asked(text, tuple(plain), begins, tuple(inside), tuple(unknown))
