"""Product CSV, third step: names of attributes, choices, types and categories become rows with ids."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, select

from shopkeeper.catalog.csv_parse import ProductRows, VariantRow
from shopkeeper.catalog.csv_state import ProductValues, VariantValues, WantedProduct, WantedVariant, option_key
from shopkeeper.catalog.specifications import kept
from shopkeeper.catalog.tables import category, product_type
from shopkeeper.catalog.vocabulary import Attribute, Vocabulary
from shopkeeper.errors import Problem
from shopkeeper.text import fold, slug, unaccented


class Names:
    """Finds what the products of a file name, and makes what is new."""

    def __init__(self, connection: Connection, products: Sequence[ProductRows], specs: Mapping[str, str]) -> None:
        vocabulary = Vocabulary(connection)
        used = {code for each in products for code in each.specs}
        self._specs = {code: vocabulary.specification(code, label) for code, label in specs.items() if code in used}
        names = dict.fromkeys(name for each in products for name in each.options)
        self._options = {name: vocabulary.option(name) for name in names}
        self._choices = _choices(vocabulary, self._options, products)
        self._types = _types(connection, [each.type for each in products if each.type])
        self._categories = _categories(connection, [each.category for each in products])

    def problems(self, products: Sequence[ProductRows]) -> list[Problem]:
        """Products which have an option twice, under two of its names."""
        return [
            Problem(each.line, each.handle, f"{' and '.join(each.options)}: two of these are the same option.")
            for each in products
            if len({self._options[name].id for name in each.options}) < len(each.options)
        ]

    def wanted(self, rows: ProductRows) -> WantedProduct:
        """The product as its rows in the database shall be."""
        options = [self._options[name] for name in rows.options]
        variants = [self._variant(options, each, place) for place, each in enumerate(rows.variants, start=1)]
        specs: dict[int, str] = {}
        for code, text in rows.specs.items():
            spec = self._specs[code]
            specs.setdefault(spec.id, kept(text, spec.type, spec.unit))
        return WantedProduct(
            values=self._values(rows),
            options=tuple(option.id for option in options),
            specs=specs,
            images=rows.images,
            variants={option_key(each.choices.values()): each for each in variants},
        )

    def _values(self, rows: ProductRows) -> ProductValues:
        return ProductValues(
            handle=rows.handle,
            title=rows.title,
            title_key=unaccented(rows.title),
            description=rows.description,
            vendor=rows.vendor,
            product_type_id=self._types[slug(rows.type)] if rows.type else None,
            category_id=self._categories[category_slug(rows.category)] if rows.category else None,
            status=rows.status,
            published=rows.published,
            gift_card=rows.gift_card,
            tags="\n".join(rows.tags),
        )

    def _variant(self, options: Sequence[Attribute], row: VariantRow, place: int) -> WantedVariant:
        choices = {option.id: self._choices[option.id][fold(label)]
                   for option, label in zip(options, row.options, strict=True)}
        values = VariantValues(row.sku, row.price, row.compare_at, row.requires_shipping, row.image, place,
                               archived=False)
        return WantedVariant(row.line, values, choices, row.tracked, row.quantity, row.policy)


def category_slug(names: Iterable[str]) -> str:
    """The address of a category: `("Apparel", "Hats & Caps")` is `apparel/hats-caps`."""
    return "/".join(slug(name) for name in names)


def _choices(vocabulary: Vocabulary, options: Mapping[str, Attribute],
             products: Sequence[ProductRows]) -> dict[int, dict[str, int]]:
    labels: dict[Attribute, list[str]] = {}
    for each in products:
        for i, name in enumerate(each.options):
            labels.setdefault(options[name], []).extend(variant.options[i] for variant in each.variants)
    return {option.id: vocabulary.choices(option, named) for option, named in labels.items()}


def _types(connection: Connection, labels: Iterable[str]) -> dict[str, int]:
    ids = {row.code: row.id for row in connection.execute(select(product_type.c.code, product_type.c.id))}
    for label in labels:
        code = slug(label)
        if code not in ids:
            values = {"code": code, "label": label}
            ids[code] = connection.scalars(insert(product_type).returning(product_type.c.id), [values]).one()
    return ids


def _categories(connection: Connection, paths: Iterable[Sequence[str]]) -> dict[str, int]:
    ids = {row.slug: row.id for row in connection.execute(select(category.c.slug, category.c.id))}
    for path in dict.fromkeys(map(tuple, paths)):
        for depth in range(1, len(path) + 1):
            own, parent = category_slug(path[:depth]), category_slug(path[: depth - 1])
            if own not in ids:
                values = {"slug": own, "name": path[depth - 1], "parent_id": ids.get(parent), "position": len(ids)}
                ids[own] = connection.scalars(insert(category).returning(category.c.id), [values]).one()
    return ids
