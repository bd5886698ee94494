"""What the index answers to a query: the rule of `browse.py`, read off sets.

Each filter is a set of variants, and what satisfies all of them at once is their AND. To take a filter away means to
leave its set out.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import Connection, bindparam, select, tuple_

from shopkeeper.catalog.asked import Asked, understood
from shopkeeper.catalog.availability import live_product
from shopkeeper.catalog.cursors import Begin, SortKey
from shopkeeper.catalog.facets import Outline
from shopkeeper.catalog.index.bits import (
    Flags,
    Numbers,
    Short,
    Words,
    count,
    counts,
    empty,
    has,
    in_order,
    members,
    packed,
)
from shopkeeper.catalog.index.build import title_hash
from shopkeeper.catalog.index.index import NOWHERE, Index
from shopkeeper.catalog.index.seen import SeenInIndex
from shopkeeper.catalog.index.texts import Texts
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.search import EVERYWHERE, TITLE, TITLE_AND_FACTS, tokens
from shopkeeper.catalog.tables import product
from shopkeeper.database.types import Int

# Of the variants of so many choices are looked at together, or so many words: they stay near the processor.
_LEAST, _AT_ONCE = 12, 2**17

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
        by_price = self.index.by_price()
        low, high = (self.index.price[in_order(fitting, order, 0, 1)] for order in (by_price, by_price[::-1]))
        return int(low[0]), int(high[0])

    def spread(self) -> dict[int, int]:
        """How many products here come in each option, by attribute id, whatever is chosen."""
        return {attribute_id: count(products & self.here) for attribute_id, products in self.index.options.items()}

    @cached_property
    def made_in(self) -> dict[int, int]:
        """How many products here are made in each choice, by its id."""
        products = counts(self.index.made_in & self.here)
        return {id_: products[row] for id_, row in self.index.row_of.items()}

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
        if not set(self._filters) - {but}:
            return {id_: self.made_in[id_] for id_ in choices}
        rows = [self.index.row_of[id_] for id_ in choices]
        fitting = self.fitting(but=but)
        at_once = np.empty((max(_LEAST, _AT_ONCE // len(fitting)), len(fitting)), np.uint64)
        sizes: list[int] = []
        for begin in range(0, len(rows), len(at_once)):
            some = rows[begin : begin + len(at_once)]
            for row, variants in zip(some, at_once, strict=False):
                np.bitwise_and(self.index.made[row], fitting, out=variants)
            sizes += counts(self.index.shape.products_with(at_once[: len(some)]) & self.here)
        return dict(zip(choices, sizes, strict=True))

    # A page of it

    def page(self, limit: int, begin: Begin) -> tuple[int, list[int]]:
        """The position where the page begins, and the ids of its products: one more than `limit` where it goes on."""
        start = self._start(limit, begin)
        places: list[Short] = [self._order[:0]]
        before = 0
        for tier in self._tiers:
            size = count(tier)
            if start - before < size and start + limit >= before:
                places.append(in_order(tier, self._order, max(0, start - before), start + limit + 1 - before))
            before += size
        ids: list[int] = self.index.ids[np.concatenate(places)].tolist()
        return start, ids

    @property
    def _order(self) -> Numbers:
        return self.index.order(self.query.sort if self.query.sort != "relevance" else "name")

    def _start(self, limit: int, begin: Begin) -> int:
        """The position at which the page begins."""
        if begin.after is not None:
            return count(self.found) - int(np.count_nonzero(self._come_after(begin.after)))
        place = np.array([NOWHERE if begin.around is None else self.index.place(begin.around)])
        if place[0] == NOWHERE or not has(self.found, place)[0]:
            return begin.start
        earlier, position = self._order[: int(np.flatnonzero(self._order == place)[0])], 0
        for tier in self._tiers:
            if has(tier, place)[0]:
                position += int(np.count_nonzero(has(tier, earlier)))
                break
            position += count(tier)
        return position - position % limit

    def sort_key(self, product_id: int) -> SortKey:
        """By what this product of the result is sorted."""
        place = self.index.place(product_id)
        if self.query.sort == "newest":
            return (-int(self.index.created[place]), -product_id)
        title: str = self.connection.execute(_KEY, {"id": product_id}).scalar_one()
        before = self._before_name(np.array([place]))
        return (title, product_id) if before is None else (int(before[0]), title, product_id)

    def _before_name(self, places: Numbers) -> Short | None:
        """By what the products of the result at these places are sorted before their names."""
        match self.query.sort:
            case "price":
                return self.index.price_from[places]
            case "-price":
                return -self.index.price_from[places]
            case "relevance" if self.asked.plain or self.asked.inside:
                tier_of: Numbers = sum(
                    (has(tier, places) * number for number, tier in enumerate(self._tiers)), np.zeros(len(places), int))
                return tier_of
            case _:
                return None

    @cached_property
    def _tiers(self) -> list[Words]:
        """The result in parts, of which each comes before the next: `search.relevance` says in SQL by what."""
        if self.query.sort != "relevance" or not (self.asked.plain or self.asked.inside):
            return [self.found]
        whole = self._having(TITLE, prefix=False)
        exactly = whole & packed(self.index.title_hash == title_hash(tokens([self.query.text])))
        tiers, rest = [], self.found
        for nearer in (exactly, whole, self._having(TITLE), self._having(TITLE_AND_FACTS)):
            tiers.append(rest & nearer)
            rest = rest & ~nearer
        return [*tiers, rest]

    def _come_after(self, last: SortKey) -> Flags:
        """Which products of the result come after the one with this sort key, which may be gone since."""
        first: Short
        second: Short
        places = members(self.found)
        if self.query.sort == "newest":
            first, second, bound = -self.index.created[places], -self.index.ids[places], int(last[1]) + 1
        else:
            second = self.index.name_rank[self.index.ids[places]]
            before = self._before_name(places)
            first = np.zeros_like(second) if before is None else before
            bound = self._rank_behind(*last[-2:])
        least = int(last[0]) if len(last) > 2 or self.query.sort == "newest" else 0
        later: Flags = (first > least) | ((first == least) & (second >= bound))
        return later

    def _rank_behind(self, title_key: int | str, product_id: int | str) -> int:
        """The rank by name of the first product on sale behind this title and id."""
        behind = self.connection.execute(
            _AFTER.where(tuple_(product.c.title_key, product.c.id) > (title_key, product_id)).limit(1)).scalar()
        return len(self.index.name_rank) if behind is None else int(self.index.name_rank[behind])
