"""Product CSV: the columns of a file, whose cells have the same names whatever its header says."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

from shopkeeper.catalog.csv_formulas import unguarded
from shopkeeper.text import clean, fold

# Our name of a column, its name in the classic header, its name in the current one.
COLUMNS = (
    ("handle", "Handle", "URL handle"),
    ("title", "Title", "Title"),
    ("body", "Body (HTML)", "Description"),
    ("vendor", "Vendor", "Vendor"),
    ("category", "Product Category", "Product category"),
    ("type", "Type", "Type"),
    ("tags", "Tags", "Tags"),
    ("published", "Published", "Published on online store"),
    ("option1_name", "Option1 Name", "Option1 name"),
    ("option1_value", "Option1 Value", "Option1 value"),
    ("option2_name", "Option2 Name", "Option2 name"),
    ("option2_value", "Option2 Value", "Option2 value"),
    ("option3_name", "Option3 Name", "Option3 name"),
    ("option3_value", "Option3 Value", "Option3 value"),
    ("sku", "Variant SKU", "SKU"),
    ("tracker", "Variant Inventory Tracker", "Inventory tracker"),
    ("quantity", "Variant Inventory Qty", "Inventory quantity"),
    ("policy", "Variant Inventory Policy", "Continue selling when out of stock"),
    ("price", "Variant Price", "Price"),
    ("compare_at", "Variant Compare At Price", "Compare-at price"),
    ("requires_shipping", "Variant Requires Shipping", "Requires shipping"),
    ("image", "Image Src", "Product image URL"),
    ("image_position", "Image Position", "Image position"),
    ("image_alt", "Image Alt Text", "Image alt text"),
    ("gift_card", "Gift Card", "Gift card"),
    ("variant_image", "Variant Image", "Variant image URL"),
    ("status", "Status", "Status"),
)
TITLES = {name: classic for name, classic, _ in COLUMNS}
"""What each column is called in messages: its name in the classic header."""

OPTION_NAMES = ("option1_name", "option2_name", "option3_name")
OPTION_VALUES = ("option1_value", "option2_value", "option3_value")
VARIANT_CELLS = frozenset({"sku", "tracker", "quantity", "policy", "price", "compare_at", "requires_shipping",
                           "variant_image"})
"""The columns that say something about a variant, not about its product."""

_SPECIFICATION = re.compile(r"(.*)\(product\.metafields\.custom\.([^()]+)\)", re.IGNORECASE | re.DOTALL)
_FIRST = itemgetter(0)
_NOT_IN_WORDS = re.compile(r"[\W_]+")


def header_key(title: str) -> str:
    """Return what spellings of a column's title have in common: `Variant_SKU `, `"VariantSku"` → `variantsku`."""
    return _NOT_IN_WORDS.sub("", fold(title))


_NAMES = {header_key(header): name for name, *headers in COLUMNS for header in headers}


@dataclass(slots=True)
class Row:
    """A row that is not empty. `line` is where it begins in the file; a cell that is not there is ''."""

    line: int
    cells: Mapping[str, str]
    specs: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


class Columns(NamedTuple):
    """The columns that are read: the names of cells and then the codes of specifications, by place in a record."""

    cells: Mapping[int, str]
    specs: Mapping[int, str]

    @classmethod
    def of(cls, header: Sequence[str]) -> Columns:
        """Those that a header names, each once: `doubled` says which are there more often."""
        cells: dict[int, str] = {}
        specs: dict[int, str] = {}
        for i, title in enumerate(header):
            specification = _SPECIFICATION.fullmatch(clean(title))
            name = _NAMES.get(header_key(title))
            if name and name not in cells.values():
                cells[i] = name
            elif specification and specification[2] not in specs.values():
                specs[i] = specification[2]
        return cls(cells, specs)

    @staticmethod
    def doubled(header: Sequence[str]) -> list[tuple[str, str]]:
        """Return the titles of columns that say the same as one before them, each with the title of that one."""
        first: dict[str, str] = {}
        doubled = []
        for title in header:
            specification = _SPECIFICATION.fullmatch(clean(title))
            meaning = f"({specification[2]})" if specification else _NAMES.get(header_key(title))
            if meaning in first:
                doubled.append((first[meaning], clean(title)))
            elif meaning:
                first[meaning] = clean(title)
        return doubled

    def names(self) -> frozenset[str]:
        """Return our names of the columns that are not specifications."""
        return frozenset(self.cells.values())

    def places(self) -> tuple[int, ...]:
        """Where in a record they stand, in the order in which `row` takes their texts."""
        return *self.cells, *self.specs

    def labels(self, header: Sequence[str]) -> dict[str, str]:
        """What the specifications are called, by code."""
        return {code: clean(header[i].partition("(product.")[0]) or code for i, code in self.specs.items()}

    def row(self, line: int, texts: Sequence[str]) -> Row:
        """The row of these texts."""
        number = len(self.cells)
        return Row(line, _filled(self.cells, texts[:number]),
                   _filled(self.specs, texts[number:]) if self.specs else {})


def _filled(names: Mapping[int, str], texts: Sequence[str]) -> dict[str, str]:
    """The texts by these names, without those that are blank."""
    cells = dict(compress(zip(names.values(), texts, strict=True), texts))
    if "'" in map(_FIRST, cells.values()):
        cells = {name: unguarded(text) for name, text in cells.items()}
    if any(map(str.isspace, cells.values())):
        return {name: text for name, text in cells.items() if not text.isspace()}
    return cells
