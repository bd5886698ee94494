"""The variants and products that a query is about, each with how many of the query's filters it misses."""
from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    MetaData,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    select,
    true,
)
from sqlalchemy.schema import CreateTable

from shopkeeper.catalog.availability import live_product, live_variant, purchasable
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.search import matches
from shopkeeper.catalog.tables import attribute, category, choice, product, stock, variant, variant_option
from shopkeeper.catalog.words import words
from shopkeeper.database.types import Int

HIGHEST_PRICE = 2**63 - 1

# Filled once for each query and then asked many times: tables in memory that only this connection sees.
# `here` is 1 for what stands in the query's category, else 0.
candidate_variant = Table(
    "candidate_variant",
    MetaData(),
    Column("variant_id", Int, primary_key=True, autoincrement=False),
    Column("product_id", Int, nullable=False),
    Column("category_id", Int),
    Column("here", Int, nullable=False),
    Column("price_minor", Int, nullable=False),
    Column("purchasable", Int, nullable=False),
    Column("misses_price", Int, nullable=False),
    Column("misses", Int, nullable=False),
    prefixes=["TEMPORARY"],
)

# Of each product: what its variant misses that misses least, whether one that misses nothing can be bought, the
# lowest price, and the lowest and highest of its variants that miss nothing but, at most, the price range.
candidate_product = Table(
    "candidate_product",
    MetaData(),
    Column("product_id", Int, primary_key=True, autoincrement=False),
    Column("category_id", Int),
    Column("here", Int, nullable=False),
    Column("misses", Int, nullable=False),
    Column("in_stock", Int, nullable=False),
    Column("price_from", Int, nullable=False),
    Column("low", Int),
    Column("high", Int),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of a query by id: `choices` maps each attribute to the choices of which a variant must have one.

    `unknown` counts the options that this shop does not have, and so no variant has.
    """

    choices: Mapping[int, Set[int]]
    unknown: int = 0


def chosen(connection: Connection, options: Mapping[str, Set[str]]) -> Chosen:
    """Finds a query's options in the vocabulary, in any case. An option without labels asks for nothing."""
    wanted: dict[str, set[str]] = {}
    for code, labels in options.items():
        if labels:
            wanted.setdefault(code.casefold(), set()).update(label.casefold() for label in labels)
    if not wanted:
        return Chosen({})
    attributes = connection.execute(select(attribute.c.id, attribute.c.code))
    labels_of = {row.id: wanted[row.code.casefold()] for row in attributes if row.code.casefold() in wanted}
    choices: dict[int, set[int]] = {attribute_id: set() for attribute_id in labels_of}
    for row in connection.execute(select(choice).where(choice.c.attribute_id.in_(labels_of))):
        if row.label.casefold() in labels_of[row.attribute_id]:
            choices[row.attribute_id].add(row.id)
    return Chosen(choices, unknown=len(wanted) - len(choices))


def gather(connection: Connection, query: Query, options: Chosen) -> None:
    """Fills `candidate_variant` with the live variants of all products that the query's text finds, whatever else
    they miss, and `candidate_product` with those products."""
    for create in _create_statements(connection.dialect):
        connection.exec_driver_sql(create)
    filters = {
        "price_min": 0 if query.price_min is None else query.price_min.minor,
        "price_max": HIGHEST_PRICE if query.price_max is None else query.price_max.minor,
        "in_stock": int(query.in_stock),
        "unknown": options.unknown,
    }
    variants = insert(candidate_variant).from_select(candidate_variant.c.keys(), _variants(connection, query, options))
    connection.execute(delete(candidate_variant))
    connection.execute(variants, filters)
    connection.execute(delete(candidate_product))
    connection.execute(_FILL_PRODUCTS)


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0: so that conditions can be counted."""
    return case((condition, 1), else_=0)


@cache
def _create_statements(dialect: Dialect) -> tuple[str, ...]:
    tables = (candidate_variant, candidate_product)
    return tuple(str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)) for table in tables)


_MISSES_PRICE = one_if(not_(variant.c.price_minor.between(bindparam("price_min"), bindparam("price_max"))))
_MISSES_STOCK = one_if(and_(bindparam("in_stock", type_=Int) == 1, not_(purchasable)))


def _variants(connection: Connection, query: Query, options: Chosen) -> Select[Any]:
    misses = bindparam("unknown", type_=Int) + _MISSES_PRICE + _MISSES_STOCK
    for attribute_id, choice_ids in options.choices.items():
        has_one = select(variant_option.c.variant_id).where(
            variant_option.c.attribute_id == attribute_id, variant_option.c.choice_id.in_(choice_ids))
        misses += one_if(variant.c.id.not_in(has_one))
    here = one_if(_in_category(connection, query.category))
    found = (
        select(variant.c.id, product.c.id, product.c.category_id, here, variant.c.price_minor, one_if(purchasable),
               _MISSES_PRICE, misses)
        .join_from(product, variant, variant.c.product_id == product.c.id)
        .join(stock, stock.c.variant_id == variant.c.id)
        .where(live_product, live_variant)
    )
    return found.where(product.c.id.in_(matches(query.text))) if words(query.text) else found


def _in_category(connection: Connection, slug: str | None) -> ColumnElement[bool]:
    if slug is None:
        return true()
    categories = connection.execute(select(category.c.id, category.c.slug)).all()
    ids = [row.id for row in categories if row.slug == slug or row.slug.startswith(f"{slug}/")]
    return product.c.category_id.in_(ids)


_c = candidate_variant.c
_MATCHES_AND_IN_STOCK = and_(_c.misses == 0, _c.purchasable == 1)
_PRICE_IF_ELSE_RIGHT = case((_c.misses == _c.misses_price, _c.price_minor))
_FILL_PRODUCTS = insert(candidate_product).from_select(
    candidate_product.c.keys(),
    select(_c.product_id, _c.category_id, _c.here, func.min(_c.misses), func.max(one_if(_MATCHES_AND_IN_STOCK)),
           func.min(_c.price_minor), func.min(_PRICE_IF_ELSE_RIGHT), func.max(_PRICE_IF_ELSE_RIGHT))
    .group_by(_c.product_id, _c.category_id, _c.here),
)
