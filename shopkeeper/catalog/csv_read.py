"""Product CSV, first step: the lines of a file become rows whose cells have the same names whatever its header says."""
from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import compress, groupby
from operator import itemgetter
from pathlib import Path

from shopkeeper.catalog.csv_formulas import unguarded
from shopkeeper.catalog.csv_pace import Pace
from shopkeeper.catalog.csv_sheet import Row, Sheet, sorted_by_product
from shopkeeper.catalog.csv_text import lines, most_lines, refusal
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
_TITLES = {name: classic for name, classic, _ in COLUMNS}
_MOST_ROWS = 5_000_000
_MOST_COLUMNS = 1_000
_LONGEST_FIELD = 1_000_000
# What is read of a field: no title, price or name of anything is longer, and a description has a limit of its own.
_LONGEST = {"body": _LONGEST_FIELD, "tags": 20_000, "image": 2_048, "variant_image": 2_048}
_LONGEST_SPECIFICATION = 20_000
_LONGEST_ELSE = 1_000
_FIRST = itemgetter(0)
_SPECIFICATION = re.compile(r"(.*)\(product\.metafields\.custom\.([^()]+)\)", re.IGNORECASE | re.DOTALL)


@contextmanager
def read(path: Path, pace: Pace) -> Iterator[Sheet]:
    """The rows of a product CSV file.

    Raises:
        ImportFailed: It cannot be read, is no text, is no CSV, has no column that products need, or is too large.
    """
    most = most_lines(path)
    pace.begin(most - 1)  # the last line has its break
    if most > _MOST_ROWS:  # to count them first takes three seconds; to take them in, a minute
        deque(_records(lines(path), path.name), maxlen=0)
    records = _records(lines(path), path.name)
    _, header = next(records, (0, []))
    if len(header) > _MOST_COLUMNS or any(len(title) > _LONGEST_ELSE for title in header):
        raise refusal(path.name, 1, f"It names more than {_MOST_COLUMNS:,} columns, or one by more than"
                                    f" {_LONGEST_ELSE:,} characters.")
    header = [unguarded(title) for title in header]
    columns, specs = _columns(header)
    missing = [title for name, title in _REQUIRED.items() if name not in columns.values()]
    if missing:
        raise ImportFailed(f"{path.name} is no product CSV: its first line names no column {', '.join(missing)}.",
                           [Problem(1, "", f"There is no column {title}.") for title in missing])
    labels = {code: clean(header[i].partition("(product.")[0]) or code for i, code in specs.items()}
    rows = _rows(records, len(header), columns, specs, path.name, pace)
    with sorted_by_product(groupby(rows, key=_handle), labels, path.name) as sheet:
        yield sheet


def _records(lines: Iterable[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """The records of the file, each with the line on which it begins."""
    csv.field_size_limit(_LONGEST_FIELD)
    # Strict, because a quotation mark that nobody closes would swallow all products after it.
    reader = csv.reader(lines, strict=True)
    begin = 1
    try:
        for number, record in enumerate(reader):
            if number > _MOST_ROWS:
                raise refusal(name, begin, f"More than {_MOST_ROWS:,} rows are too many. Make several files of it.")
            yield begin, record
            begin = reader.line_num + 1
    except csv.Error as error:
        raise refusal(name, begin, _reason(error)) from error


def _reason(error: csv.Error) -> str:
    if "field limit" in str(error):
        return (f"The row that begins here has a cell of more than {_LONGEST_FIELD:,} characters. Perhaps a quotation"
                " mark does not close.")
    return f"The quotation marks of the row that begins here do not pair up ({error})."


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


def _rows(records: Iterator[tuple[int, list[str]]], width: int, columns: Mapping[int, str], specs: Mapping[int, str],
          name: str, pace: Pace) -> Iterator[Row]:
    cells_of, specs_of = _filled(columns), _filled(specs)
    for line, record in records:
        if not any(map(str.strip, record)):
            continue
        if len(record) > width and any(map(str.strip, record[width:])):
            raise refusal(name, line, f"The row has {len(record)} cells, but the first line names {width} columns.")
        record += [""] * (width - len(record))
        row = Row(line, cells_of(record), specs_of(record) if specs else {})
        if max(map(len, record)) > _LONGEST_ELSE:  # seldom more than the description
            _check_lengths(row, name)
        pace.read(line)
        yield row


def _handle(row: Row) -> str:
    return clean(row.cells.get("handle", ""))


def _filled(names: Mapping[int, str]) -> Callable[[list[str]], dict[str, str]]:
    """What takes the cells with these names, by their places in a record, and leaves out those that are blank."""
    def filled(record: list[str]) -> dict[str, str]:
        texts = [record[place] for place in names]
        cells = dict(compress(zip(names.values(), texts, strict=True), texts))
        if "'" in map(_FIRST, cells.values()):
            cells = {name: unguarded(text) for name, text in cells.items()}
        if any(map(str.isspace, cells.values())):
            return {name: text for name, text in cells.items() if not text.isspace()}
        return cells

    return filled


def _check_lengths(row: Row, name: str) -> None:
    for column, text in row.cells.items():
        _check_length(text, _LONGEST.get(column, _LONGEST_ELSE), _TITLES[column], name, row.line)
    for code, text in row.specs.items():
        _check_length(text, _LONGEST_SPECIFICATION, code, name, row.line)


def _check_length(text: str, longest: int, title: str, name: str, line: int) -> None:
    if len(text) > longest:
        raise refusal(name, line, f"{title} has {len(text):,} characters; at most {longest:,} can be.")
