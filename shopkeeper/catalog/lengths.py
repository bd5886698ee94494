"""How long the texts of the catalog may be: what is longer is refused, with its line."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.errors import Problem

NAME = 255
"""Characters of whatever is a name: title, handle, vendor, type, category, tag, option, label, SKU."""

_ALT, _ADDRESS, _SPECIFICATION = 512, 2048, 5000
_TAGS = 250


def of_columns(specs: Mapping[str, str]) -> Iterator[Problem]:
    """What is too long in the specifications that a file's columns name (labels by code)."""
    for code, label in specs.items():
        yield from _too_long(1, "", "name of a column", label, NAME)
        yield from _too_long(1, "", "name of a column", code, NAME)


def of_product(rows: ProductRows) -> Iterator[Problem]:
    """What is too long in a product."""
    handle = rows.handle if len(rows.handle) <= NAME else f"{rows.handle[:60]}…"
    for what, text, most in _texts(rows):
        yield from _too_long(rows.line, handle, what, text, most)
    for variant in rows.variants:
        for label in variant.options:
            yield from _too_long(variant.line, handle, "label of an option", label, NAME)
        yield from _too_long(variant.line, handle, "SKU", variant.sku, NAME)
        yield from _too_long(variant.line, handle, "address of the variant's picture", variant.image, _ADDRESS)
    if len(rows.tags) > _TAGS:
        yield Problem(rows.line, handle, f"There are {len(rows.tags):,} tags; at most {_TAGS} can be.")


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
