"""Variants by id: what carts and orders need to know of them."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, select

from shopkeeper.catalog.availability import available, live_product, live_variant
from shopkeeper.catalog.model import Sellable
from shopkeeper.catalog.specifications import specifications
from shopkeeper.catalog.tables import attribute, choice, product, product_option, stock, variant, variant_option
from shopkeeper.money import Money

_ids: BindParameter[Collection[int]] = bindparam("ids", expanding=True)

_VARIANTS = (
    select(variant, product.c.handle, product.c.title, available,
           case((and_(live_product, live_variant), 1), else_=0).label("live"))
    .join(product, product.c.id == variant.c.product_id)
    .outerjoin(stock, stock.c.variant_id == variant.c.id)
    .where(variant.c.id.in_(_ids))
)

_PRODUCTS = select(variant.c.id, variant.c.product_id).where(variant.c.id.in_(_ids))

# An archived variant may have options that its product has no longer: they come last.
_LABELS = (
    select(variant_option.c.variant_id, attribute.c.code, choice.c.label)
    .join(variant, variant.c.id == variant_option.c.variant_id)
    .join(attribute, attribute.c.id == variant_option.c.attribute_id)
    .join(choice, choice.c.id == variant_option.c.choice_id)
    .outerjoin(product_option, and_(product_option.c.product_id == variant.c.product_id,
                                    product_option.c.attribute_id == variant_option.c.attribute_id))
    .where(variant_option.c.variant_id.in_(_ids))
    .order_by(variant_option.c.variant_id, product_option.c.position.is_(None), product_option.c.position,
              attribute.c.id)
)


def variants(connection: Connection, ids: Collection[int], currency: str) -> dict[int, Sellable]:
    """The variants with these ids, archived ones too; ids of none are left out."""
    rows = connection.execute(_VARIANTS, {"ids": [*ids]}).all()
    labels = option_labels(connection, ids)
    return {
        row.id: Sellable(
            row.id, row.handle, row.title, row.sku, labels.get(row.id, {}), Money(row.price_minor, currency),
            row.available, row.requires_shipping, bool(row.live),
        )
        for row in rows
    }


def option_labels(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The options of these variants, code to label, in their product's order."""
    labels: dict[int, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(_LABELS, {"ids": [*ids]}):
        labels[row.variant_id][row.code] = row.label
    return dict(labels)


def variant_specifications(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The specifications of these variants' products, label to value as people read it, by variant."""
    products = dict(connection.execute(_PRODUCTS, {"ids": [*ids]}).all())
    known = specifications(connection, set(products.values()))
    return {id_: {spec.label: spec.value for spec in known.get(product_id, ())} for id_, product_id in products.items()}
