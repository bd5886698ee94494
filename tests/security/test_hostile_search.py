"""Search takes any string."""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import chain, islice

import pytest

from shopkeeper import Query, Shop
from shopkeeper.catalog.search import condition
from shopkeeper.catalog.words import words
from tests.factories import add_product
from tests.security import hostile

MANY = 100_000
SYNTAX = ('"', "'", "*", "^", ":", "(", ")", "{", "}", "+", "-", ",", ";", "%", "_", "\\", "\0", "AND", "OR", "NOT",
          "NEAR", "NEAR(", ",2)",
          "title", "facts", "rowid", " ", "\n", "mug", "Ø", "日", "e\u0301", "\ud800", "👨\u200d👩")


def queries(count: int) -> Iterator[str]:
    """The hostile strings, pieces of FTS5's syntax put together by chance, and noise out of all of Unicode."""
    chance = random.Random(52)

    def by_chance() -> Iterator[str]:
        while True:
            yield "".join(chance.choices(SYNTAX, k=chance.randint(1, 8)))
            yield chance.choice(hostile.ALL) + chance.choice(SYNTAX) + chance.choice(hostile.ALL)
            yield "".join(map(chr, chance.choices(range(0x110000), k=chance.randint(1, 12))))
            yield "".join(map(chr, chance.choices(range(0x250), k=chance.randint(1, 20))))

    return islice(chain(hostile.ALL, by_chance()), count)


def test_a_hundred_thousand_queries_are_no_syntax(shop: Shop, tried: Callable[[str, int], None]) -> None:
    """What browse asks FTS5 for any text: of all that it does, only this and the words depend on the text."""
    add_product(shop)
    asked = 0
    with shop._database.read() as connection:
        for text in queries(MANY):
            asked += 1
            if words(text):
                match = "SELECT rowid FROM product_search WHERE product_search MATCH ?"
                connection.exec_driver_sql(match, (condition(text, prefix=bool(asked % 2)),)).all()
    tried("queries to FTS5", asked)
    assert asked == MANY


def test_any_string_can_be_searched_for(shop: Shop, tried: Callable[[str, int], None]) -> None:
    add_product(shop)
    tried("hostile searches", search_all(shop, 1000))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_hundred_thousand_strings_can_be_searched_for(shop: Shop, tried: Callable[[str, int], None]) -> None:
    add_product(shop)
    tried("hostile searches", search_all(shop, MANY))


def search_all(shop: Shop, count: int) -> int:
    found = 0
    for text in queries(count):
        page = shop.catalog.browse(Query(text=text))
        assert page.total in {0, 1}
        if page.total and words(text):
            assert page.products[0].title == "Plain Mug"
            found += 1
    assert found  # some of it finds the mug
    return count


def test_hostile_products_are_found_by_their_own_names(shop: Shop) -> None:
    title = 'NEAR("mug" OR title:x) -- \'; DROP'
    add_product(shop, title, handle="near")
    for text in (title, "near(", "MUG\" or", "title:x -- '"):
        assert [card.title for card in shop.catalog.browse(Query(text=text)).products] == [title]
