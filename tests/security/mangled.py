"""Product CSV as nobody should send it: files as they really come, then mangled, as a source of numbers decides."""
from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from shopkeeper.catalog.model import ImportReport
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from shopkeeper.errors import ImportFailed
from tests.catalogs import contents
from tests.laws import LAWS, broken

Choose = Callable[[int], int]
"""A number from 0 up to, and without, the one given."""

Table = list[list[str]]

TABLE: Table = [
    ["Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
     "Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU", "Variant Inventory Tracker",
     "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Image Src",
     "Image Position", "Image Alt Text", "Gift Card", "Status", "Origin (product.metafields.custom.origin)"],
    ["tee", "Tee", "<p>Soft &amp; warm</p><ul><li>a</li></ul>", "Åse", "Apparel > Tees", "T-shirt", "a, =b", "true",
     "Size", "S", "Color", "Red", "T-1", "shopify", "7", "deny", "20.00", "25.00", "tee.png", "1", "A tee", "false",
     "active", "Porto"],
    ["tee", "", "", "", "", "", "", "", "", "M", "", "'-30°", "T-2", "shopify", "-2", "continue", "21", "",
     "https://a.b/c.png?d=1", "2", "", "", "", ""],
    ["mug", "Mug", "Holds\ntea", "Me", "", "Cup", "", "true", "Title", "Default Title", "", "", "=1+1", "", "", "",
     ".5", "", "mug", "", "", "", "draft", ""],
    ["tea", "Tea, \"green\" 🍵", "1 < 2", "+Me", "Food", "", "@x", "", "Weight", "100 g", "", "", "", "shopify", "0",
     "deny", "9.90", "9", "", "", "", "true", "", "-Assam"],
]
CELLS = (
    "", " ", "=1+1", "'=1", "''", "'", "\t", "\r", "\n", "\0", "\u202e", "\u200b", "e\u0301" * 9, "🧵", "NaN",
    "Infinity", "1E+1000000", "1_000", "١٢", "\uff11", "-1", "0.001", "9223372036854775808", "1000000001", "1e5",
    "../x", "file:///etc/passwd", "C:\\x", "/etc/passwd", "&#" + "9" * 5000 + ";", "&lt;p&gt;", "<b>" * 400, "<!--",
    "<p a='", "a > " * 12, "x" * 1_001, "y" * 30_000, "9" * 400 + "XL", "S", "s ", "Red", "Default Title", "Title",
    "Size", "COLOUR", "color", "tee", "TEE", "mug", "archived", "maybe", "continue", "shopify", "2.5 kg", '"', '""',
    "True",
)
HEADERS = (
    "Handle", "URL handle", "Title", "Price", "Option1 name", "Option2 Name", "Option3 Value", "Barcode", "", "=x",
    "Size (product.metafields.custom.size)", "=y (product.metafields.custom.origin)", "Status", "x" * 1_001,
)
ENCODINGS = (*["utf-8"] * 8, "utf-8-sig", "utf-16", "utf-16", "utf-16-le", "utf-32", "windows-1252", "shift-jis",
             "koi8-r")
BYTES = (
    b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xe9", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b", b"'",
    b"=", b";", b"\\", b"\xc3", b"\xf0\x9f\xa7\xb5", b"\xed\xa0\x80", b'""', b'","', b'"\n', b"\x1a", b"\x85", b"&#0;",
)


def mangled(choose: Choose) -> bytes:
    """A file: rows are changed first, then how they are written, then single bytes."""
    table = [row[:] for row in TABLE]
    for _ in range(choose(4)):
        _change(table, choose)
    data = written(table, ",,,,,,,,;\t"[choose(10)], ("\r\n", "\n", "\r", "\n\n")[choose(4)],
                   (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)[choose(2)], ENCODINGS[choose(len(ENCODINGS))])
    for _ in range((0, 0, 0, 1, 2)[choose(5)]):
        data = _bitten(data, choose)
    return data


def _change(table: Table, choose: Choose) -> None:
    row, column = choose(len(table)), choose(len(table[0]))
    match choose(8):
        case 0:
            table.insert(row, table[choose(len(table))][:])
        case 1 if len(table) > 1:
            del table[row]
        case 2:
            for each in table:
                del each[column : column + 1]
        case 3:
            table[0][column : column + 1] = [HEADERS[choose(len(HEADERS))]]
        case 4:
            other = choose(len(table))
            table[row][column:], table[other][column:] = table[other][column:], table[row][column:]
        case _:
            table[row][column : column + 1] = [CELLS[choose(len(CELLS))]]


def written(table: Table, delimiter: str = ",", ends: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL,
            encoding: str = "utf-8") -> bytes:
    """The file of these rows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ends).writerows(table)  # type: ignore[arg-type]
    return text.getvalue().encode(encoding, "replace")


def _bitten(data: bytes, choose: Choose) -> bytes:
    at, to = (choose(len(data) + 1) for _ in range(2))
    match choose(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:at] + bytes([choose(256)]) + data[at + 1 :]
        case _:
            return data[:at] + BYTES[choose(len(BYTES))] + data[at:]


def check(database: Database, catalog: Catalog, data: bytes) -> bool:
    """Whether the file was taken: then the laws hold and a second import changes nothing. Else all is as it was."""
    file = database.path.with_name("mangled.csv")  # type: ignore[union-attr]  # it has a file
    file.write_bytes(data)
    before = contents(database)
    told = _outcome(catalog, file, dry_run=True)
    assert contents(database) == before
    assert _outcome(catalog, file, dry_run=False) == told
    if isinstance(told, str):
        assert contents(database) == before
        return False
    with database.read() as connection:
        assert broken(connection, LAWS) == []
    after = contents(database)
    assert catalog.import_csv(file).unchanged == told.products
    catalog.export_csv(file)
    again = catalog.import_csv(file)
    assert again.unchanged == again.products
    assert contents(database) == after
    return True


def _outcome(catalog: Catalog, file: Path, *, dry_run: bool) -> ImportReport | str:
    try:
        return catalog.import_csv(file, dry_run=dry_run)
    except ImportFailed as refused:
        return refused.message
