"""Product CSV, third step: names of attributes, choices, types and categories become rows with ids."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, select

from shopkeeper.catalog.csv_named import Named
from shopkeeper.catalog.csv_parse import ProductRows, VariantRow
from shopkeeper.catalog.csv_state import ProductValues, VariantValues, WantedProduct, WantedVariant, option_key
from shopkeeper.catalog.search import category_names, words_of
from shopkeeper.catalog.specifications import kept
from shopkeeper.catalog.tables import category, choice, product_type
from shopkeeper.catalog.vocabulary import Attribute, Vocabulary
from shopkeeper.errors import Problem
from shopkeeper.text import fold, slug, unaccented


class Names:
    """Finds what the products of a file name, and makes what is new."""

    def __init__(self, connection: Connection, named: Named, specs: Mapping[str, str]) -> None:
        vocabulary = Vocabulary(connection)
        self._named = named
        self._specs = {code: vocabulary.specification(code, label) for code, label in specs.items()
                       if code in named.specs}
        self.specifications = frozenset(spec.id for spec in map(vocabulary.find, specs) if spec)
        """The ids of those that the file has columns of, whether or not any product has a value there."""
        names = dict.fromkeys(name for names in named.options for name in names)
        self._options = {name: vocabulary.option(name) for name in names}
        self._choices = _choices(vocabulary, self._options, named.labels)
        self._types = _types(connection, named.types)
        self._categories = _categories(connection, named.categories)
        self._labels = {row.id: row.label for row in connection.execute(select(choice.c.id, choice.c.label))}
        self._type_labels = {row.id: row.label
                             for row in connection.execute(select(product_type.c.id, product_type.c.label))}
        self._category_names = category_names(connection)

    def problems(self, products: Iterable[ProductRows]) -> list[Problem]:
        """Products which have an option twice, under two of its names."""
        twice = {names for names in self._named.options
                 if len({self._options[name].id for name in names}) < len(names)}
        if not twice:
            return []
        return [Problem(each.line, each.handle, f"{' and '.join(each.options)}: two of these are the same option.")
                for each in products if each.options in twice]

    def wanted(self, rows: ProductRows) -> WantedProduct:
        """The product as its rows in the database shall be."""
        variants = [self._variant(rows.options, each, place) for place, each in enumerate(rows.variants, start=1)]
        values = self._values(rows)
        specs: dict[int, str] = {}
        for code, text in rows.specs.items():
            spec = self._specs[code]
            specs.setdefault(spec.id, kept(text, spec.type, spec.unit))
        return WantedProduct(
            values=values,
            options=tuple([self._options[name].id for name in rows.options]),
            specs=specs,
            images=rows.images,
            variants={option_key(each.choices.values()): each for each in variants},
            words=words_of(values.title, self._facts(values, variants), values.description),
        )

    def _facts(self, values: ProductValues, variants: Sequence[WantedVariant]) -> list[str]:
        choices = {id_ for each in variants for id_ in each.choices.values()}
        return [values.vendor, self._type_labels.get(values.product_type_id or 0, ""),
                self._category_names.get(values.category_id or 0, ""), values.tags,
                *[self._labels[id_] for id_ in choices], *[each.values.sku for each in variants]]

    def _values(self, rows: ProductRows) -> ProductValues:
        return ProductValues(
            handle=rows.handle,
            title=rows.title,
            title_key=unaccented(rows.title),
            description=rows.description,
            vendor=rows.vendor,
            product_type_id=self._types[rows.type] if rows.type else None,
            category_id=self._categories[rows.category] if rows.category else None,
            status=rows.status,
            published=rows.published,
            gift_card=rows.gift_card,
            tags="\n".join(rows.tags),
        )

    def _variant(self, options: Sequence[str], row: VariantRow, place: int) -> WantedVariant:
        choices = dict([self._choices[pair] for pair in zip(options, row.options)])  # noqa: B905  of one length
        values = VariantValues(row.sku, row.price, row.compare_at, row.requires_shipping is not False, row.image, place,
                               archived=False)
        return WantedVariant(values, row.line, choices, row.tracked, row.quantity, row.policy)


def category_slug(names: Iterable[str]) -> str:
    """The address of a category: `("Apparel", "Hats & Caps")` is `apparel/hats-caps`."""
    return "/".join(slug(name) for name in names)


def _choices(vocabulary: Vocabulary, options: Mapping[str, Attribute],
             labels: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """The ids of the attribute and the choice, by the names that the file gives them."""
    named: dict[Attribute, list[str]] = {option: [] for option in options.values()}
    for name, label in labels:
        named[options[name]].append(label)
    ids = {option: vocabulary.choices(option, each) for option, each in named.items()}
    return {(name, label): (options[name].id, ids[options[name]][fold(label)]) for name, label in labels}


def _types(connection: Connection, labels: Collection[str]) -> dict[str, int]:
    """The ids of the product types, by the labels that the file gives them."""
    ids = {row.code: row.id for row in connection.execute(select(product_type.c.code, product_type.c.id))}
    for label in labels:
        code = slug(label)
        if code not in ids:
            values = {"code": code, "label": label}
            ids[code] = connection.scalars(insert(product_type).returning(product_type.c.id), [values]).one()
    return {label: ids[slug(label)] for label in labels}


def _categories(connection: Connection, paths: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The ids of the categories, by their paths in the file."""
    ids = {row.slug: row.id for row in connection.execute(select(category.c.slug, category.c.id))}
    for path in paths:
        for depth in range(1, len(path) + 1):
            own, parent = category_slug(path[:depth]), category_slug(path[: depth - 1])
            if own not in ids:
                values = {"slug": own, "name": path[depth - 1], "parent_id": ids.get(parent), "position": len(ids)}
                ids[own] = connection.scalars(insert(category).returning(category.c.id), [values]).one()
    return {path: ids[category_slug(path)] for path in paths if path}
