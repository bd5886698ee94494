"""Product CSV, first step: the lines of a file become records."""
from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from shopkeeper.catalog.csv_columns import TITLES, Columns, Row, header_key
from shopkeeper.catalog.csv_formulas import unguarded
from shopkeeper.catalog.csv_pace import Pace
from shopkeeper.catalog.csv_sheet import Record, Sheet, sorted_by_product
from shopkeeper.catalog.csv_skus import FindHandle
from shopkeeper.catalog.csv_text import lines, most_lines, refusal
from shopkeeper.errors import ImportFailed, Problem
from shopkeeper.text import clean

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)  # a spreadsheet's own, and no row
_CHECKED = 100_000  # characters of a line, for separators

_TELLING = frozenset({"handle", "sku"})
"""The columns of which one must be there: they tell products apart."""

_MOST_ROWS = 5_000_000
_MOST_COLUMNS = 1_000
_LONGEST_FIELD = 1_000_000
# What is read of a field: no title, price or name of anything is longer, and a description has a limit of its own.
_LONGEST = {"body": _LONGEST_FIELD, "tags": 20_000, "image": 2_048, "variant_image": 2_048}
_LONGEST_SPECIFICATION = 20_000
_LONGEST_ELSE = 1_000


@contextmanager
def read(path: Path, pace: Pace, find_handle: FindHandle) -> Iterator[Sheet]:
    """The rows of a product CSV file; without a column of handles, `find_handle` finds the products by SKU.

    Raises:
        ImportFailed: It cannot be read, is no text, is no CSV, has no column that products need, or is too large.
    """
    most = most_lines(path)
    pace.begin(most - 1)  # the last line has its break
    if most > _MOST_ROWS:  # to count them first takes three seconds; to take them in, a minute
        deque(_records(lines(path), path.name), maxlen=0)
    records = _records(lines(path), path.name)
    line, header = _header(records, path)
    if not header:
        raise ImportFailed(f"{path.name} is empty. Nothing was changed.", [Problem(0, "", "The file is empty.")])
    if len(header) > _MOST_COLUMNS or any(len(title) > _LONGEST_ELSE for title in header):
        raise refusal(path.name, line, f"It names more than {_MOST_COLUMNS:,} columns, or one by more than"
                                       f" {_LONGEST_ELSE:,} characters.")
    header = [unguarded(title) for title in header]
    _refuse_commands(header, path.name, line)
    columns = Columns.of(header)
    if columns.names().isdisjoint(_TELLING):
        _refuse_separators(path)
        raise ImportFailed(f"{path.name} is no product CSV: its first line names no column Handle, by which products"
                           " are told apart.", [Problem(line, "", "There is no column Handle.")])
    for first, second in Columns.doubled(header):
        raise refusal(path.name, line, f"Two columns say the same: {first} and {second}. Remove one of them.")
    filled = _not_empty(records, len(header), columns, path.name, pace)
    by_handle = groupby(filled, key=_handle(columns, find_handle))
    with sorted_by_product(by_handle, columns, columns.labels(header), path.name) as sheet:
        yield sheet


def _header(records: Iterator[tuple[int, list[str]]], path: Path) -> tuple[int, list[str]]:
    """Return the first record that is not empty, and its line; without one, an empty record."""
    try:
        return next(((line, record) for line, record in records if any(map(str.strip, record))), (0, []))
    except ImportFailed:
        _refuse_separators(path)  # behind another separator than a comma, quotation marks do not pair
        raise


def _refuse_separators(path: Path) -> None:
    """Refuse a file whose columns are separated by something else than commas."""
    filled = ((number, text) for number, text in enumerate(lines(path), start=1) if text.strip())
    number, header = next(filled, (0, ""))
    named = _SEPARATOR_LINE.fullmatch(header)
    if named:
        number, header = next(filled, (number, ""))
    for separator, what in _OTHER_SEPARATORS.items():
        columns = next(csv.reader([header[:_CHECKED]], delimiter=separator), [])
        if len(columns) > 1 and not Columns.of(columns).names().isdisjoint(_TELLING):
            raise refusal(path.name, number, f"The columns are separated by {what}. Save the file with commas.")
    if named:
        raise refusal(path.name, 1, f"The first line is {clean(named[0])}. Remove it.")


def _refuse_commands(header: Sequence[str], name: str, line: int) -> None:
    """Refuse a file whose rows are commands: one that deletes a product would otherwise import it.

    Matrixify writes what shall become of a row or a value into `Command`, `Tags Command`, `Variant Command` …
    """
    for title in header:
        if header_key(title).endswith("command") and "metafields" not in title:
            raise refusal(name, line, f"A column {clean(title)} is not understood: every row is imported, whatever it"
                                      " says there. Remove the column, and the rows that are not to be imported.")


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


def _not_empty(records: Iterator[tuple[int, list[str]]], width: int, columns: Columns, name: str,
               pace: Pace) -> Iterator[Record]:
    """The records that are not empty, with what is read of them."""
    texts_of = _texts_of(columns.places())
    for line, record in records:
        if not any(map(str.strip, record)):
            continue
        if len(record) > width and any(map(str.strip, record[width:])):
            raise refusal(name, line, f"The row has {len(record)} cells, but the first line names {width} columns.")
        record += [""] * (width - len(record))
        texts = texts_of(record)
        if len("".join(texts)) > _LONGEST_ELSE:  # seldom
            _check_lengths(columns.row(line, texts), name)
        pace.read(line)
        yield line, texts


def _texts_of(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda record: tuple([record[place] for place in places])


def _handle(columns: Columns, find_handle: FindHandle) -> Callable[[Record], str]:
    names = list(columns.cells.values())
    if "handle" not in names:
        place_of_sku = names.index("sku")
        return lambda record: find_handle(clean(unguarded(record[1][place_of_sku])))
    place = names.index("handle")
    handle = lru_cache(maxsize=16)(lambda text: clean(unguarded(text)))  # rows of a product mostly stand together
    return lambda record: handle(record[1][place])


def _check_lengths(row: Row, name: str) -> None:
    for column, text in row.cells.items():
        _check_length(text, _LONGEST.get(column, _LONGEST_ELSE), TITLES[column], name, row.line)
    for code, text in row.specs.items():
        _check_length(text, _LONGEST_SPECIFICATION, code, name, row.line)


def _check_length(text: str, longest: int, title: str, name: str, line: int) -> None:
    if len(text) > longest:
        raise refusal(name, line, f"{title} has {len(text):,} characters; at most {longest:,} can be.")
