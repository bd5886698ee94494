"""Products on their way in: an import that takes long writes them ahead, and nobody sees them until all are there.

A transaction that wrote all of them at once would keep everybody else from writing for a minute: who wants to buy
would be told that the shop is busy. So they come in many short ones, unpublished, and listed as arriving: shoppers see
nothing that is not published, and what shows unpublished products asks `arrived`. The import's last transaction
publishes them. If it never comes to that, they are in nobody's way, and the next import takes them out.
"""
from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update

from shopkeeper.catalog.availability import Forget
from shopkeeper.catalog.search import product_search
from shopkeeper.catalog.tables import arriving_product, product, variant
from shopkeeper.database.bulk import insert_rows
from shopkeeper.database.engine import Database

# Of what is taken out in one transaction, for which others wait.
_BATCH = 500
_BATCH_VARIANTS = 2_500

_SOME = select(arriving_product.c.product_id).limit(_BATCH)


def arrived(product_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The product with this id is no longer on its way in."""
    return ~exists().where(arriving_product.c.product_id == product_id)


def announce(connection: Connection, products: dict[int, bool]) -> None:
    """These products, by id, are on their way in: unpublished now, and published in the end or not."""
    insert_rows(connection, arriving_product, ("product_id", "published"), list(products.items()))


def publish(connection: Connection) -> None:
    """All that were on their way in are there."""
    to_publish = select(arriving_product.c.product_id).where(arriving_product.c.published == 1)
    connection.execute(update(product).where(product.c.id.in_(to_publish)).values(published=True))
    connection.execute(delete(arriving_product))


def take_out(database: Database, forget: Forget) -> None:
    """Deletes what an import that was cut off has left. Only while no other import is under way."""
    with database.read() as connection:
        left = connection.scalars(_SOME).first()
    while left is not None:
        with database.write() as connection:
            _take_some_out(connection, forget)
            left = connection.scalars(_SOME).first()


def _take_some_out(connection: Connection, forget: Forget) -> None:
    ids = connection.scalars(_SOME).all()
    variants = select(variant.c.id).where(variant.c.product_id.in_(ids)).limit(_BATCH_VARIANTS)
    variant_ids = connection.scalars(variants).all()
    forget(connection, variant_ids)
    connection.execute(delete(variant).where(variant.c.id.in_(variant_ids)))
    if len(variant_ids) < _BATCH_VARIANTS:
        connection.execute(delete(product_search).where(product_search.c.rowid.in_(ids)))
        connection.execute(delete(product).where(product.c.id.in_(ids)))
