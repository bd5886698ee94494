"""The words of the products that shoppers see, asked of the database."""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal, select, union_all

from shopkeeper.catalog.asked import Asked, Words, as_it_stands
from shopkeeper.catalog.availability import live_variant, seen_product
from shopkeeper.catalog.search import TITLE, TITLE_AND_FACTS, category_names, having, product_search, tokens
from shopkeeper.catalog.tables import category, choice, product, product_type, variant, variant_option
from shopkeeper.database.types import Int

_BATCH = 100  # products: of a word that some are called by, the first ones tell

_PRODUCTS = product_search.join(product, product.c.id == product_search.c.rowid)
_ANY = select(literal(1)).select_from(_PRODUCTS).where(seen_product).limit(1)
_HOW_MANY = select(func.count()).select_from(_PRODUCTS).where(seen_product)
_CALLED = select(product_search.c.title, product.c.vendor, product.c.tags).select_from(_PRODUCTS).where(seen_product)
_NAMES = union_all(select(choice.c.label), select(category.c.name), select(product_type.c.label))

_FACTS = (
    select(product.c.id, product.c.category_id, product.c.vendor, product.c.tags, product_type.c.label)
    .select_from(_PRODUCTS.join(product_type, product_type.c.id == product.c.product_type_id, isouter=True))
    .where(seen_product)
)
_LABELS = (
    select(choice.c.label)
    .join_from(variant, variant_option, variant_option.c.variant_id == variant.c.id)
    .join(choice, choice.c.id == variant_option.c.choice_id)
    .where(live_variant, variant.c.product_id.in_(bindparam("ids", type_=Int, expanding=True)))
    .distinct()
)


class Seen(Words):
    """What one transaction sees of them; `suggestions.Vocabulary` says it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, word: str) -> int:
        anywhere, in_title = (self._connection.execute(_HOW_MANY.where(*_has(word, columns))).scalar_one()
                              for columns in (TITLE_AND_FACTS, TITLE))
        return anywhere if in_title or is_called(self._connection, word) else 0

    def alike(self, word: str, limit: int, *, begins: bool) -> Iterable[str]:  # noqa: ARG002 (all are few enough)
        products = self._connection.execute(_CALLED).all()
        named = tokens({text for _, *texts in products for text in texts})
        return {*" ".join(row.title for row in products).split(), *named.split(), *names(self._connection)}

    def find(self, asked: Asked) -> bool:
        return self._connection.execute(_ANY.where(*having(asked))).first() is not None


def names(connection: Connection) -> set[str]:
    """The words of all option labels, categories and product types, whether a product has them or not."""
    return set(tokens(connection.scalars(_NAMES)).split())


def is_called(connection: Connection, word: str) -> bool:
    """Whether a product that shoppers see has the word in its facts, and not only in a SKU."""
    categories = category_names(connection)
    products = connection.execute(_FACTS.where(*_has(word, "facts")), execution_options={"yield_per": _BATCH})
    for rows in products.partitions():
        texts = {text or "" for _, category_id, *texts in rows for text in (*texts, categories.get(category_id, ""))}
        labels = connection.scalars(_LABELS, {"ids": [row.id for row in rows]})
        if word in tokens([*texts, *labels]).split():
            products.close()
            return True
    return False


def _has(word: str, columns: str) -> list[ColumnElement[bool]]:
    return having(as_it_stands(word), columns, prefix=False)
