"""Builds the index from the database, and reads single products for it."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import blake2b
from itertools import chain, compress
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, bindparam, func, select, type_coerce

from shopkeeper.catalog.availability import live_product, live_variant, purchasable
from shopkeeper.catalog.candidates import one_if
from shopkeeper.catalog.index import frequent
from shopkeeper.catalog.index.bits import WORD, Numbers, Words, empty, numbers_in, of_members, short
from shopkeeper.catalog.index.index import NOWHERE, Index, Line, Spoken, no_option
from shopkeeper.catalog.index.lexicon import as_array
from shopkeeper.catalog.index.shape import Shape
from shopkeeper.catalog.index.version import version_of
from shopkeeper.catalog.search import EVERYWHERE, TITLE, TITLE_AND_FACTS, product_search, tokens
from shopkeeper.catalog.seen import names
from shopkeeper.catalog.tables import product, product_option, stock, variant, variant_option
from shopkeeper.database.types import Int

_SPARE = 8  # of so many places one is left free, and as many in each group: for products that come later
_USUAL = (1, 2, 4, 8, 16, 32, 64)  # variants of a product: there is some room for each, whatever there is now
_ROWS = 50_000  # are in memory at once
_LARGEST_ID = 20_000_000  # what is looked up by id takes four bytes for each

_PRODUCTS = (
    select(product.c.id, func.coalesce(product.c.category_id, 0), type_coerce(product.c.created_at, Int),
           func.coalesce(product_search.c.title, ""), product.c.vendor, product.c.tags)
    .join_from(product, product_search, product_search.c.rowid == product.c.id, isouter=True)
    .where(live_product)
)
_VARIANTS = (
    select(variant.c.product_id, variant.c.id, variant.c.price_minor, one_if(purchasable))
    .join_from(variant, product, product.c.id == variant.c.product_id)
    .join(stock, stock.c.variant_id == variant.c.id)
    .where(live_product, live_variant)
)
_ALL_CHOICES = select(variant_option.c.choice_id, variant_option.c.variant_id)  # to leave some out takes longer
_CHOICES = (
    _ALL_CHOICES
    .join_from(variant_option, variant, variant.c.id == variant_option.c.variant_id)
    .join(product, product.c.id == variant.c.product_id)
    .where(live_product, live_variant)
)
_OPTIONS = (
    select(product_option.c.attribute_id, product_option.c.product_id, product_option.c.position)
    .join_from(product_option, product)
    .where(live_product)
)
_by_name = select(product.c.id).order_by(product.c.title_key, product.c.id).subquery()
_NAMES = select(func.group_concat(_by_name.c.id))  # a quarter of a million rows take four times as long

_ids = bindparam("ids", type_=Int, expanding=True)
_TEXTS = select(product_search).where(product_search.c.rowid.in_(_ids))


class Stopped(Exception):
    """Nobody needs the index any more."""


def title_hash(tokens: str) -> int:
    """A number by which equal titles are told; `tokens` are the words of one as search keeps them."""
    return int.from_bytes(blake2b(tokens.encode(), digest_size=8).digest(), "little", signed=True)


def no_matter() -> None:
    """Goes on, for nobody stops it."""


def build(connection: Connection, go_on: Callable[[], None] = no_matter) -> Index | None:
    """The index of all that is on sale; `None` where ids are so large that no table can be made of them.

    Raises:
        Stopped: By `go_on`, which is asked now and then.
    """
    version = version_of(connection)
    variants = _numbers(connection, _VARIANTS.order_by(variant.c.product_id, variant.c.id), 4, go_on)
    product_ids, starts, sizes = np.unique(variants[:, 0], return_index=True, return_counts=True)
    if len(product_ids) and max(product_ids[-1], variants[:, 1].max()) > _LARGEST_ID:
        return None
    capacity = (1 << np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.int64)).astype(np.int64)
    shape, places = _laid_out(capacity)
    index = _blank(shape, version, int(product_ids[-1]) if len(product_ids) else 0)
    index.ids[places] = product_ids
    index.place_of[product_ids] = places
    index.present = of_members(places, shape.product_words)
    _take_products(index, connection, go_on)
    at = _variant_places(shape, places, starts, sizes)
    index.price[at] = variants[:, 2]
    index.price_from[places] = np.minimum.reduceat(variants[:, 2], starts) if len(starts) else 0
    index.live = of_members(at, shape.words)
    index.purchasable = of_members(at[variants[:, 3] == 1], shape.words)
    _take_choices(index, connection, variants[:, 1], at, go_on)
    rank_by_name(index, connection)
    frequent.look_up(index, connection, go_on)
    index.ids, index.category = short(index.ids), short(index.category)
    index.price, index.price_from = short(index.price), short(index.price_from)
    return index


def rank_by_name(index: Index, connection: Connection) -> None:
    """Notes how all products stand by name."""
    ids = numbers_in(connection.execute(_NAMES).scalar_one())
    known = ids < len(index.name_rank)
    index.name_rank = np.zeros_like(index.name_rank)
    index.name_rank[ids[known]] = np.flatnonzero(known)


def lines(connection: Connection, ids: Sequence[int], changed_texts: Collection[int]) -> dict[int, Line]:
    """Those of these products that are on sale, as they are now; of some the texts are not what they were."""
    asked = {"ids": list(ids)}
    texts = {row.rowid: row for row in connection.execute(_TEXTS, {"ids": list(changed_texts)})}
    products = connection.execute(_PRODUCTS.where(product.c.id.in_(_ids)), asked).all()
    choices: dict[int, set[int]] = {}
    for choice_id, variant_id in connection.execute(_CHOICES.where(product.c.id.in_(_ids)), asked):
        choices.setdefault(variant_id, set()).add(choice_id)
    variants: dict[int, list[tuple[frozenset[int], int, bool]]] = {}
    for product_id, variant_id, price, can_be_bought in connection.execute(
            _VARIANTS.where(product.c.id.in_(_ids)).order_by(variant.c.id), asked):
        variants.setdefault(product_id, []).append(
            (frozenset(choices.get(variant_id, ())), price, bool(can_be_bought)))
    options: dict[int, dict[int, int]] = {}
    for attribute_id, product_id, position in connection.execute(_OPTIONS.where(product.c.id.in_(_ids)), asked):
        options.setdefault(product_id, {})[attribute_id] = position
    return {
        id_: Line(id_, category_id, created, title_hash(title), options.get(id_, {}), variants[id_],
                  frozenset([*title.split(), *tokens([vendor, tags]).split()]),
                  _spoken(texts.get(id_)) if id_ in changed_texts else None)
        for id_, category_id, created, title, vendor, tags in products if id_ in variants
    }


def _spoken(texts: Row[Any] | None) -> dict[str, Spoken]:
    spoken = {}
    for part in (TITLE, TITLE_AND_FACTS, EVERYWHERE):
        words = frozenset(word for column in part.split() for word in getattr(texts, column, "").split())
        spoken[part] = Spoken(words, frozenset(word[:end] for word in words for end in range(1, len(word) + 1)))
    return spoken


def _numbers(connection: Connection, statement: Select[Any], columns: int,
             go_on: Callable[[], None] = no_matter) -> Numbers:
    """The rows of a statement that gives nothing but whole numbers."""
    parts = [np.empty((0, columns), np.int64)]
    result = connection.execute(statement)
    assert result.cursor is not None
    while rows := result.cursor.fetchmany(_ROWS):  # as the driver gives them: nothing need be done to a whole number
        go_on()
        parts.append(np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * columns).reshape(-1, columns))
    return np.concatenate(parts)


def _laid_out(capacity: Numbers) -> tuple[Shape, Numbers]:
    """The shape for products with room for so many variants each, and where each stands."""
    sizes = Counter(capacity.tolist())
    room = {slots: sizes[slots] + sizes[slots] // _SPARE + _SPARE for slots in {*sizes, *_USUAL}}
    shape = Shape(room)
    places = np.empty(len(capacity), np.int64)
    for group in shape.groups:
        mine = np.flatnonzero(capacity == group.slots)
        places[mine] = group.first_product_word * WORD + np.arange(len(mine))
    return shape, places


def _blank(shape: Shape, version: int, largest_id: int) -> Index:
    products, variants = shape.product_words * WORD, shape.words * WORD
    ids = largest_id + largest_id // _SPARE + 10_000

    def numbers() -> Numbers:
        return np.zeros(products, np.int64)

    return Index(
        shape, version, np.full(ids, NOWHERE, np.int32), np.zeros(ids, np.int32), numbers(), numbers(), numbers(),
        numbers(), numbers(), empty(shape.product_words), {}, {}, {}, np.zeros((0, shape.words), np.uint64),
        np.zeros((0, shape.product_words), np.uint64), {}, np.zeros((0, shape.product_words), np.uint64),
        empty(shape.words), empty(shape.words), np.zeros(variants, np.int64), np.zeros(0, np.uint8))


def _take_products(index: Index, connection: Connection, go_on: Callable[[], None]) -> None:
    result = connection.execute(_PRODUCTS, execution_options={"yield_per": _ROWS})
    called, labels = names(connection), set[str]()
    for rows in result.partitions():
        go_on()
        ids, categories, created, titles, *vendors_and_tags = zip(*rows, strict=True)
        places = index.place_of[np.array(ids)]
        there = places != NOWHERE
        seen = there.tolist()
        called.update(" ".join(compress(titles, seen)).split())
        labels.update(*(compress(texts, seen) for texts in vendors_and_tags))
        for numbers, values in ((index.category, categories), (index.created, created),
                                (index.title_hash, [title_hash(title) for title in titles])):
            numbers[places[there]] = np.array(values, np.int64)[there]
    index.lexicon = as_array({*called, *tokens(labels).split()})
    for attribute_id, pairs in _by_first(_numbers(connection, _OPTIONS, 3, go_on)):
        seen = pairs[index.place_of[pairs[:, 0]] != NOWHERE]
        at = index.places(seen[:, 0])
        index.options[attribute_id] = of_members(at, index.shape.product_words)
        index.positions[attribute_id] = no_option(len(index.ids))
        index.positions[attribute_id][at] = seen[:, 1]


def _take_choices(index: Index, connection: Connection, variant_ids: Numbers, at: Numbers,
                  go_on: Callable[[], None]) -> None:
    place_of = np.full(int(variant_ids.max()) + 1 if len(variant_ids) else 1, NOWHERE, np.int64)
    place_of[variant_ids] = at
    made: list[Words] = []
    of_all = _numbers(connection, _ALL_CHOICES, 2, go_on)
    of_these = of_all[of_all[:, 1] < len(place_of)]
    for choice_id, rows in _by_first(of_these[place_of[of_these[:, 1]] != NOWHERE]):
        index.row_of[choice_id] = len(made)
        made.append(of_members(place_of[rows[:, 0]], index.shape.words))
    if made:
        index.made = np.vstack(made)
        index.made_in = index.shape.products_with(index.made)


def _by_first(rows: Numbers) -> Iterable[tuple[int, Numbers]]:
    """The other columns of rows, by the first."""
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    firsts, starts = np.unique(rows[:, 0], return_index=True)
    return zip(firsts.tolist(), np.split(rows[:, 1:], starts[1:]), strict=True) if len(rows) else ()


def _variant_places(shape: Shape, places: Numbers, starts: Numbers, sizes: Numbers) -> Numbers:
    """Where each variant stands, of products at these places with their variants one after the other."""
    first, step = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
    for group in shape.groups:
        low = group.first_product_word * WORD
        mine = (places >= low) & (places < low + group.words * WORD)
        first[mine] = group.first_word * WORD + places[mine] - low
        step[mine] = group.words * WORD
    slot = np.arange(int(sizes.sum())) - np.repeat(starts, sizes)
    return np.repeat(first, sizes) + slot * np.repeat(step, sizes)
