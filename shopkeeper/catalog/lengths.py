"""How long the texts of the catalog may be: what is longer is refused, with its line."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.errors import Problem

NAME = 255
"""Characters of whatever is a name: title, handle, vendor, type, category, tag, option, label, SKU."""

_ALT, _ADDRESS, _SPECIFICATION = 512, 2048, 5000
_TAGS = 250

_Text = tuple[int, str, str, int]
"""The line in which it stands, what it is, the text itself, and how many characters it may have."""


def of_columns(specs: Mapping[str, str]) -> Iterator[Problem]:
    """What is too long in the specifications that a file's columns name (labels by code)."""
    for name in (*specs, *specs.values()):
        if len(name) > NAME:
            yield _too_long("", (1, "name of a column", name, NAME))


def of_product(rows: ProductRows) -> Iterator[Problem]:
    """What is too long in a product."""
    handle = rows.handle if len(rows.handle) <= NAME else f"{rows.handle[:60]}…"
    yield from (_too_long(handle, text) for text in _texts(rows) if len(text[2]) > text[3])
    if len(rows.tags) > _TAGS:
        yield Problem(rows.line, handle, f"There are {len(rows.tags):,} tags; at most {_TAGS} can be.")


def _texts(rows: ProductRows) -> Iterator[_Text]:
    line = rows.line
    yield from ((line, "handle", rows.handle, NAME), (line, "title", rows.title, NAME),
                (line, "vendor", rows.vendor, NAME), (line, "type", rows.type, NAME))
    for what, names in (("name of a category", rows.category), ("name of a tag", rows.tags),
                        ("name of an option", rows.options)):
        yield from ((line, what, name, NAME) for name in names)
    yield from ((line, "specification", text, _SPECIFICATION) for text in rows.specs.values())
    for image in rows.images:
        yield line, "address of a picture", image.source, _ADDRESS
        yield line, "text of a picture", image.alt, _ALT
    for variant in rows.variants:
        yield from ((variant.line, "label of an option", label, NAME) for label in variant.options)
        yield variant.line, "SKU", variant.sku, NAME
        yield variant.line, "address of the variant's picture", variant.image, _ADDRESS


def _too_long(handle: str, text: _Text) -> Problem:
    line, what, given, most = text
    return Problem(line, handle, f"The {what} has {len(given):,} characters; at most {most:,} can be.")
