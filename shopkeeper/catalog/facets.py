"""What a result looks like as a whole: how many there are, and how many there would be with another choice.

All of it is read off the candidates by one idea: taking a filter away means that missing it no longer counts.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, select

from shopkeeper.catalog.availability import live_variant
from shopkeeper.catalog.candidates import Chosen, in_scope, misses_price, near_variant, one_if, price_range
from shopkeeper.catalog.categories import Node
from shopkeeper.catalog.cursors import SortKey
from shopkeeper.catalog.model import Facet, FacetValue, Option, Query
from shopkeeper.catalog.tables import attribute, choice, product_option, variant, variant_option
from shopkeeper.database.types import Int


@dataclass(frozen=True, slots=True)
class Outline:
    """How large the result is, how large with the stock filter on, and what it costs without the price filter.

    `in_each` counts by category id what the query finds in each, its own category taken away. Prices are minor units.
    """

    total: int
    in_stock: int
    price_low: int | None
    price_high: int | None
    in_each: dict[int | None, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a result, by its products' ids, and the result as a whole.

    `start` is the position of the first one, `last` the sort key where it goes on; `categories` are all that there are;
    `options` are those of each product; `suggestions` are texts that find something, where this one has words that are
    found nowhere.
    """

    start: int
    ids: Sequence[int]
    last: SortKey | None
    outline: Outline
    facets: tuple[Facet, ...]
    categories: Sequence[Node]
    options: Mapping[int, tuple[Option, ...]]
    suggestions: tuple[str, ...]


def outline(connection: Connection, query: Query) -> Outline:
    """Sums up what the query finds."""
    in_each = connection.execute(_IN_EACH).all()
    total = sum(row.products for row in in_each if row.here)
    low, high = connection.execute(_PRICES, price_range(query)).one()
    return Outline(
        total=total,
        in_stock=total if query.in_stock else connection.execute(_IN_STOCK).scalar_one(),
        price_low=low,
        price_high=high,
        in_each={row.category_id: row.products for row in in_each},
    )


def facets(connection: Connection, options: Chosen) -> tuple[Facet, ...]:
    """The options of the products in the query's text and category; those that most of them have come first."""
    statement = _SOME_CHOSEN if options.attributes else _NONE_CHOSEN
    chosen = {"attributes": list(options.attributes), "choices": list(options.choices)}
    rows = connection.execute(statement, chosen).all()
    return tuple(
        Facet(code, label, tuple(FacetValue(value, products or 0, id_ in options.choices, hex_)
                                 for _, _, id_, value, hex_, products in values))
        for (code, label), values in groupby(rows, key=itemgetter(0, 1))
    )


_v = near_variant.c

_IN_EACH = (
    select(in_scope.c.category_id, in_scope.c.here, func.count().label("products"))
    .where(in_scope.c.product_id.in_(select(_v.product_id).where(_v.misses == 0)))
    .group_by(in_scope.c.category_id, in_scope.c.here)
)
_IN_STOCK = select(func.count(_v.product_id.distinct())).where(_v.misses == 0, _v.purchasable == 1, _v.here == 1)
_PRICES = select(func.min(_v.price_minor), func.max(_v.price_minor)).where(
    _v.misses == misses_price(_v.price_minor), _v.here == 1)

# How many products come in each option, whatever else is chosen: so that a facet keeps its place.
_SPREAD = (
    select(product_option.c.attribute_id, func.count().label("products"))
    .join(in_scope, in_scope.c.product_id == product_option.c.product_id)
    .where(in_scope.c.here == 1)
    .group_by(product_option.c.attribute_id)
    .subquery()
)

# There is a product in scope that is made in the choice.
_MADE = (
    select(variant_option.c.variant_id)
    .join(variant, variant.c.id == variant_option.c.variant_id)
    .join(in_scope, in_scope.c.product_id == variant.c.product_id)
    .where(variant_option.c.choice_id == choice.c.id, live_variant, in_scope.c.here == 1)
    .exists()
)

_MISSES_OWN = one_if(and_(variant_option.c.attribute_id.in_(bindparam("attributes", type_=Int, expanding=True)),
                          variant_option.c.choice_id.not_in(bindparam("choices", type_=Int, expanding=True))))


def _facets(forgiven: ColumnElement[int]) -> Select[Any]:
    """For each choice the number of products with a variant that has it and misses no more filters than `forgiven`."""
    counted = (
        select(variant_option.c.choice_id, func.count(_v.product_id.distinct()).label("products"))
        .join(near_variant, _v.variant_id == variant_option.c.variant_id)
        .where(_v.misses == forgiven, _v.here == 1)
        .group_by(variant_option.c.choice_id)
        .subquery()
    )
    return (
        select(attribute.c.code, attribute.c.label, choice.c.id, choice.c.label, choice.c.hex, counted.c.products)
        .join_from(_SPREAD, attribute, attribute.c.id == _SPREAD.c.attribute_id)
        .join(choice, choice.c.attribute_id == attribute.c.id)
        .join(counted, counted.c.choice_id == choice.c.id, isouter=True)
        .where(_MADE)
        .order_by(_SPREAD.c.products.desc(), attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
    )


_NONE_CHOSEN, _SOME_CHOSEN = _facets(literal(0)), _facets(_MISSES_OWN)
