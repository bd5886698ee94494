"""The variants that a query is about, each with how many of the query's filters it misses."""
from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    case,
    delete,
    insert,
    literal,
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

# Filled once for each query and then asked many times: a table in memory that only this connection sees.
candidate = Table(
    "candidate",
    MetaData(),
    Column("variant_id", Int, primary_key=True, autoincrement=False),
    Column("product_id", Int, nullable=False),
    Column("category_id", Int),
    Column("price_minor", Int, nullable=False),
    Column("purchasable", Int, nullable=False),
    Column("misses", Int, nullable=False),
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
    """Fills `candidate` with the live variants of all products that the query's text finds."""
    connection.execute(CreateTable(candidate, if_not_exists=True))
    connection.execute(delete(candidate))
    found = (
        select(variant.c.id, product.c.id, product.c.category_id, variant.c.price_minor, one_if(purchasable),
               _misses(query, options))
        .join_from(product, variant, variant.c.product_id == product.c.id)
        .join(stock, stock.c.variant_id == variant.c.id)
        .where(live_product, live_variant)
    )
    if words(query.text):
        found = found.where(product.c.id.in_(matches(query.text)))
    connection.execute(insert(candidate).from_select(candidate.c.keys(), found))


def in_category(connection: Connection, slug: str | None) -> ColumnElement[bool]:
    """Whether a candidate stands in this category or below it; all do if none is given."""
    if slug is None:
        return true()
    categories = connection.execute(select(category.c.id, category.c.slug))
    ids = [row.id for row in categories if row.slug == slug or row.slug.startswith(f"{slug}/")]
    return candidate.c.category_id.in_(ids)


def misses_price(query: Query, price_minor: ColumnElement[int]) -> ColumnElement[int]:
    """1 where the price is out of the query's range, else 0."""
    bounds: list[ColumnElement[bool]] = [true()]
    if query.price_min is not None:
        bounds.append(price_minor >= query.price_min.minor)
    if query.price_max is not None:
        bounds.append(price_minor <= query.price_max.minor)
    return one_if(not_(and_(*bounds)))


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0: so that conditions can be counted."""
    return case((condition, 1), else_=0)


def _misses(query: Query, options: Chosen) -> ColumnElement[int]:
    """How many filters a variant misses: the price range, the stock filter, each option by itself."""
    misses = literal(options.unknown) + misses_price(query, variant.c.price_minor)
    if query.in_stock:
        misses += one_if(not_(purchasable))
    for attribute_id, choice_ids in options.choices.items():
        has_one = select(variant_option.c.variant_id).where(
            variant_option.c.attribute_id == attribute_id, variant_option.c.choice_id.in_(choice_ids))
        misses += one_if(variant.c.id.not_in(has_one))
    return misses
