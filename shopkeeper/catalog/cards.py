"""Products as they stand in a list."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from shopkeeper.catalog.availability import available, live_variant, unlimited
from shopkeeper.catalog.candidates import one_if
from shopkeeper.catalog.model import Choice, Option, ProductCard
from shopkeeper.catalog.tables import (
    attribute,
    choice,
    product,
    product_image,
    product_option,
    stock,
    variant,
    variant_option,
)
from shopkeeper.database.types import Int
from shopkeeper.money import Money

_IDS = bindparam("ids", type_=Int, expanding=True)
_other = variant.alias("cheapest")
_COMPARE_AT = (
    select(_other.c.compare_at_minor)
    .where(_other.c.product_id == product.c.id, _other.c.archived == 0)
    .order_by(_other.c.price_minor, _other.c.position)
    .limit(1)
    .scalar_subquery()
)
_IMAGE = (
    select(product_image.c.source)
    .where(product_image.c.product_id == product.c.id)
    .order_by(product_image.c.position)
    .limit(1)
    .scalar_subquery()
)
_PRODUCTS = (
    select(product.c.id, product.c.handle, product.c.title, product.c.vendor,
           func.min(variant.c.price_minor).label("price_from"), func.max(variant.c.price_minor).label("price_to"),
           func.sum(available).label("available"), func.max(one_if(unlimited)).label("unlimited"),
           _COMPARE_AT.label("compare_at"), func.coalesce(_IMAGE, "").label("image"))
    .join_from(product, variant, variant.c.product_id == product.c.id)
    .join(stock, stock.c.variant_id == variant.c.id)
    .where(live_variant, product.c.id.in_(_IDS))
    .group_by(product.c.id)
)
_OPTIONS = (
    select(product_option.c.product_id, attribute.c.code, attribute.c.label, choice.c.label,
           choice.c.hex, product_option.c.position, choice.c.position, choice.c.id)
    .join_from(product_option, variant, variant.c.product_id == product_option.c.product_id)
    .join(variant_option, and_(variant_option.c.variant_id == variant.c.id,
                               variant_option.c.attribute_id == product_option.c.attribute_id))
    .join(attribute, attribute.c.id == product_option.c.attribute_id)
    .join(choice, choice.c.id == variant_option.c.choice_id)
    .where(live_variant, product_option.c.product_id.in_(_IDS))
    .distinct()
    .order_by(product_option.c.product_id, product_option.c.position, choice.c.position, choice.c.id)
)


def cards(connection: Connection, product_ids: Sequence[int], options: Mapping[int, tuple[Option, ...]], currency: str
          ) -> tuple[ProductCard, ...]:
    """The cards of these products, in this order, with these options; each has at least one live variant."""
    rows = {row.id: row for row in connection.execute(_PRODUCTS, {"ids": product_ids}).all()}
    return tuple(_card(rows[id_], options[id_], currency) for id_ in product_ids)


def _card(row: Sequence[Any], options: tuple[Option, ...], currency: str) -> ProductCard:
    id_, handle, title, vendor, price_from, price_to, available, unlimited, compare_at, image = row
    return ProductCard(
        id=id_,
        handle=handle,
        title=title,
        vendor=vendor,
        price_from=Money(price_from, currency),
        price_to=Money(price_to, currency),
        in_stock=bool(unlimited or available),
        options=options,
        image=image,
        compare_at=Money(compare_at, currency) if compare_at is not None and compare_at > price_from else None,
        available=None if unlimited else available,
    )


def options_of(connection: Connection, product_ids: Sequence[int]) -> dict[int, tuple[Option, ...]]:
    """The options of these products with the choices that they are made in, in the order of each product."""
    choices: dict[int, dict[tuple[str, str], list[Choice]]] = {id_: {} for id_ in product_ids}
    for product_id, code, label, choice_label, hex_, *_ in connection.execute(_OPTIONS, {"ids": product_ids}).all():
        choices[product_id].setdefault((code, label), []).append(Choice(choice_label, hex_))
    return {
        product_id: tuple(Option(code, label, tuple(found)) for (code, label), found in by_option.items())
        for product_id, by_option in choices.items()
    }
