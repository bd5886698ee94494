"""What a result looks like as a whole: how many there are, and how many there would be with another choice.

All of it is read off `candidate` by one idea: taking a filter away means that missing it no longer counts.
"""
from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from shopkeeper.catalog.candidates import Chosen, candidate, misses_price, one_if
from shopkeeper.catalog.model import Facet, FacetValue, Query
from shopkeeper.catalog.tables import attribute, choice, product_option, variant_option


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


def outline(connection: Connection, query: Query, here: ColumnElement[bool]) -> Outline:
    """Sums up the candidates; `here` are those in the query's category."""
    matches = candidate.c.misses == 0
    priced = case((candidate.c.misses == misses_price(query, candidate.c.price_minor), candidate.c.price_minor))
    products = (
        select(candidate.c.category_id, func.max(one_if(here)).label("here"),
               func.max(one_if(matches)).label("matches"),
               func.max(one_if(and_(matches, candidate.c.purchasable == 1))).label("in_stock"),
               func.min(priced).label("low"), func.max(priced).label("high"))
        .group_by(candidate.c.product_id, candidate.c.category_id)
        .subquery()
    )
    rows = connection.execute(
        select(products.c.category_id, products.c.here, func.sum(products.c.matches).label("total"),
               func.sum(products.c.in_stock).label("in_stock"), func.min(products.c.low).label("low"),
               func.max(products.c.high).label("high"))
        .group_by(products.c.category_id, products.c.here)
    ).all()
    rows_here = [row for row in rows if row.here]
    return Outline(
        total=sum(row.total for row in rows_here),
        in_stock=sum(row.in_stock for row in rows_here),
        price_low=min((row.low for row in rows_here if row.low is not None), default=None),
        price_high=max((row.high for row in rows_here if row.high is not None), default=None),
        in_each={row.category_id: row.total for row in rows},
    )


def facets(connection: Connection, options: Chosen, here: ColumnElement[bool]) -> tuple[Facet, ...]:
    """The options of the candidates `here`; those that most products have come first."""
    counted, spread = _counted(options, here).subquery(), _spread(here).subquery()
    rows = connection.execute(
        select(attribute.c.code, attribute.c.label, choice.c.id, choice.c.label.label("choice"), choice.c.hex,
               counted.c.products)
        .join_from(counted, choice, choice.c.id == counted.c.choice_id)
        .join(attribute, attribute.c.id == choice.c.attribute_id)
        .join(spread, spread.c.attribute_id == attribute.c.id)
        .order_by(spread.c.products.desc(), attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
    )
    selected = set().union(*options.choices.values())
    return tuple(
        Facet(code, label, tuple(FacetValue(row.choice, row.products, row.id in selected, row.hex) for row in values))
        for (code, label), values in groupby(rows, key=lambda row: (row.code, row.label))
    )


def _counted(options: Chosen, here: ColumnElement[bool]) -> Select[tuple[int, int]]:
    """For each choice the products with a variant that has it and misses nothing but, at most, this very facet."""
    misses_own = and_(variant_option.c.attribute_id.in_(options.choices),
                      variant_option.c.choice_id.not_in(set().union(*options.choices.values())))
    matches = candidate.c.misses == one_if(misses_own)
    return (
        select(variant_option.c.choice_id,
               func.count(case((matches, candidate.c.product_id)).distinct()).label("products"))
        .join_from(candidate, variant_option, variant_option.c.variant_id == candidate.c.variant_id)
        .where(here)
        .group_by(variant_option.c.choice_id)
    )


def _spread(here: ColumnElement[bool]) -> Select[tuple[int, int]]:
    """How many products come in each option, whatever else is chosen: so a facet keeps its place."""
    return (
        select(product_option.c.attribute_id, func.count().label("products"))
        .where(product_option.c.product_id.in_(select(candidate.c.product_id).where(here)))
        .group_by(product_option.c.attribute_id)
    )
