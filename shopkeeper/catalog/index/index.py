"""The index: what browse needs to know of every product and variant, as arrays.

A product's *place* is the number of its bit. Only products that shoppers see and that come in a variant are in any set.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopkeeper.catalog.index.bits import WORD, Numbers, Short, Words, empty, members, put, short
from shopkeeper.catalog.index.shape import Shape

NOWHERE = -1
NO_OPTION = -1
NOBODY = 0


def no_option(products: int) -> NDArray[np.int8]:
    """The positions of an option that no product has."""
    return np.full(products, NO_OPTION, np.int8)


class Word(NamedTuple):
    """A word that is looked for in that part of the texts (`search.TITLE` …); or all that `begins` so."""

    text: str
    part: str
    begins: bool


class Spoken(NamedTuple):
    """The words of a text, and all beginnings of them."""

    words: frozenset[str]
    beginnings: frozenset[str]


@dataclass(slots=True)
class Line:
    """A product as the index takes it in.

    `options` are positions by attribute id; `variants` have their choices, their price, and whether they can be bought;
    `words` are what it is called; `spoken` are the product's words by the part in which they stand, or `None` if these
    are what they were.
    """

    id: int
    category_id: int
    created: int
    title_hash: int
    options: dict[int, int]
    variants: list[tuple[frozenset[int], int, bool]]
    words: frozenset[str]
    spoken: dict[str, Spoken] | None = None

    def texts(self, part: str, begins: bool) -> frozenset[str]:
        """The product's words in that part, or all beginnings of them."""
        assert self.spoken is not None
        spoken = self.spoken[part]
        return spoken.beginnings if begins else spoken.words


@dataclass(slots=True)
class Index:
    """All of the catalog at one version.

    Attributes:
        version: Of `catalog_change`: what is later is not in it.
        place_of: By product id; `NOWHERE` for those that nobody sees.
        name_rank: By product id how it stands by name; right for all that are on sale.
        ids, category, price_from, created, title_hash: By product place; an id is `NOBODY` where no product stands.
        present: The products that are seen.
        options: By attribute id the products that come in that option.
        positions: By attribute id, at which position each product has that option, or `NO_OPTION`.
        row_of: By choice id the row of `made` and of `made_in`.
        made: For each choice the variants that have it.
        made_in: For each choice the products that have a variant with it.
        word_row: By frequent word the row of `having`; several share one that the same products have.
        having: For each frequent word the products that have it.
        live, purchasable: Sets of variants.
        price: By variant place, in minor units.
        lexicon: What products were called when it was built: see `lexicon.py`.
    """

    shape: Shape
    version: int
    place_of: NDArray[np.int32]
    name_rank: NDArray[np.int32]
    ids: Short
    category: Short
    price_from: Short
    created: Numbers
    title_hash: Numbers
    present: Words
    options: dict[int, Words]
    positions: dict[int, NDArray[np.int8]]
    row_of: dict[int, int]
    made: Words
    made_in: Words
    word_row: dict[Word, int]
    having: Words
    live: Words
    purchasable: Words
    price: Short
    lexicon: NDArray[np.uint8]
    _by_price: Short | None = None
    _orders: dict[str, Numbers] = field(default_factory=dict)
    _words_of: dict[int, set[Word]] = field(default_factory=dict)
    _sought: dict[tuple[str, bool], set[str]] = field(default_factory=dict)

    def place(self, product_id: int) -> int:
        """Where the product stands, or `NOWHERE`."""
        return int(self.place_of[product_id]) if product_id < len(self.place_of) else NOWHERE

    def places(self, product_ids: Numbers) -> Numbers:
        """Where those of these products stand that are seen."""
        found: Numbers = self.place_of[product_ids[product_ids < len(self.place_of)]].astype(np.int64)
        seen: Numbers = found[found != NOWHERE]
        return seen

    def by_price(self) -> Short:
        """The places of all variants that are seen, the cheapest first."""
        if self._by_price is None:
            live = members(self.live)
            self._by_price = short(live[np.argsort(self.price[live])])
        return self._by_price

    def order(self, sort: str) -> Numbers:
        """The places of all products that are seen, in this order."""
        if sort not in self._orders:
            self._orders[sort] = self._ordered(sort)
        return self._orders[sort]

    def _ordered(self, sort: str) -> Numbers:
        if sort == "newest":
            places = members(self.present)
            newest: Numbers = places[np.lexsort((-self.ids[places], -self.created[places]))]
            return newest
        if sort == "name":
            return self._by_name()
        by_name, down = self.order("name"), sort == "-price"
        prices = self.price_from[by_name]
        by_price: Numbers = by_name[np.argsort(-prices if down else prices, kind="stable")]
        return by_price

    def _by_name(self) -> Numbers:
        places = members(self.present)
        at = np.full(len(self.name_rank), NOWHERE, np.int64)
        at[self.name_rank[self.ids[places]]] = places
        by_name: Numbers = at[at != NOWHERE]
        return by_name

    def forget_orders(self) -> None:
        """Products came or went, or have other names or prices."""
        self._by_price = None
        self._orders.clear()

    def choice_row(self, choice_id: int) -> int:
        """The row of a choice; a new one if need be."""
        if choice_id not in self.row_of:
            self.row_of[choice_id] = len(self.row_of)
            self.made = np.vstack([self.made, empty(self.shape.words)])
            self.made_in = np.vstack([self.made_in, empty(self.shape.product_words)])
        return self.row_of[choice_id]

    def change(self, product_id: int, line: Line | None) -> bool:
        """Takes in what a product is now, `None` if it is not on sale; whether there was room for it."""
        place = self.place(product_id)
        if place != NOWHERE:
            self._take_out(product_id, place)
            if line is None or line.spoken is not None:
                self.having[:, place // WORD] &= ~np.uint64(1 << (place % WORD))
        if line is None:
            return True
        if line.category_id > _largest(self.category) or max(price for _, price, _ in line.variants) > _largest(
                self.price):
            return False
        if place == NOWHERE or self.shape.group_of(place).slots < len(line.variants):
            found = self._room_for(len(line.variants))
            if found is None:
                return False
            place = found
        self._put_in(line, place)
        if line.spoken is not None:
            self._note_words(line, place)
        return True

    def _take_out(self, product_id: int, place: int) -> None:
        self.place_of[product_id] = NOWHERE
        self.ids[place] = NOBODY
        for attribute_id, products in self.options.items():
            put(products, place, False)
            self.positions[attribute_id][place] = NO_OPTION
        put(self.present, place, False)
        self.made_in[:, place // WORD] &= ~np.uint64(1 << (place % WORD))
        for at in self.shape.variant_places(place):
            self.made[:, at // WORD] &= ~np.uint64(1 << (at % WORD))
            put(self.live, at, False)
            put(self.purchasable, at, False)

    def _put_in(self, line: Line, place: int) -> None:
        self.place_of[line.id] = place
        self.ids[place], self.category[place], self.created[place] = line.id, line.category_id, line.created
        self.title_hash[place] = line.title_hash
        self.price_from[place] = min(price for _, price, _ in line.variants)
        put(self.present, place, True)
        for attribute_id, position in line.options.items():
            put(self.options.setdefault(attribute_id, empty(self.shape.product_words)), place, True)
            self.positions.setdefault(attribute_id, no_option(len(self.ids)))[place] = position
        for at, (choices, price, can_be_bought) in zip(self.shape.variant_places(place), line.variants, strict=False):
            self.price[at] = price
            put(self.live, at, True)
            put(self.purchasable, at, can_be_bought)
            for row in map(self.choice_row, choices):
                put(self.made[row], at, True)
                put(self.made_in[row], place, True)

    def _note_words(self, line: Line, place: int) -> None:
        if not self._words_of:
            self._sort_words()
        had: dict[int, set[Word]] = {}
        for (part, begins), texts in self._sought.items():
            for text in line.texts(part, begins) & texts:
                word = Word(text, part, begins)
                had.setdefault(self.word_row[word], set()).add(word)
        for row, words in had.items():
            if len(words) < len(self._words_of[row]):  # from now on not the same products have them
                self.having = np.vstack([self.having, self.having[row]])
                self._words_of[row] -= words
                row = len(self.having) - 1
                self._words_of[row] = words
                self.word_row.update(dict.fromkeys(words, row))
            put(self.having[row], place, True)

    def _sort_words(self) -> None:
        for word, row in self.word_row.items():
            self._words_of.setdefault(row, set()).add(word)
            self._sought.setdefault((word.part, word.begins), set()).add(word.text)

    def _room_for(self, variants: int) -> int | None:
        """A place that no product has."""
        for group in self.shape.groups:
            if group.slots >= variants:
                first = group.first_product_word * WORD
                free = np.flatnonzero(self.ids[first : first + group.words * WORD] == NOBODY)
                if len(free):
                    return first + int(free[0])
        return None


def _largest(numbers: Short) -> int:
    return int(np.iinfo(numbers.dtype).max)
