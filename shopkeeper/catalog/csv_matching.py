"""Product CSV: which variant a row means, where the sheet lacks columns of options: by what it has of them, and SKU."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shopkeeper.catalog.csv_parse import ProductRows, VariantRow
from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.vocabulary import Vocabulary
from shopkeeper.errors import Problem
from shopkeeper.text import fold

_Choices = frozenset[tuple[int | None, str]]
_Key = tuple[str, ...]


class KnownVariant(NamedTuple):
    """A variant that is in the shop: the labels of its choices, and these folded, by attribute."""

    sku: str
    is_archived: bool
    labels: Mapping[int, str]
    folded: Mapping[int, str]


class KnownProduct(NamedTuple):
    """A product that is in the shop, with its options by attribute and in order, and its variants in order."""

    id: int
    type: str
    has_category: bool
    is_gift_card: bool
    options: tuple[int, ...]
    variants: tuple[KnownVariant, ...]


class Matcher:
    """Finds the variants of a product that the rows of a sheet mean."""

    def __init__(self, scope: Scope, vocabulary: Vocabulary, problems: list[Problem]) -> None:
        """What cannot be matched is added to `problems`."""
        self._scope = scope
        self._vocabulary = vocabulary
        self._problems = problems

    def match(self, rows: ProductRows, known: KnownProduct) -> ProductRows:
        """Return the rows with all options of the variants that they mean."""
        if self._scope.variant_cells <= {"sku"} and not rows.options and not any(row.sku for row in rows.variants):
            return rows._replace(variants=())
        # An option without a name may have no labels either: then only those behind it have.
        places = [place for place in range(len(rows.options)) if any(row.options[place] for row in rows.variants)]
        attributes = [self._attribute(rows.options[place], place, known) for place in places]
        meant: dict[_Key, list[VariantRow]] = defaultdict(list)
        for row in rows.variants:
            meant[self._key([fold(row.options[place]) for place in places], row.sku)].append(row)
        candidates: dict[_Key, list[KnownVariant]] = defaultdict(list)
        for variant in known.variants:
            if not variant.is_archived:
                labels = [variant.folded.get(id_, "") if id_ else "" for id_ in attributes]
                candidates[self._key(labels, variant.sku)].append(variant)
        matched = [pair for key, group in meant.items() for pair in self._pairs(rows, group, candidates[key], known)]
        return rows._replace(
            options=tuple(self._vocabulary.name_of(id_) for id_ in known.options),
            variants=tuple(row._replace(options=tuple(variant.labels[id_] for id_ in known.options))
                           for row, variant in matched),
        )

    def _key(self, labels: Sequence[str], sku: str) -> _Key:
        return (*labels, sku if self._scope.has("sku") else "")

    def refuse_new(self, rows: ProductRows, known: KnownProduct) -> None:
        """Add a problem for each row that is a variant which the product does not have: there is no price for it."""
        attributes = [self._attribute(name, place, known) for place, name in enumerate(rows.options)]
        existing = {_Choices(variant.folded.items()) for variant in known.variants}
        for row in rows.variants:
            if _Choices(zip(attributes, map(fold, row.options), strict=True)) not in existing:
                self._refuse(rows, row, f"{' / '.join(row.options) or 'A variant without options'} is new: a new"
                                        " variant needs a price, and the file has no column Variant Price.")

    def _attribute(self, name: str, place: int, known: KnownProduct) -> int | None:
        """The option that a row means by its name, or else by its place."""
        if name:
            attribute = self._vocabulary.find(name)
            return attribute.id if attribute else None
        return known.options[place] if place < len(known.options) else None

    def _pairs(self, rows: ProductRows, group: Sequence[VariantRow], candidates: Sequence[KnownVariant],
               known: KnownProduct) -> Iterator[tuple[VariantRow, KnownVariant]]:
        """Each row of those that tell the same of the variant which they mean, with one of its candidates."""
        first, named = group[0], self._named(group[0])
        # Where all rows want the same, it does not matter which row is which variant.
        is_one = len({row._replace(line=0) for row in group}) == 1
        if len(candidates) == len(group) and is_one:
            yield from zip(group, candidates, strict=True)
        elif not candidates:
            self._refuse(rows, first, f"The product has no variant {named or 'any more'}. To add one, or to change what"
                                      f" tells it apart, give the file {self._columns(known, with_sku=False)}.")
        elif not self._scope.variant_cells <= {"sku"}:  # else they say which variant, and nothing of it
            variants = "1 variant" if len(candidates) == 1 else f"{len(candidates)} variants"
            self._refuse(rows, first, f"The product has {variants}{f' ({named})' if named else ''}, and the file has"
                                      f" {_rows(len(group))} for them: which variant does each row mean? Give the file"
                                      f" {self._columns(known, with_sku=not self._scope.has('sku'))}.")

    def _named(self, row: VariantRow) -> str:
        labels = " / ".join(filter(None, row.options))
        sku = f"with the SKU {row.sku}" if row.sku else "without a SKU" if self._scope.has("sku") else ""
        return " ".join(filter(None, (labels, sku)))

    def _columns(self, known: KnownProduct, *, with_sku: bool) -> str:
        titles = self._scope.missing_option_columns(len(known.options))
        listed = f"the columns {', '.join(titles[:-1])} and {titles[-1]}" if titles[1:] else f"the column {titles[0]}"
        return f"{listed}, or the column Variant SKU" if with_sku else listed

    def _refuse(self, rows: ProductRows, row: VariantRow, message: str) -> None:
        self._problems.append(Problem(row.line, rows.handle, message))


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"
