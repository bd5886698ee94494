"""How long the texts of the catalog may be: what is longer is refused, with its line."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.errors import Problem

NAME = 255
"""Characters of whatever is a name: title, handle, vendor, type, category, tag, option, label, SKU."""

_ALT, _ADDRESS, _SPECIFICATION = 512, 2048, 5000
_TAGS = 250
_LEVELS = 20  # of categories, one below the other


def problems(products: Sequence[ProductRows], specs: Mapping[str, str]) -> Iterator[Problem]:
    """What is too long in these products, and in the `specs` that their columns name (labels by code)."""
    for code, label in specs.items():
        yield from _too_long(1, "", "name of a column", label, NAME)
        yield from _too_long(1, "", "name of a column", code, NAME)
    for each in products:
        handle = each.handle if len(each.handle) <= NAME else f"{each.handle[:60]}…"
        for what, text, most in _texts(each):
            yield from _too_long(each.line, handle, what, text, most)
        for variant in each.variants:
            for label in variant.options:
                yield from _too_long(variant.line, handle, "label of an option", label, NAME)
            yield from _too_long(variant.line, handle, "SKU", variant.sku, NAME)
            yield from _too_long(variant.line, handle, "address of the variant's picture", variant.image, _ADDRESS)
        if len(each.tags) > _TAGS:
            yield Problem(each.line, handle, f"There are {len(each.tags):,} tags; at most {_TAGS} can be.")
        if len(each.category) > _LEVELS:
            yield Problem(each.line, handle, f"The category is {len(each.category):,} levels deep; at most {_LEVELS}"
                                             " can be.")


def _texts(each: ProductRows) -> Iterator[tuple[str, str, int]]:
    yield from (("handle", each.handle, NAME), ("title", each.title, NAME), ("vendor", each.vendor, NAME),
                ("type", each.type, NAME))
    yield from (("name of a category", name, NAME) for name in each.category)
    yield from (("name of a tag", tag, NAME) for tag in each.tags)
    yield from (("name of an option", name, NAME) for name in each.options)
    yield from (("specification", text, _SPECIFICATION) for text in each.specs.values())
    for image in each.images:
        yield from (("address of a picture", image.source, _ADDRESS), ("text of a picture", image.alt, _ALT))


def _too_long(line: int, handle: str, what: str, text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(line, handle, f"The {what} has {len(text):,} characters; at most {most:,} can be.")
