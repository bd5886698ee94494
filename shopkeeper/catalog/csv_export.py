"""Product CSV out: what import reads. Import of it changes nothing; into an empty shop it gives the same catalog."""
from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, select

from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.csv_columns import COLUMNS
from shopkeeper.catalog.csv_formulas import guarded
from shopkeeper.catalog.csv_state import CurrentProduct, CurrentVariant, current_products
from shopkeeper.catalog.html_text import decoded, html_of
from shopkeeper.catalog.specifications import shown
from shopkeeper.catalog.tables import (
    category,
    choice,
    product,
    product_specification,
    product_type,
    variant,
    variant_option,
)
from shopkeeper.catalog.variants import without_choice
from shopkeeper.catalog.vocabulary import Vocabulary
from shopkeeper.money import Money
from shopkeeper.output_files import write_file

_BATCH = 500
_NUMBERS = {"price", "compare_at", "quantity", "image_position"}  # they are what they look like
_HEADERS = {name: classic for name, classic, _ in COLUMNS}


def export(connection: Connection, path: Path, currency: str) -> None:
    """Writes all products, drafts and archived ones too; what stands at `path` is replaced once all is written.

    Raises:
        InvalidInput: The file cannot be written.
    """
    with write_file(path) as file:
        _write(file, connection, currency)


def _write(file: TextIO, connection: Connection, currency: str) -> None:
    names = _Names(connection)
    specs = [f"{each.label} (product.metafields.custom.{each.code})" for each in names.specs.values()]
    columns: list[str | int] = [*_HEADERS, *names.specs]
    writer = csv.writer(file)
    writer.writerow([*_HEADERS.values(), *map(guarded, specs)])
    handles = connection.scalars(select(product.c.handle).where(arrived(product.c.id)).order_by(product.c.id)).all()
    for start in range(0, len(handles), _BATCH):
        found = current_products(connection, handles[start : start + _BATCH])
        labels = _labels(connection, [each.id for each in found.values()])
        for handle in handles[start : start + _BATCH]:
            for cells in _rows(found[handle], names, labels, currency):
                writer.writerow([_written(column, cells) for column in columns])


def _written(column: str | int, cells: Mapping[str | int, str]) -> str:
    text = cells.get(column, "")
    return text if column in _NUMBERS else guarded(text)


class _Names:
    """What the ids in a product's rows are called."""

    def __init__(self, connection: Connection) -> None:
        self.vocabulary = Vocabulary(connection)
        used = select(product_specification.c.attribute_id).where(arrived(product_specification.c.product_id))
        self.specs = {id_: self.vocabulary[id_] for id_ in sorted(connection.scalars(used.distinct()))}
        types = connection.execute(select(product_type.c.id, product_type.c.label))
        self.types: dict[int | None, str] = {row.id: row.label for row in types}
        self.categories: dict[int | None, str] = {}
        # A category has a greater id than the one above it.
        for row in connection.execute(select(category).order_by(category.c.id)):
            above = f"{self.categories[row.parent_id]} > " if row.parent_id else ""
            self.categories[row.id] = above + row.name


def _labels(connection: Connection, product_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """The label of each variant's choice, by variant and attribute."""
    labels: dict[int, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(
        select(variant_option.c.variant_id, variant_option.c.attribute_id, choice.c.label)
        .join(choice, choice.c.id == variant_option.c.choice_id)
        .join(variant, variant.c.id == variant_option.c.variant_id)
        .where(variant.c.product_id.in_(product_ids))
    ):
        labels[row.variant_id][row.attribute_id] = row.label
    return labels


def _rows(each: CurrentProduct, names: _Names, labels: Mapping[int, Mapping[int, str]],
          currency: str) -> Iterator[dict[str | int, str]]:
    """A row for each variant, with an image beside it; the first has what holds for all, the last ones images only."""
    listed = sorted((one for one in each.variants.values() if not one.values.archived),
                    key=lambda one: one.values.position)
    product_cells = _product_cells(each, names)
    for place, (one, image) in enumerate(zip_longest(listed, each.images), start=1):
        cells: dict[str | int, str] = {"handle": each.values.handle, **(product_cells if place == 1 else {})}
        if one:
            cells |= _variant_cells(one, currency)
            if not labels[one.id].keys() >= set(each.options):
                raise without_choice(one.id)
            cells |= {f"option{n}_value": _cell(labels[one.id][id_]) for n, id_ in enumerate(each.options, start=1)}
            cells.setdefault("option1_value", "Default Title")
        if image:
            cells |= {"image": image.source, "image_position": str(place), "image_alt": _cell(image.alt)}
        yield cells


def _product_cells(each: CurrentProduct, names: _Names) -> dict[str | int, str]:
    values = each.values
    options = [_cell(names.vocabulary.name_of(id_)) for id_ in each.options] or ["Title"]
    cells: dict[str | int, str] = {f"option{n}_name": name for n, name in enumerate(options, start=1)}
    for id_, value in each.specs.items():
        cells[id_] = _cell(shown(value, names.specs[id_].type, names.specs[id_].unit))
    return cells | {
        "title": _cell(values.title),
        "body": html_of(values.description),
        "vendor": _cell(values.vendor),
        "category": _cell(names.categories.get(values.category_id, "")),
        "type": _cell(names.types.get(values.product_type_id, "")),
        "tags": _cell(", ".join(values.tags.split("\n"))),
        "published": _flag(values.published),
        "gift_card": _flag(values.gift_card),
        "status": values.status,
    }


def _variant_cells(one: CurrentVariant, currency: str) -> dict[str | int, str]:
    values, stock = one.values, one.stock
    compare_at = values.compare_at_minor
    return {
        "sku": values.sku,
        "tracker": "shopify" if stock.tracked else "",
        "quantity": str(stock.on_hand) if stock.tracked else "",
        "policy": stock.policy,
        "price": Money(values.price_minor, currency).plain(),
        "compare_at": "" if compare_at is None else Money(compare_at, currency).plain(),
        "requires_shipping": _flag(values.requires_shipping),
        "variant_image": values.image,
    }


def _cell(text: str) -> str:
    """The text, with `&` written as an entity where import would take what follows for one."""
    return text if decoded(text) == text else text.replace("&", "&amp;")


def _flag(value: bool) -> str:
    return "true" if value else "false"
