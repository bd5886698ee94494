"""Which products have a word, as sets: found by full-text search once, and kept while no text changes."""
from __future__ import annotations

from collections import OrderedDict

import numpy as np
from sqlalchemy import Connection, text

from shopkeeper.catalog.index.bits import Words, of_members
from shopkeeper.catalog.index.index import Index
from shopkeeper.catalog.search import MOST_WORDS, condition
from shopkeeper.catalog.words import words

_MOST = 500  # words that are kept
_FOUND = text("SELECT group_concat(rowid) FROM product_search WHERE product_search MATCH :asked")

_Key = tuple[str, str, bool]

EVERYWHERE, TITLE, TITLE_AND_FACTS = "title facts description", "title", "title facts"


class Texts:
    """The sets of an index, word by word."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Words] = OrderedDict()

    def forget(self) -> None:
        """A text changed."""
        self._kept.clear()

    def having(self, asked: str, connection: Connection, index: Index, columns: str = EVERYWHERE, *,
               prefix: bool = True) -> Words:
        """The products that have every word in one of the columns, the last one as a prefix. There is a word."""
        *whole, last = words(asked)[:MOST_WORDS]
        found = self._of(last, connection, index, columns, prefix)
        for word in dict.fromkeys(whole):
            found = found & self._of(word, connection, index, columns, False)
        return found

    def _of(self, word: str, connection: Connection, index: Index, columns: str, prefix: bool) -> Words:
        key = (word, columns, prefix)
        found = self._kept.get(key)
        if found is None:
            ids = connection.execute(_FOUND, {"asked": condition(word, columns, prefix=prefix)}).scalar_one() or ""
            numbers = np.array(ids.split(",") if ids else [], np.int64)
            found = self._kept[key] = of_members(index.places(numbers), index.shape.product_words)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found
