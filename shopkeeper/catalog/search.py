"""Full-text search on SQLite: an FTS5 table of folded words, one row per product.

The words are split and folded before they come here, and the tokenizer splits at blanks only. So a word can be
quoted as it stands, and nothing that a person types is ever read as FTS5 syntax.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    case,
    column,
    delete,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)

from shopkeeper.catalog.asked import MOST_WORDS, Asked
from shopkeeper.catalog.availability import live_variant
from shopkeeper.catalog.tables import category, choice, product, product_type, variant, variant_option
from shopkeeper.catalog.words import spellings, words
from shopkeeper.database.bulk import insert_rows
from shopkeeper.database.types import Int, Str

product_search = table(
    "product_search", column("rowid", Int), column("title", Str), column("facts", Str), column("description", Str)
)

_BATCH = 500  # products: below every limit of bound values
TITLE, TITLE_AND_FACTS, EVERYWHERE = "title", "title facts", "title facts description"
"""The columns in which a word may be looked for."""


def reindex(connection: Connection, product_ids: Collection[int]) -> None:
    """Makes these products be found by what they and their variants are now; those that are gone, no more."""
    ids = list(product_ids)
    categories = category_names(connection) if ids else {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        connection.execute(delete(product_search).where(product_search.c.rowid.in_(batch)))
        add(connection, _search_rows(connection, batch, categories))


class Words(NamedTuple):
    """The words by which a product is found, apart by blanks: of its title, of facts about it, of its description."""

    title: str
    facts: str
    description: str


def words_of(title: str, facts: Iterable[str], description: str) -> Words:
    """Those of a product with these texts."""
    return Words(tokens([title]), tokens(facts), tokens([description]))


def add(connection: Connection, products: Mapping[int, Words]) -> None:
    """Makes these products, by id, be found, which are not yet."""
    insert_rows(connection, product_search, ("rowid", *Words._fields), [
        (product_id, *found) for product_id, found in products.items()])


def matches(asked: Asked) -> Select[tuple[int]]:
    """The ids of the products that have every word of the text."""
    return select(product_search.c.rowid).where(*having(asked))


def relevance(asked: Asked) -> Subquery:
    """Of the products that match: `product_id` and `tier`, how far from the title the words were found.

    0 the title is just these words; 1 it has them all as they are, or inside others; 2 it has them, the last as a
    prefix; 3 some stand in the facts (vendor, type, categories, tags, option labels, SKUs); 4 some only in the
    description.
    """
    title_is = product_search.c.title == tokens([asked.text])
    found = union_all(
        select(product_search.c.rowid, case((title_is, 0), else_=1).label("tier")).where(
            *having(asked, TITLE, prefix=False)),
        select(product_search.c.rowid, literal(2)).where(*having(asked, TITLE)),
        select(product_search.c.rowid, literal(3)).where(*having(asked, TITLE_AND_FACTS)),
        select(product_search.c.rowid, literal(4)).where(*having(asked)),
    ).subquery()
    best = select(found.c.rowid.label("product_id"), func.min(found.c.tier).label("tier")).group_by(found.c.rowid)
    return best.subquery("relevance")


def having(asked: Asked, columns: str = EVERYWHERE, *, prefix: bool = True) -> list[ColumnElement[bool]]:
    """What a row of `product_search` satisfies that has every word in one of the columns. There is a word."""
    match = literal_column("product_search").op("MATCH", is_comparison=True)
    plain = [match(condition(" ".join(asked.plain), columns, prefix=prefix and asked.begins))] if asked.plain else []
    return [*plain, *(func.instr(product_search.c.title, word) > 0 for word in asked.inside)]


def condition(text: str, columns: str = EVERYWHERE, *, prefix: bool = True) -> str:
    """What FTS5 is asked: every word quoted, so that none is syntax. Only for text that has words."""
    every_word = " AND ".join(f'"{word}"' for word in words(text)[:MOST_WORDS])
    return f"{{{columns}}} : ({every_word}{'*' if prefix else ''})"


def any_of(every: Iterable[str], columns: str) -> Iterator[str]:
    """What FTS5 is asked for products that have one of these words, some hundred words at a time."""
    rest = sorted(every)
    while batch := rest[:_BATCH]:
        rest = rest[_BATCH:]
        one_of = " OR ".join(f'"{word}"' for word in batch)
        yield f"{{{columns}}} : ({one_of})"


def _search_rows(
    connection: Connection, product_ids: list[int], categories: Mapping[int, str]
) -> dict[int, Words]:
    of_variants = _facts_of_variants(connection, product_ids)
    products = connection.execute(
        select(product.c.id, product.c.title, product.c.description, product.c.vendor, product.c.tags,
               product.c.category_id, product_type.c.label.label("type"))
        .join_from(product, product_type, isouter=True)
        .where(product.c.id.in_(product_ids))
    )
    return {
        row.id: words_of(row.title, [row.vendor, row.type or "", categories.get(row.category_id, ""), row.tags,
                                     *of_variants[row.id]], row.description)
        for row in products
    }


def _facts_of_variants(connection: Connection, product_ids: list[int]) -> dict[int, list[str]]:
    """The SKUs and option labels of each product's live variants."""
    live = (variant.c.product_id.in_(product_ids), live_variant)
    skus = select(variant.c.product_id, variant.c.sku).where(*live)
    labels = (
        select(variant.c.product_id, choice.c.label)
        .join_from(variant, variant_option, variant_option.c.variant_id == variant.c.id)
        .join(choice, choice.c.id == variant_option.c.choice_id)
        .where(*live)
    )
    facts: dict[int, list[str]] = defaultdict(list)
    for product_id, fact in connection.execute(skus.union(labels)):
        facts[product_id].append(fact)
    return facts


def category_names(connection: Connection) -> dict[int, str]:
    """By id, of each category its own name and those above it."""
    categories = connection.execute(select(category.c.id, category.c.parent_id, category.c.name))
    above = {row.id: row for row in categories}

    def path(category_id: int | None) -> Iterable[str]:
        while category_id is not None:
            yield above[category_id].name
            category_id = above[category_id].parent_id

    return {category_id: " ".join(path(category_id)) for category_id in above}


def tokens(texts: Iterable[str]) -> str:
    """The words of the texts, each once, apart by blanks."""
    return " ".join(dict.fromkeys(spellings(" ".join(texts))))
