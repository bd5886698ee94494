"""Products as rows: as a file wants them, and as they stand in the database. What is equal is not written again."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select

from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.availability import StockCount
from shopkeeper.catalog.model import Image
from shopkeeper.catalog.search import Words
from shopkeeper.catalog.tables import (
    product,
    product_image,
    product_option,
    product_specification,
    stock,
    variant,
)


class ProductValues(NamedTuple):
    """The columns of `product` that a file decides."""

    handle: str
    title: str
    title_key: str
    description: str
    vendor: str
    product_type_id: int | None
    category_id: int | None
    status: str
    published: bool
    gift_card: bool
    tags: str


class VariantValues(NamedTuple):
    """The columns of `variant` that a file decides, but for what tells variants apart."""

    sku: str
    price_minor: int
    compare_at_minor: int | None
    requires_shipping: bool
    image: str
    position: int
    archived: bool


class WantedVariant(NamedTuple):
    """A variant of the file. `choices` are by attribute; `quantity` is `None` where the file does not say."""

    values: VariantValues
    line: int
    choices: Mapping[int, int]
    tracked: bool
    quantity: int | None
    policy: Literal["deny", "continue"]


class WantedProduct(NamedTuple):
    """A product of the file, its variants by option key; `words` are those by which it is found."""

    values: ProductValues
    options: tuple[int, ...]
    specs: Mapping[int, str]
    images: tuple[Image, ...]
    variants: Mapping[str, WantedVariant]
    words: Words


@dataclass(frozen=True, slots=True)
class CurrentVariant:
    """A variant of the database."""

    id: int
    values: VariantValues
    stock: StockCount
    reserved: int


@dataclass(slots=True)
class CurrentProduct:
    """A product of the database, its variants, archived ones too, by option key."""

    id: int
    values: ProductValues
    options: tuple[int, ...] = ()
    specs: dict[int, str] = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    variants: dict[str, CurrentVariant] = field(default_factory=dict)


def option_key(choice_ids: Iterable[int]) -> str:
    """What tells a variant from the others of its product, however these order their options."""
    return "-".join(map(str, sorted(choice_ids)))


def on_hand(variant: WantedVariant, current: CurrentVariant | None) -> int:
    """How many there are by the file, as far as it can be: what is reserved is there, and none are owed."""
    if not variant.tracked:
        return 0
    quantity = variant.quantity
    if quantity is None:
        quantity = current.stock.on_hand if current and current.stock.tracked else 0
    if variant.policy == "deny":
        least = current.reserved if current else 0
        return quantity if quantity > least else least
    return quantity


def current_products(connection: Connection, handles: Collection[str]) -> dict[str, CurrentProduct]:
    """Those of the products that there are, by handle; not those on their way in."""
    columns = [product.c[name] for name in ProductValues._fields]
    there = product.c.handle.in_(handles), arrived(product.c.id)
    rows = connection.execute(select(product.c.id, *columns).where(*there)).all()
    found = {row.id: CurrentProduct(row.id, ProductValues(*row[1:])) for row in rows}
    if found:
        _add_parts(connection, found)
        _add_variants(connection, found)
    return {each.values.handle: each for each in found.values()}


def _add_parts(connection: Connection, found: Mapping[int, CurrentProduct]) -> None:
    options: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(select(product_option).where(product_option.c.product_id.in_(found))
                                  .order_by(product_option.c.position)).all():
        options[row.product_id].append(row.attribute_id)
    images: dict[int, list[Image]] = defaultdict(list)
    for row in connection.execute(select(product_image).where(product_image.c.product_id.in_(found))
                                  .order_by(product_image.c.position)).all():
        images[row.product_id].append(Image(row.source, row.alt))
    for row in connection.execute(select(product_specification)
                                  .where(product_specification.c.product_id.in_(found))).all():
        found[row.product_id].specs[row.attribute_id] = row.value
    for each in found.values():
        each.options, each.images = tuple(options[each.id]), tuple(images[each.id])


def _add_variants(connection: Connection, found: Mapping[int, CurrentProduct]) -> None:
    columns = [variant.c[name] for name in VariantValues._fields]
    rows = connection.execute(
        select(variant.c.product_id, variant.c.option_key, variant.c.id,
               stock.c.tracked, stock.c.on_hand, stock.c.policy, stock.c.reserved, *columns)
        .join(stock, stock.c.variant_id == variant.c.id)
        .where(variant.c.product_id.in_(found))
    )
    for product_id, key, id_, tracked, on_hand, policy, reserved, *values in rows.all():
        counted = StockCount(tracked, on_hand, policy)
        found[product_id].variants[key] = CurrentVariant(id_, VariantValues(*values), counted, reserved)
