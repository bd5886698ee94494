"""Which products have a word, as sets: found by full-text search once, and kept while no text changes."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, text

from shopkeeper.catalog.asked import Asked
from shopkeeper.catalog.index.bits import Words, empty, numbers_in, of_members
from shopkeeper.catalog.index.index import Index, Word
from shopkeeper.catalog.index.lexicon import Lexicon
from shopkeeper.catalog.search import EVERYWHERE, TITLE, any_of, condition
from shopkeeper.catalog.seen import is_called

_MOST = 500  # words that are kept
_FOUND = text("SELECT group_concat(rowid) FROM product_search WHERE product_search MATCH :asked")

_INSIDE = "inside a word of the title"


def found(word: Word, connection: Connection, index: Index) -> Words:
    """The products that have the word, by full-text search."""
    return _matching(condition(word.text, word.part, prefix=word.begins), connection, index)


def _matching(asked: str, connection: Connection, index: Index) -> Words:
    ids = numbers_in(connection.execute(_FOUND, {"asked": asked}).scalar_one())
    return of_members(index.places(ids), index.shape.product_words)


class Texts:
    """The sets of an index, word by word."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._kept: OrderedDict[Word, Words] = OrderedDict()
        self._called: dict[str, bool] = {}

    def forget(self) -> None:
        """A text changed, or a name."""
        self._kept.clear()
        self._called.clear()

    def having(self, asked: Asked, connection: Connection, index: Index, part: str = EVERYWHERE, *,
               prefix: bool = True) -> Words:
        """The products that have every word in that part of them; without `prefix`, the last one as it stands."""
        if asked.is_wordless:
            return empty(index.shape.product_words)
        having = index.present
        for number, each in enumerate(asked.plain, start=1):
            begins = prefix and asked.begins and number == len(asked.plain)
            having = having & self._of(Word(each, part, begins), connection, index)
        for each in asked.inside:
            having = having & self._inside(each, connection, index)
        return having

    def is_called(self, word: str, connection: Connection) -> bool:
        """Whether a product has the word in its facts, and not only in a SKU."""
        if word not in self._called:
            self._called[word] = is_called(connection, word)
        return self._called[word]

    def _of(self, word: Word, connection: Connection, index: Index) -> Words:
        if word in index.word_row:
            having: Words = index.having[index.word_row[word]]
            return having
        return self._once(word, lambda: found(word, connection, index))

    def _inside(self, part: str, connection: Connection, index: Index) -> Words:
        """The products with this inside a word of their title."""
        return self._once(Word(part, _INSIDE, False), lambda: self._any_of(
            self.lexicon.with_inside(part), connection, index))

    def _any_of(self, words: Iterable[str], connection: Connection, index: Index) -> Words:
        having, rare = empty(index.shape.product_words), []
        for each in words:
            row = index.word_row.get(Word(each, TITLE, False))
            if row is None:
                rare.append(each)
            else:
                having |= index.having[row]
        for asked in any_of(rare, TITLE):
            having |= _matching(asked, connection, index)
        return having

    def _once(self, word: Word, look_up: Callable[[], Words]) -> Words:
        if word in self._kept:
            self._kept.move_to_end(word)
        else:
            self._kept[word] = look_up()
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return self._kept[word]
