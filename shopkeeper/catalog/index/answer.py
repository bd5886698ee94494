"""What the index answers to a query: the rule of `browse.py`, read off sets.

Each filter is a set of variants, and what satisfies all of them at once is their AND. To take a filter away means to
leave its set out.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select, tuple_

from shopkeeper.catalog.asked import Asked, understood
from shopkeeper.catalog.availability import live_product
from shopkeeper.catalog.cursors import Begin, SortKey
from shopkeeper.catalog.facets import Outline
from shopkeeper.catalog.index.bits import Flags, Numbers, Short, Words, count, counts, empty, flags, members, packed
from shopkeeper.catalog.index.build import title_hash
from shopkeeper.catalog.index.index import NOWHERE, Index
from shopkeeper.catalog.index.seen import SeenInIndex
from shopkeeper.catalog.index.texts import Texts
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.search import EVERYWHERE, TITLE, TITLE_AND_FACTS, tokens
from shopkeeper.catalog.tables import product
from shopkeeper.database.types import Int

_AT_ONCE = 16  # choices whose variants are looked at together: more do not stay near the processor

_FEW = 20_000  # variants: so many are looked at one by one

_AFTER = select(product.c.id).where(live_product).order_by(product.c.title_key, product.c.id)
_KEY = select(product.c.title_key).where(product.c.id == bindparam("id", type_=Int))


@dataclass
class Answer:
    """What one query finds in the index as it is now.

    Attributes:
        wanted: By attribute id the ids of the choices of which a variant must have one.
        impossible: An option is wanted that this shop does not know.
        categories: The ids of the wanted category and all below it; `None`: any.
    """

    index: Index
    texts: Texts
    connection: Connection
    query: Query
    wanted: Mapping[int, Set[int]]
    impossible: bool
    categories: Collection[int] | None

    # Sets of products

    @cached_property
    def asked(self) -> Asked:
        """The text, as it is understood."""
        return understood(self.query.text, self.seen)

    @property
    def seen(self) -> SeenInIndex:
        """The words that there are."""
        return SeenInIndex(self.index, self.texts, self.connection)

    def _having(self, part: str = EVERYWHERE, *, prefix: bool = True) -> Words:
        return self.texts.having(self.asked, self.connection, self.index, part, prefix=prefix)

    @cached_property
    def scope(self) -> Words:
        """The products that the text finds."""
        return self._having()

    @cached_property
    def here(self) -> Words:
        """Those of them in the category."""
        if self.categories is None:
            return self.scope
        wanted = np.zeros(1 + max(0, int(self.index.category.max()), *self.categories), np.bool_)
        wanted[list(self.categories)] = True
        return self.scope & packed(wanted[self.index.category])

    @cached_property
    def wider(self) -> Words:
        """The products that match, whatever category they are in."""
        return self.index.shape.products_with(self.fitting()) & self.scope

    @cached_property
    def found(self) -> Words:
        """The products that match."""
        return self.wider & self.here

    # Sets of variants

    def fitting(self, *, but: int | str | None = None) -> Words:
        """The variants that satisfy every filter; `but` one, an option by its attribute's id or `price`, left out."""
        fitting = self.index.live
        for name, variants in self._filters.items():
            if name != but:
                fitting = fitting & variants
        return fitting

    @cached_property
    def _filters(self) -> dict[int | str, Words]:
        filters: dict[int | str, Words] = {}
        if self.impossible:
            filters["impossible"] = empty(self.index.shape.words)
        for attribute_id, choices in self.wanted.items():
            rows = [self.index.row_of[id_] for id_ in choices if id_ in self.index.row_of]
            filters[attribute_id] = np.bitwise_or.reduce(self.index.made[rows], axis=0)
        if self.query.in_stock:
            filters["stock"] = self.index.purchasable
        if self.query.price_min is not None or self.query.price_max is not None:
            filters["price"] = self._in_price_range()
        return filters

    def _in_price_range(self) -> Words:
        fits = np.ones(len(self.index.price), np.bool_)
        if self.query.price_min is not None:
            fits &= self.index.price >= self.query.price_min.minor
        if self.query.price_max is not None:
            fits &= self.index.price <= self.query.price_max.minor
        return packed(fits)

    # As a whole

    def outline(self) -> Outline:
        """How large the result is, and how large it would be."""
        total = count(self.found)
        in_stock = total if self.query.in_stock else count(
            self.index.shape.products_with(self.fitting() & self.index.purchasable) & self.here)
        low, high = self._prices()
        in_each = np.bincount(self.index.category[members(self.wider)])
        return Outline(total, in_stock, low, high, {
            int(id_) or None: int(in_each[id_]) for id_ in np.flatnonzero(in_each)})

    def _prices(self) -> tuple[int | None, int | None]:
        fitting = self.fitting(but="price") & self.index.shape.variants_of(self.here)
        if count(fitting) < _FEW:
            prices = self.index.price[members(fitting)]
            return (int(prices.min()), int(prices.max())) if len(prices) else (None, None)
        there, by_price = flags(fitting), self.index.by_price()
        return self._price_of_first(there, by_price), self._price_of_first(there, by_price[::-1])

    def _price_of_first(self, there: Flags, order: Short) -> int:
        """Of the variants in the set, the price of the first in this order. Where there are many, it is soon found."""
        for begin in range(0, len(order), _FEW):
            run = order[begin : begin + _FEW]
            found = np.flatnonzero(there[run])
            if len(found):
                return int(self.index.price[run[found[0]]])
        raise AssertionError("not one of them is for sale")

    def spread(self) -> dict[int, int]:
        """How many products here come in each option, by attribute id, whatever is chosen."""
        return {attribute_id: count(products & self.here) for attribute_id, products in self.index.options.items()}

    def is_offered(self, choice_id: int) -> bool:
        """Whether any product here is made in the choice."""
        return choice_id in self.index.row_of and self._there[self.index.row_of[choice_id]] > 0

    @cached_property
    def _there(self) -> list[int]:
        """By row of the choices, how many products here are made in it."""
        return counts(self.index.made_in & self.here)

    def sizes(self, offered: Mapping[int, Sequence[int]]) -> dict[int, int]:
        """How large the result would be with each of these choices, by attribute, as the only one of its option."""
        chosen = [id_ for id_ in offered if id_ in self._filters]
        others = [choice_id for id_, choices in offered.items() if id_ not in chosen for choice_id in choices]
        sizes = self._sizes(others, None)
        for id_ in chosen:
            sizes |= self._sizes(offered[id_], id_)
        return sizes

    def _sizes(self, choices: Sequence[int], but: int | None) -> dict[int, int]:
        """The same for these, with the filter `but` left out."""
        rows = [self.index.row_of[id_] for id_ in choices]
        if not set(self._filters) - {but}:
            return {id_: self._there[row] for id_, row in zip(choices, rows, strict=True)}
        fitting = self.fitting(but=but)
        at_once = np.empty((_AT_ONCE, len(fitting)), np.uint64)
        sizes: list[int] = []
        for begin in range(0, len(rows), _AT_ONCE):
            some = rows[begin : begin + _AT_ONCE]
            for row, variants in zip(some, at_once, strict=False):
                np.bitwise_and(self.index.made[row], fitting, out=variants)
            sizes += counts(self.index.shape.products_with(at_once[: len(some)]) & self.here)
        return dict(zip(choices, sizes, strict=True))

    # A page of it

    def page(self, limit: int, begin: Begin) -> tuple[int, list[int]]:
        """The position where the page begins, and the ids of its products: one more than `limit` where it goes on."""
        places = members(self.found)
        start = self._start(places, limit, begin)
        end = min(start + limit + 1, len(places))
        if start >= end:
            return start, []
        rank = self._rank(places)
        nearest = np.argpartition(rank, [start, end - 1] if start else end - 1)[start:end]
        places, rank = places[nearest], rank[nearest]
        return start, [int(id_) for id_ in self.index.ids[places[np.argsort(rank)]]]

    def _start(self, places: Numbers, limit: int, begin: Begin) -> int:
        """The position at which the page begins, of the result's products at these places."""
        if begin.after is not None:
            return len(places) - int(np.count_nonzero(self._come_after(places, begin.after)))
        place = NOWHERE if begin.around is None else self.index.place(begin.around)
        if not np.any(places == place):
            return begin.start
        position = int(np.count_nonzero(self._rank(places) < self._rank(np.array([place]))))
        return position - position % limit

    def sort_key(self, product_id: int) -> SortKey:
        """By what this product of the result is sorted."""
        place = self.index.place(product_id)
        if self.query.sort == "newest":
            return (-int(self.index.created[place]), -product_id)
        title: str = self.connection.execute(_KEY, {"id": product_id}).scalar_one()
        return (title, product_id) if self._first is None else (int(self._first[place]), title, product_id)

    @cached_property
    def _first(self) -> NDArray[Any] | None:
        """By what the product at each place is sorted before its name."""
        match self.query.sort:
            case "price":
                return self.index.price_from
            case "-price":
                return -self.index.price_from
            case "relevance" if self.asked.plain or self.asked.inside:
                return self._tiers()
            case _:
                return None

    def _rank(self, places: Numbers) -> Numbers:
        """How the products at these places stand in the order that is wanted."""
        if self.query.sort == "relevance" and self._first is not None:
            return self._first[places].astype(np.int64) << 32 | self.index.by_name()[places]
        return self.index.rank(self.query.sort)[places]

    def _tiers(self) -> NDArray[np.uint8]:
        """How far from the title of each product the words were found: `search.relevance` says it in SQL."""
        whole = flags(self._having(TITLE, prefix=False))
        exactly = whole & (self.index.title_hash == title_hash(tokens([self.query.text])))
        tiers = np.full(len(whole), 4, np.uint8)
        for nearer in (flags(self._having(TITLE_AND_FACTS)), flags(self._having(TITLE)), whole, exactly):
            tiers -= nearer.view(np.uint8)  # what is found so is found in the way before, too
        return tiers

    def _come_after(self, places: Numbers, last: SortKey) -> Flags:
        """Which of these products come after the one with this sort key, which may be gone since."""
        first: Short
        second: Short
        if self.query.sort == "newest":
            first, second, bound = -self.index.created[places], -self.index.ids[places], int(last[1]) + 1
        else:
            second = self.index.by_name()[places]
            first = np.zeros_like(second) if self._first is None else self._first[places]
            bound = self._rank_behind(*last[-2:])
        least = int(last[0]) if self._first is not None or self.query.sort == "newest" else 0
        later: Flags = (first > least) | ((first == least) & (second >= bound))
        return later

    def _rank_behind(self, title_key: int | str, product_id: int | str) -> int:
        """The rank by name of the first product on sale behind this title and id."""
        behind = self.connection.execute(
            _AFTER.where(tuple_(product.c.title_key, product.c.id) > (title_key, product_id)).limit(1)).scalar()
        return len(self.index.name_rank) if behind is None else int(self.index.name_rank[behind])
