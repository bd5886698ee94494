"""What browse says, read off the shelf in plain Python: the rule of `browse.py`, as slow and as simple as can be."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product

from shopkeeper.catalog.model import BrowsePage, Category, Query
from shopkeeper.money import Money
from tests.properties.shelves import LABELS, PLAIN, SLUGS
from tests.shelf import Item, Piece


@dataclass(frozen=True)
class Reading:
    """The rule, read off the items one by one; the first has id 1."""

    items: Sequence[Item]

    def result(self, query: Query) -> list[int]:
        """The ids of the products that match, in order."""
        found = [id_ for id_ in self._in_scope(query) if any(_fits(piece, query) for piece in self._pieces(id_))]
        return sorted(found, key=lambda id_: self._sort_key(id_, query))

    def facets(self, query: Query) -> list[tuple[str, list[tuple[str, int, bool]]]]:
        """Code, and of each label how large the result with it alone is and whether it is chosen."""
        scope = self._in_scope(query)
        made = {code: {id_ for id_ in scope if any(code in piece.options for piece in self._pieces(id_))}
                for code in LABELS}
        return [(code, self._values(code, query)) for code in sorted(made, key=lambda code: (-len(made[code]), code))
                if made[code]]

    def _values(self, code: str, query: Query) -> list[tuple[str, int, bool]]:
        others = {each: labels for each, labels in query.options.items() if each.lower() != code}
        chosen = {label.lower() for each, labels in query.options.items() if each.lower() == code for label in labels}
        here = {piece.options.get(code) for id_ in self._in_scope(query) for piece in self._pieces(id_)}
        return [(label, len(self.result(replace(query, options={**others, code: {label}}))), label.lower() in chosen)
                for label in LABELS[code] if label in here]

    def categories(self, query: Query) -> dict[str, int]:
        counts = {slug: len(self.result(replace(query, category=slug))) for slug in SLUGS if slug}
        return {slug: count for slug, count in counts.items() if count}

    def price_range(self, query: Query) -> tuple[int | None, int | None]:
        free = replace(query, price_min=None, price_max=None)
        prices = [piece.price for id_ in self._in_scope(query) for piece in self._pieces(id_) if _fits(piece, free)]
        return min(prices, default=None), max(prices, default=None)

    def _pieces(self, id_: int) -> list[Piece]:
        return [piece for piece in self.items[id_ - 1].pieces if not piece.archived]

    def _in_scope(self, query: Query) -> list[int]:
        return [
            id_ for id_, item in enumerate(self.items, start=1)
            if self._seen(id_) and self._tier(id_, query) is not None
            and (query.category is None or f"{item.category}/".startswith(f"{query.category}/"))
        ]

    def suggestions(self, query: Query) -> tuple[str, ...]:
        """Texts that find something, with near words in place of those that are found nowhere."""
        wanted = self._wanted(query)
        near = [self._near(word, is_last=at == len(wanted) - 1) if self._is_unknown(word, at == len(wanted) - 1)
                else [(0, word)] for at, word in enumerate(wanted)]
        texts = [" ".join(word for _, word in chosen) for chosen in sorted(product(*near), key=lambda chosen: sum(
            slips for slips, _ in chosen))]
        found = tuple(text for text in texts[:10] if self.result(Query(text)))
        return found[:3] if " ".join(wanted) not in texts else ()

    def _is_unknown(self, word: str, is_last: bool) -> bool:
        titles = [each for id_, (title, *_) in self._words.items() if self._seen(id_) for each in title]
        return not self._has(word, begins=is_last) and (len(word) < 3 or all(word not in each for each in titles))

    def _near(self, word: str, *, is_last: bool) -> list[tuple[int, str]]:
        called = [set(facts) for id_, (_, facts, _) in self._words.items() if self._seen(id_)]
        found = []
        for other in set().union(*called) if len(word) >= 3 else ():
            ways = [(slips(word, other), False)]
            if is_last and len(word) >= 4 and word[0] == other[0]:
                ways += [(1, True) for more in (-1, 0, 1) if slips(word, other[: len(word) + more]) <= 1]
            distance, begun = min(ways)
            if distance <= (1 if len(word) < 5 else 2):
                found.append((distance, begun, -sum(other in words for words in called), other))
        return [(distance, other) for distance, _, _, other in sorted(found)[:3]]

    def _wanted(self, query: Query) -> list[str]:
        return [word.strip("(").lower() for word in query.text.split() if word != "*"]

    def _tier(self, id_: int, query: Query) -> int | None:
        wanted = self._wanted(query)
        if not wanted:
            return None if query.text.strip() else 0
        whole, start = [word for word in wanted[:-1] if self._has(word)], wanted[-1]
        inside = [word for word in wanted[:-1] if not self._has(word)]
        if not self._has(start, begins=True):
            inside, start = [*inside, start], ""
        title, facts, everything = self._words[id_]
        if any(len(part) < 3 or all(part not in word for word in title) for part in inside):
            return None
        if {*whole, start} - {""} <= set(title):
            return 0 if list(dict.fromkeys(wanted)) == list(dict.fromkeys(title)) else 1
        for tier, words in ((2, title), (3, facts), (4, everything)):
            if set(whole) <= set(words) and any(word.startswith(start) for word in words):
                return tier
        return None

    def _has(self, wanted: str, *, begins: bool = False) -> bool:
        """Whether any product that shoppers see has the word, or one that begins so."""
        return any(word.startswith(wanted) if begins else word == wanted
                   for id_, (*_, everything) in self._words.items() if self._seen(id_) for word in everything)

    def _seen(self, id_: int) -> bool:
        return self.items[id_ - 1].live and bool(self._pieces(id_))

    @cached_property
    def _words(self) -> dict[int, tuple[list[str], list[str], list[str]]]:
        """Of each product the words of its title, with these its facts, and with these its description."""
        found = {}
        for id_, item in enumerate(self.items, start=1):
            labels = [label for piece in self._pieces(id_) for label in piece.options.values()]
            title = _plain(item.title)
            facts = title + _plain(" ".join([item.vendor, *item.category.split("/"), *item.tags, *labels]))
            found[id_] = (title, facts, facts + _plain(item.description))
        return found

    def _sort_key(self, id_: int, query: Query) -> tuple[object, ...]:
        item = self.items[id_ - 1]
        price = min(piece.price for piece in self._pieces(id_))
        title = " ".join(item.title.lower().replace("è", "e").replace("ß", "ss").replace("å", "a").split())
        return {
            "relevance": (self._tier(id_, query), title, id_), "name": (title, id_), "price": (price, title, id_),
            "-price": (-price, title, id_), "newest": (-item.created, -id_),
        }[query.sort]


def assert_says(page: BrowsePage, reading: Reading, query: Query) -> None:
    """The page, which holds all of the result, says what the rule says."""
    assert [card.id for card in page.products] == reading.result(query)
    assert page.total == len(page.products)
    assert page.in_stock_count == len(reading.result(replace(query, in_stock=True)))
    assert (_minor(page.price_low), _minor(page.price_high)) == reading.price_range(query)
    assert [(facet.code, [(value.label, value.count, value.selected) for value in facet.values])
            for facet in page.facets] == reading.facets(query)
    assert _counts(page.categories) == reading.categories(query)
    assert page.suggestions == reading.suggestions(query)


def _counts(categories: Sequence[Category]) -> Mapping[str, int]:
    return {slug: count for each in categories
            for slug, count in [(each.slug, each.count), *_counts(each.children).items()]}


def _minor(price: Money | None) -> int | None:
    return None if price is None else price.minor


def _fits(piece: Piece, query: Query) -> bool:
    wanted: dict[str, set[str]] = {}
    for code, labels in query.options.items():
        wanted.setdefault(code.lower(), set()).update(label.lower() for label in labels)
    return (
        all(piece.options.get(code, "").lower() in labels for code, labels in wanted.items() if labels)
        and (query.price_min is None or piece.price >= query.price_min.minor)
        and (query.price_max is None or piece.price <= query.price_max.minor)
        and not (query.in_stock and piece.on_hand == 0)
    )


def _plain(text: str) -> list[str]:
    return [PLAIN[word] for word in text.split()]


@cache
def slips(one: str, other: str) -> int:
    """How many letters are too many, too few, other ones, or swapped with the next."""
    if not one or not other:
        return len(one) + len(other)
    ways = [slips(one[1:], other[1:]) + (one[0] != other[0]), slips(one[1:], other) + 1, slips(one, other[1:]) + 1]
    if len(one) > 1 and one[:2] == other[1::-1]:
        ways.append(slips(one[2:], other[2:]) + 1)
    return min(ways)
