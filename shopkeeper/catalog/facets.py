"""What a result looks like as a whole: how many there are, and how many there would be with another choice.

All of it is read off the candidates by one idea: taking a filter away means that missing it no longer counts.
"""
from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, literal, select

from shopkeeper.catalog.candidates import Chosen, candidate_product, candidate_variant, one_if
from shopkeeper.catalog.model import Facet, FacetValue
from shopkeeper.catalog.tables import attribute, choice, product_option, variant_option
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


def outline(connection: Connection) -> Outline:
    """Sums up the candidates."""
    rows = connection.execute(_IN_EACH).all()
    here = [row for row in rows if row.here]
    return Outline(
        total=sum(row.total for row in here),
        in_stock=sum(row.in_stock for row in here),
        price_low=min((row.low for row in here if row.low is not None), default=None),
        price_high=max((row.high for row in here if row.high is not None), default=None),
        in_each={row.category_id: row.total for row in rows},
    )


def facets(connection: Connection, options: Chosen) -> tuple[Facet, ...]:
    """The options of the candidates in the query's category; those that most products have come first."""
    selected = frozenset(chain.from_iterable(options.choices.values()))
    statement = _SOME_CHOSEN if options.choices else _NONE_CHOSEN
    rows = connection.execute(statement, {"attributes": list(options.choices), "selected": list(selected)}).all()
    return tuple(
        Facet(code, label, tuple(FacetValue(row.choice, row.products, row.id in selected, row.hex) for row in values))
        for (code, label), values in groupby(rows, key=lambda row: (row.code, row.label))
    )


_IN_EACH = (
    select(candidate_product.c.category_id, candidate_product.c.here,
           func.sum(one_if(candidate_product.c.misses == 0)).label("total"),
           func.sum(candidate_product.c.in_stock).label("in_stock"),
           func.min(candidate_product.c.low).label("low"), func.max(candidate_product.c.high).label("high"))
    .group_by(candidate_product.c.category_id, candidate_product.c.here)
)

# How many products come in each option, whatever else is chosen: so that a facet keeps its place.
_SPREAD = (
    select(product_option.c.attribute_id, func.count().label("products"))
    .join(candidate_product, candidate_product.c.product_id == product_option.c.product_id)
    .where(candidate_product.c.here == 1)
    .group_by(product_option.c.attribute_id)
    .subquery()
)

_MISSES_OWN = one_if(and_(variant_option.c.attribute_id.in_(bindparam("attributes", type_=Int, expanding=True)),
                          variant_option.c.choice_id.not_in(bindparam("selected", type_=Int, expanding=True))))


def _facets(forgiven: ColumnElement[int]) -> Select[Any]:
    """For each choice the number of products with a variant that has it and misses no more filters than `forgiven`."""
    matching = case((candidate_variant.c.misses == forgiven, candidate_variant.c.product_id))
    counted = (
        select(variant_option.c.choice_id, func.count(matching.distinct()).label("products"))
        .join(candidate_variant, candidate_variant.c.variant_id == variant_option.c.variant_id)
        .where(candidate_variant.c.here == 1)
        .group_by(variant_option.c.choice_id)
        .subquery()
    )
    return (
        select(attribute.c.code, attribute.c.label, choice.c.id, choice.c.label.label("choice"), choice.c.hex,
               counted.c.products)
        .join_from(counted, choice, choice.c.id == counted.c.choice_id)
        .join(attribute, attribute.c.id == choice.c.attribute_id)
        .join(_SPREAD, _SPREAD.c.attribute_id == attribute.c.id)
        .order_by(_SPREAD.c.products.desc(), attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
    )


_NONE_CHOSEN, _SOME_CHOSEN = _facets(literal(0)), _facets(_MISSES_OWN)
