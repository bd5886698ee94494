"""One product with all there is to choose and to know."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from shopkeeper.catalog.availability import available, live_product, live_variant
from shopkeeper.catalog.categories import path
from shopkeeper.catalog.model import Choice, Image, Option, Product, Variant
from shopkeeper.catalog.specifications import specifications
from shopkeeper.catalog.tables import (
    attribute,
    category,
    choice,
    product,
    product_image,
    product_option,
    product_type,
    stock,
    variant,
    variant_option,
)
from shopkeeper.catalog.variants import without_choice
from shopkeeper.errors import NotFound
from shopkeeper.money import Money
from shopkeeper.text import clean

_PRODUCT = (
    select(product, product_type.c.label.label("type"), category.c.slug.label("category"))
    .outerjoin(product_type, product_type.c.id == product.c.product_type_id)
    .outerjoin(category, category.c.id == product.c.category_id)
    .where(live_product)
)
_OPTIONS = (
    select(attribute.c.code, attribute.c.label, choice.c.label.label("choice"), choice.c.hex)
    .join(product_option, product_option.c.attribute_id == attribute.c.id)
    .join(variant, variant.c.product_id == product_option.c.product_id)
    .join(variant_option, (variant_option.c.variant_id == variant.c.id)
          & (variant_option.c.attribute_id == attribute.c.id))
    .join(choice, choice.c.id == variant_option.c.choice_id)
    .where(live_variant)
    .distinct()
    .order_by(product_option.c.position, choice.c.position, choice.c.id)
    .add_columns(product_option.c.position, choice.c.position, choice.c.id)
)
_VARIANTS = (
    select(variant, available)
    .outerjoin(stock, stock.c.variant_id == variant.c.id)
    .where(live_variant)
    .order_by(variant.c.position)
)
_LABELS = (
    select(variant.c.id, attribute.c.code, choice.c.label)
    .join(variant_option, variant_option.c.variant_id == variant.c.id)
    .join(attribute, attribute.c.id == variant_option.c.attribute_id)
    .join(choice, choice.c.id == variant_option.c.choice_id)
    .where(live_variant)
)


def live(connection: Connection, handle: str, currency: str) -> Product:
    """The product with this handle, if shoppers see it; its prices are in `currency`.

    Raises:
        NotFound: There is none, or it is a draft, archived or not published.
    """
    row = connection.execute(_PRODUCT.where(product.c.handle == clean(handle))).one_or_none()
    if row is None:
        raise NotFound(f"There is no product {handle!r}.", handle=handle)
    options = _options(connection, row.id)
    return Product(
        handle=row.handle,
        title=row.title,
        description=row.description,
        vendor=row.vendor,
        product_type=row.type or "",
        categories=path(connection, row.category) if row.category else (),
        specs=specifications(connection, [row.id]).get(row.id, ()),
        options=options,
        variants=_variants(connection, row.id, options, currency),
        images=_images(connection, row.id),
        tags=tuple(row.tags.split("\n")) if row.tags else (),
    )


def _options(connection: Connection, product_id: int) -> tuple[Option, ...]:
    choices: dict[tuple[str, str], list[Choice]] = {}
    for row in connection.execute(_OPTIONS.where(product_option.c.product_id == product_id)):
        choices.setdefault((row.code, row.label), []).append(Choice(row.choice, row.hex))
    return tuple(Option(code, label, tuple(found)) for (code, label), found in choices.items())


def _variants(connection: Connection, product_id: int, options: tuple[Option, ...],
              currency: str) -> tuple[Variant, ...]:
    labels: dict[int, dict[str, str]] = {}
    for row in connection.execute(_LABELS.where(variant.c.product_id == product_id)):
        labels.setdefault(row.id, {})[row.code] = row.label
    rows = connection.execute(_VARIANTS.where(variant.c.product_id == product_id))
    codes = [option.code for option in options]
    return tuple(_variant(row, _in_order(codes, row.id, labels.get(row.id, {})), currency) for row in rows)


def _in_order(codes: Sequence[str], variant_id: int, labels: Mapping[str, str]) -> dict[str, str]:
    if not labels.keys() >= set(codes):
        raise without_choice(variant_id)
    return {code: labels[code] for code in codes}


def _variant(row: Row[*tuple[Any, ...]], options: Mapping[str, str], currency: str) -> Variant:
    compare_at = None if row.compare_at_minor is None else Money(row.compare_at_minor, currency)
    return Variant(row.id, row.sku, options, Money(row.price_minor, currency), compare_at, row.available,
                   row.requires_shipping, row.image)


def _images(connection: Connection, product_id: int) -> tuple[Image, ...]:
    rows = connection.execute(select(product_image).where(product_image.c.product_id == product_id)
                              .order_by(product_image.c.position))
    return tuple(Image(row.source, row.alt) for row in rows)
