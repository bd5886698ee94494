"""Which products have a word, as sets: found by full-text search once, and kept while no text changes."""
from __future__ import annotations

from collections import OrderedDict

import numpy as np
from sqlalchemy import Connection, text

from shopkeeper.catalog.index.bits import Words, of_members
from shopkeeper.catalog.index.index import Index, Word
from shopkeeper.catalog.search import EVERYWHERE, MOST_WORDS, condition
from shopkeeper.catalog.words import words

_MOST = 500  # words that are kept
_FOUND = text("SELECT group_concat(rowid) FROM product_search WHERE product_search MATCH :asked")


def found(word: Word, connection: Connection, index: Index) -> Words:
    """The products that have the word, by full-text search."""
    asked = condition(word.text, word.part, prefix=word.begins)
    ids = connection.execute(_FOUND, {"asked": asked}).scalar_one()
    # Ten times as fast as to split the text first.
    numbers = np.fromstring(ids, np.int64, sep=",") if ids else np.empty(0, np.int64)
    return of_members(index.places(numbers), index.shape.product_words)


class Texts:
    """The sets of an index, word by word."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Word, Words] = OrderedDict()

    def forget(self) -> None:
        """A text changed."""
        self._kept.clear()

    def having(self, asked: str, connection: Connection, index: Index, part: str = EVERYWHERE, *,
               prefix: bool = True) -> Words:
        """The products that have every word in that part of them, the last one as a prefix. There is a word."""
        *whole, last = words(asked)[:MOST_WORDS]
        having = self._of(Word(last, part, prefix), connection, index)
        for each in dict.fromkeys(whole):
            having = having & self._of(Word(each, part, False), connection, index)
        return having

    def _of(self, word: Word, connection: Connection, index: Index) -> Words:
        if word in index.word_row:
            having: Words = index.having[index.word_row[word]]
            return having
        if word in self._kept:
            self._kept.move_to_end(word)
        else:
            self._kept[word] = found(word, connection, index)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return self._kept[word]
