"""Product CSV, first step: the bytes of a file become rows whose cells have the same names whatever its header says."""
from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shopkeeper.errors import ImportFailed, Problem
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
_NAMES = {fold(header): name for name, *headers in COLUMNS for header in headers}
_REQUIRED = {"handle": "Handle", "title": "Title", "price": "Variant Price"}
_SPECIFICATION = re.compile(r"(.*)\(product\.metafields\.custom\.([^()]+)\)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty. `line` is where it begins in the file; a cell that is not there is ''."""

    line: int
    cells: Mapping[str, str]
    specs: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and the label of each specification by its code, in the order of the columns."""

    rows: tuple[Row, ...]
    specs: Mapping[str, str]


def read(path: Path) -> Sheet:
    """The rows of a product CSV file.

    Raises:
        ImportFailed: It cannot be read, is no text, is no CSV or has no column that products need.
    """
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ImportFailed(f"{path.name} is no text file. Save the products as CSV in UTF-8.") from error
    lines = _lines(text, path.name)
    _, header = next(lines, (0, []))
    columns, specs = _columns(header)
    missing = [title for name, title in _REQUIRED.items() if name not in columns.values()]
    if missing:
        raise ImportFailed(f"{path.name} is no product CSV: its first line names no column {', '.join(missing)}.",
                           [Problem(1, "", f"There is no column {title}.") for title in missing])
    return Sheet(tuple(_rows(lines, len(header), columns, specs, path.name)),
                 {code: clean(header[i].partition("(product.")[0]) or code for i, code in specs.items()})


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252")


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The records of the file, each with the line on which it begins."""
    # Descriptions are longer than the 128 KB that csv allows unless told otherwise.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    # Strict, because a quotation mark that nobody closes would swallow all products after it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin = 1
    try:
        for record in reader:
            yield begin, record
            begin = reader.line_num + 1
    except csv.Error as error:
        message = f"The quotation marks of the row that begins here do not pair up ({error})."
        raise ImportFailed(f"{name}, line {begin}: {message} Nothing was changed.",
                           [Problem(begin, "", message)]) from error


def _columns(header: list[str]) -> tuple[dict[int, str], dict[int, str]]:
    """Which cell has which name, and which has the specification with which code. The first of two alike counts."""
    columns: dict[int, str] = {}
    specs: dict[int, str] = {}
    for i, title in enumerate(header):
        specification = _SPECIFICATION.fullmatch(clean(title))
        name = _NAMES.get(fold(title))
        if name and name not in columns.values():
            columns[i] = name
        elif specification and specification[2] not in specs.values():
            specs[i] = specification[2]
    return columns, specs


def _rows(lines: Iterator[tuple[int, list[str]]], width: int, columns: Mapping[int, str], specs: Mapping[int, str],
          name: str) -> Iterator[Row]:
    for line, record in lines:
        if not any(cell.strip() for cell in record):
            continue
        if any(cell.strip() for cell in record[width:]):
            message = f"The row has {len(record)} cells, but the first line names {width} columns."
            raise ImportFailed(f"{name}, line {line}: {message} Nothing was changed.", [Problem(line, "", message)])
        yield Row(line, _filled(record, columns), _filled(record, specs))


def _filled(record: list[str], names: Mapping[int, str]) -> dict[str, str]:
    return {name: record[i] for i, name in names.items() if i < len(record) and record[i].strip()}
