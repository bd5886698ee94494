"""Variants by id: what carts and orders need to know of them."""
from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, case, select

from shopkeeper.catalog.availability import available, live_product, live_variant
from shopkeeper.catalog.model import Sellable, called
from shopkeeper.catalog.specifications import specifications
from shopkeeper.catalog.tables import attribute, choice, product, product_option, stock, variant, variant_option
from shopkeeper.database.types import DamagedValue
from shopkeeper.money import Money

_ids: BindParameter[Collection[int]] = bindparam("ids", expanding=True)

# A row for each option. An archived variant may have options that its product has no longer: they come last.
_VARIANTS: Select[Any] = (
    select(variant.c.id, variant.c.sku, variant.c.price_minor, variant.c.requires_shipping, product.c.handle,
           product.c.title, available, case((and_(live_product, live_variant), 1), else_=0).label("live"),
           attribute.c.code, choice.c.label)
    .join(product, product.c.id == variant.c.product_id)
    .outerjoin(stock, stock.c.variant_id == variant.c.id)
    .outerjoin(variant_option, variant_option.c.variant_id == variant.c.id)
    .outerjoin(attribute, attribute.c.id == variant_option.c.attribute_id)
    .outerjoin(choice, choice.c.id == variant_option.c.choice_id)
    .outerjoin(product_option, and_(product_option.c.product_id == variant.c.product_id,
                                    product_option.c.attribute_id == variant_option.c.attribute_id))
    .where(variant.c.id.in_(_ids))
    .order_by(variant.c.id, product_option.c.position.is_(None), product_option.c.position, attribute.c.id)
)

_PRODUCTS = select(variant.c.id, variant.c.product_id).where(variant.c.id.in_(_ids))


def variants(connection: Connection, ids: Collection[int], currency: str) -> dict[int, Sellable]:
    """The variants with these ids, archived ones too; ids of none are left out. Options are in their product's order.
    """
    return {
        row.id: Sellable(
            row.id, row.handle, row.title, row.sku, options, Money(row.price_minor, currency), row.available,
            row.requires_shipping, bool(row.live),
        )
        for row, options in _with_options(connection, ids)
    }


def variant_names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """What these variants are called, by id."""
    return {row.id: called(row.title, options) for row, options in _with_options(connection, ids)}


def variant_specifications(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The specifications of these variants' products, label to value as people read it, by variant."""
    products = dict(connection.execute(_PRODUCTS, {"ids": [*ids]}).all())
    known = specifications(connection, set(products.values()))
    return {id_: {spec.label: spec.value for spec in known.get(product_id, ())} for id_, product_id in products.items()}


def without_choice(variant_id: int) -> DamagedValue:
    """Return what to raise for a variant that has no choice of one of its product's options."""
    return DamagedValue("variant_option.choice_id", f"is missing for an option of variant {variant_id}")


def _with_options(connection: Connection, ids: Collection[int]) -> Iterator[tuple[Row[Any], dict[str, str]]]:
    for _, group in groupby(connection.execute(_VARIANTS, {"ids": [*ids]}), key=attrgetter("id")):
        rows = list(group)
        yield rows[0], {row.code: row.label for row in rows if row.code is not None}
