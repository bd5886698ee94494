"""Product CSV: to which product a row belongs that has an SKU, but no handle."""
from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import bindparam, select

from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.availability import live_variant
from shopkeeper.catalog.tables import product, variant
from shopkeeper.database.engine import Database

FindHandle = Callable[[str], str]
"""Returns the handle of the one product that has a variant with this SKU; '' where there is none, or several are."""

_HANDLES = (
    select(product.c.handle).distinct()
    .join(variant, variant.c.product_id == product.c.id)
    .where(variant.c.sku == bindparam("sku"), live_variant, arrived(product.c.id))
    .limit(2)
)


def handle_finder(database: Database) -> FindHandle:
    """Return what looks SKUs up in the shop."""
    @lru_cache(maxsize=16)  # rows of a product mostly stand together
    def find(sku: str) -> str:
        if not sku:
            return ""
        with database.read() as connection:
            handles = connection.scalars(_HANDLES, {"sku": sku}).all()
        return handles[0] if len(handles) == 1 else ""

    return find
