"""The words that very many products have, looked up before anybody asks: so no key on a keyboard waits for them.

What few products have is found in a millisecond when it is asked for; a quarter of a million products take two frames.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection, text

from shopkeeper.catalog.index.bits import count
from shopkeeper.catalog.index.index import Index, Word
from shopkeeper.catalog.index.texts import found
from shopkeeper.catalog.search import EVERYWHERE, TITLE, TITLE_AND_FACTS

_FEW = 4_000  # products: so many are found soon enough
_MANY = 8  # one product in so many has a word that is frequent

_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, product_search, row)"
_WORDS = text("SELECT term FROM vocabulary WHERE doc >= :least")
_BEGINNINGS = text("SELECT substr(term, 1, 4), sum(doc) FROM vocabulary GROUP BY 1")  # longer: of frequent words only
_NEXT_TWO = text("SELECT term FROM vocabulary WHERE term >= :begin LIMIT 2")


def look_up(index: Index, connection: Connection, go_on: Callable[[], None]) -> None:
    """Notes which products have each frequent word, and each beginning of words that is."""
    connection.exec_driver_sql(_VOCABULARY)
    least = max(_FEW, count(index.present) // _MANY)
    frequent = list(connection.execute(_WORDS, {"least": least}).scalars())
    beginnings = {each: _only_word(connection, each) for each in _beginnings(connection, frequent, least)}
    sets: dict[bytes, int] = {}
    for part in (TITLE, TITLE_AND_FACTS, EVERYWHERE):
        words = [Word(each, part, False) for each in frequent]
        for word in [*words, *(Word(each, part, True) for each, only in beginnings.items() if only not in frequent)]:
            go_on()
            index.word_row[word] = sets.setdefault(found(word, connection, index).tobytes(), len(sets))
        for each, only in beginnings.items():
            if only is not None and only in frequent:
                index.word_row[Word(each, part, True)] = index.word_row[Word(only, part, False)]
    index.having = np.frombuffer(b"".join(sets), np.uint64).reshape(len(sets), index.shape.product_words).copy()


def _beginnings(connection: Connection, frequent: list[str], least: int) -> set[str]:
    products: Counter[str] = Counter()
    for letters, number in connection.execute(_BEGINNINGS):
        products.update(dict.fromkeys((letters[:end] for end in range(1, len(letters) + 1)), number))
    many = {letters for letters, number in products.items() if number >= least}
    return many.union(word[:end] for word in frequent for end in range(1, len(word) + 1))


def _only_word(connection: Connection, beginning: str) -> str | None:
    """The word that begins so, if there is but one."""
    first, *second = connection.execute(_NEXT_TWO, {"begin": beginning}).scalars()
    return None if second and second[0].startswith(beginning) else str(first)
