"""The products that a query is about, and their variants with how many of its filters each misses."""
from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
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
    false,
    func,
    insert,
    not_,
    select,
    true,
)
from sqlalchemy.schema import CreateTable

from shopkeeper.catalog.asked import Asked, as_it_stands, understood
from shopkeeper.catalog.availability import live_variant, purchasable, seen_product
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.search import matches
from shopkeeper.catalog.tables import attribute, category, choice, product, stock, variant, variant_option
from shopkeeper.database.types import Int

HIGHEST_PRICE = 2**63 - 1  # that a database can compare with

# Filled once for each query and then asked many times: tables in memory that only this connection sees.
_of_this_query = MetaData()

# The products that the query's text finds, whatever else they miss; `here` is 1 for those in its category, else 0.
in_scope = Table(
    "in_scope",
    _of_this_query,
    Column("product_id", Int, primary_key=True, autoincrement=False),
    Column("category_id", Int),
    Column("here", Int, nullable=False),
    prefixes=["TEMPORARY"],
)

# Their variants that miss no filter, or one if they stand in the category: what misses more counts nowhere.
near_variant = Table(
    "near_variant",
    _of_this_query,
    Column("variant_id", Int, primary_key=True, autoincrement=False),
    Column("misses", Int, nullable=False),
    Column("here", Int, nullable=False),
    Column("product_id", Int, nullable=False),
    Column("price_minor", Int, nullable=False),
    Column("purchasable", Int, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of a query by id: of each of the `attributes` a variant must have one of the `choices`.

    `wanted` counts the options, those that this shop does not know among them: these no variant has.
    """

    attributes: Set[int]
    choices: Set[int]
    wanted: int


def folded(options: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """A query's options as they are compared. An option without labels asks for nothing, and is left out."""
    wanted: dict[str, set[str]] = {}
    for code, labels in options.items():
        if labels:
            wanted.setdefault(code.casefold(), set()).update(label.casefold() for label in labels)
    return wanted


def chosen(connection: Connection, options: Mapping[str, Set[str]]) -> Chosen:
    """Finds a query's options in the vocabulary."""
    wanted = folded(options)
    if not wanted:
        return Chosen(frozenset(), frozenset(), 0)
    codes = connection.execute(select(attribute.c.id, attribute.c.code)).all()
    labels_of = {row.id: wanted[row.code.casefold()] for row in codes if row.code.casefold() in wanted}
    choices = connection.execute(
        select(choice.c.id, choice.c.attribute_id, choice.c.label).where(choice.c.attribute_id.in_(labels_of))).all()
    found = frozenset(row.id for row in choices if row.label.casefold() in labels_of[row.attribute_id])
    return Chosen(frozenset(labels_of), found, len(wanted))


def gather(connection: Connection, query: Query, options: Chosen) -> Asked:
    """Fills `in_scope` and `near_variant` for this query, and says how its text was understood."""
    for create in _create_statements(connection.dialect):
        connection.exec_driver_sql(create)
    for table in _of_this_query.sorted_tables:
        connection.execute(delete(table))
    asked = _take_scope(connection, query)
    variants = insert(near_variant).from_select(near_variant.c.keys(), _variants(options))
    connection.execute(variants, {**price_range(query), "in_stock": int(query.in_stock)})
    return asked


def _take_scope(connection: Connection, query: Query) -> Asked:
    asked = as_it_stands(query.text)
    # Words are looked up one by one only where all together find nothing: else each of them is found as it stands.
    if not _fill(connection, query, asked) and asked.plain:
        from shopkeeper.catalog.seen import Seen

        asked = understood(query.text, Seen(connection))
        if asked.inside and not asked.unknown:
            _fill(connection, query, asked)
    return asked


def _fill(connection: Connection, query: Query, asked: Asked) -> int:
    """Puts what the text finds into `in_scope`; how many products these are."""
    products = _scope(connection, query, asked)
    return connection.execute(insert(in_scope).from_select(in_scope.c.keys(), products)).rowcount


def price_range(query: Query) -> dict[str, int]:
    """What `misses_price` asks for."""
    return {
        "price_min": 0 if query.price_min is None else query.price_min.minor,
        "price_max": HIGHEST_PRICE if query.price_max is None else query.price_max.minor,
    }


def misses_price(price_minor: ColumnElement[int]) -> ColumnElement[int]:
    """1 where the price is out of the range that the statement is executed with, else 0."""
    return one_if(not_(price_minor.between(bindparam("price_min"), bindparam("price_max"))))


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0: so that conditions can be counted."""
    return case((condition, 1), else_=0)


@lru_cache(maxsize=4)
def _create_statements(dialect: Dialect) -> tuple[str, ...]:
    tables = _of_this_query.sorted_tables
    return tuple(str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)) for table in tables)


def _scope(connection: Connection, query: Query, asked: Asked) -> Select[Any]:
    here = one_if(_in_category(connection, query.category))
    found = select(product.c.id, product.c.category_id, here).where(seen_product)
    if asked.is_wordless:
        return found.where(false())
    return found.where(product.c.id.in_(matches(asked))) if asked.plain or asked.inside else found


def _in_category(connection: Connection, slug: str | None) -> ColumnElement[bool]:
    if slug is None:
        return true()
    categories = connection.execute(select(category.c.id, category.c.slug)).all()
    ids = [row.id for row in categories if row.slug == slug or row.slug.startswith(f"{slug}/")]
    return product.c.category_id.in_(ids)


_MISSES_STOCK = one_if(and_(bindparam("in_stock", type_=Int) == 1, not_(purchasable)))


def _variants(options: Chosen) -> Select[Any]:
    tables = in_scope.join(variant, variant.c.product_id == in_scope.c.product_id).join(
        stock, stock.c.variant_id == variant.c.id)
    misses = misses_price(variant.c.price_minor) + _MISSES_STOCK
    if options.wanted:
        # A variant has one choice of an attribute: so many of the chosen ones as it has, so many options does it meet.
        has = (
            select(variant_option.c.variant_id, func.count().label("chosen"))
            .where(variant_option.c.choice_id.in_(options.choices))
            .group_by(variant_option.c.variant_id)
            .subquery()
        )
        tables = tables.join(has, has.c.variant_id == variant.c.id, isouter=options.wanted == 1)
        misses += options.wanted - func.coalesce(has.c.chosen, 0)
    return (
        select(variant.c.id, misses, in_scope.c.here, in_scope.c.product_id, variant.c.price_minor, one_if(purchasable))
        .select_from(tables)
        .where(live_variant, misses <= in_scope.c.here)
    )
