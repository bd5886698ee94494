"""The words of the products that shoppers see, asked of the index; `catalog/seen.py` asks the database."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from shopkeeper.catalog.asked import Asked, Words, as_it_stands
from shopkeeper.catalog.index.bits import count
from shopkeeper.catalog.index.index import Index
from shopkeeper.catalog.index.texts import Texts
from shopkeeper.catalog.search import TITLE, TITLE_AND_FACTS


@dataclass
class SeenInIndex(Words):
    """What the index as it is now knows of them; `suggestions.Vocabulary` says it."""

    index: Index
    texts: Texts
    connection: Connection

    def count(self, word: str) -> int:
        anywhere, in_title = (self.texts.having(as_it_stands(word), self.connection, self.index, columns, prefix=False)
                              for columns in (TITLE_AND_FACTS, TITLE))
        return count(anywhere) if in_title.any() or self.texts.is_called(word, self.connection) else 0

    def alike(self, word: str, limit: int, *, begins: bool) -> Iterable[str]:
        alike = self.texts.lexicon.alike(word, limit)
        return alike | self.texts.lexicon.beginning_with(word[0]) if begins else alike

    def find(self, asked: Asked) -> bool:
        return bool(self.texts.having(asked, self.connection, self.index).any())
