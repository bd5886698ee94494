"""Product CSV: what a sheet does not say of a product stays as it is in the shop."""
from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping

from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.csv_state import CurrentProduct, CurrentVariant, WantedProduct, WantedVariant
from shopkeeper.catalog.model import Image

# The values of rows in the database, by the column of a sheet that decides them.
_PRODUCT_VALUES = {
    "title": ("title", "title_key"), "body": ("description",), "vendor": ("vendor",), "type": ("product_type_id",),
    "status": ("status",), "published": ("published",), "gift_card": ("gift_card",), "tags": ("tags",),
}
_VARIANT_VALUES = {
    "sku": ("sku",), "price": ("price_minor",), "compare_at": ("compare_at_minor",),
    "requires_shipping": ("requires_shipping",), "variant_image": ("image",),
}
_VALUES = {*_PRODUCT_VALUES, *_VARIANT_VALUES, "category", "tracker", "policy", "image", "image_position", "image_alt"}


class Merger:
    """Completes the products of a sheet with the values of columns that it lacks, from those that are there."""

    def __init__(self, scope: Scope, specifications: Collection[int]) -> None:
        """`specifications` are the ids of those that the sheet has columns of."""
        self.scope = scope
        self._specifications = specifications
        self._product_values = _of_missing(_PRODUCT_VALUES, scope)
        self._variant_values = _of_missing(_VARIANT_VALUES, scope)
        self._is_narrow = not scope.missing.isdisjoint(_VALUES)

    def merge(self, wanted: WantedProduct, current: CurrentProduct) -> WantedProduct:
        """Return the product as it shall be: `wanted` in what the sheet names, `current` in all else."""
        unnamed = {id_: text for id_, text in current.specs.items() if id_ not in self._specifications}
        if unnamed:
            wanted = wanted._replace(specs={**unnamed, **wanted.specs})
        listed = self.scope.lists_variants(len(current.options))
        if listed and not self._is_narrow:
            return wanted
        values = wanted.values._replace(**{name: getattr(current.values, name) for name in self._product_values})
        if not self.scope.has("category") and current.values.category_id is not None:
            values = values._replace(category_id=current.values.category_id)
        return wanted._replace(
            values=values,
            options=wanted.options if listed else current.options,
            images=self._images(wanted.images, current.images),
            variants=self._variants(wanted.variants, current.variants, listed=listed),
        )

    def _variants(self, wanted: Mapping[str, WantedVariant], current: Mapping[str, CurrentVariant], *,
                  listed: bool) -> dict[str, WantedVariant]:
        merged = {key: self._variant(variant, current[key], listed=listed) if key in current else variant
                  for key, variant in wanted.items()}
        if not listed:
            merged |= {key: _unchanged(variant) for key, variant in current.items()
                       if key not in merged and not variant.values.archived}
        return merged

    def _variant(self, wanted: WantedVariant, current: CurrentVariant, *, listed: bool) -> WantedVariant:
        stock = current.stock
        if (wanted.values, wanted.tracked, wanted.policy) == (current.values, stock.tracked, stock.policy):
            return wanted
        values = wanted.values._replace(**{name: getattr(current.values, name) for name in self._variant_values})
        if not listed:
            values = values._replace(position=current.values.position)
        if values.compare_at_minor is not None and values.compare_at_minor <= values.price_minor:
            values = values._replace(compare_at_minor=None)
        return wanted._replace(
            values=values,
            tracked=wanted.tracked or (stock.tracked and not self.scope.has("tracker")),
            policy=wanted.policy if self.scope.has("policy") else stock.policy,
        )

    def _images(self, wanted: tuple[Image, ...], current: tuple[Image, ...]) -> tuple[Image, ...]:
        """Pictures are known by their sources, each time that one comes anew."""
        if wanted == current or not self.scope.has("image"):
            return current
        places: dict[str, deque[int]] = defaultdict(deque)
        for place, image in enumerate(current):
            places[image.source].append(place)
        placed = [(places[image.source].popleft() if places[image.source] else len(current), image) for image in wanted]
        if not self.scope.has("image_position"):
            placed.sort(key=lambda pair: pair[0])
        if self.scope.has("image_alt"):
            return tuple([image for _, image in placed])
        return tuple([current[place] if place < len(current) else image for place, image in placed])


def _of_missing(values: Mapping[str, tuple[str, ...]], scope: Scope) -> list[str]:
    return [name for column, names in values.items() if not scope.has(column) for name in names]


def _unchanged(current: CurrentVariant) -> WantedVariant:
    return WantedVariant(current.values, 0, {}, current.stock.tracked, None, current.stock.policy)
