"""Files that strangers made: what an import does not take is refused with its line, and the shop is as it was."""
from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import socket
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import ImportFailed, Shop
from shopkeeper.catalog import csv_read
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from tests.catalogs import catalog_of, contents, simple, write_csv
from tests.conftest import FakeClock
from tests.machine import in_child

Tried = Callable[[str, int], None]
Refused = Callable[..., ImportFailed]

HEADER = "Handle,Title,Variant Price\n"
TRACKED = {"Variant Inventory Tracker": "shopify"}
_ZIP = io.BytesIO()
with zipfile.ZipFile(_ZIP, "w") as archive:
    archive.writestr("xl/workbook.xml", "<workbook/>")


@pytest.fixture
def catalog(database: Database, clock: FakeClock, tmp_path: Path) -> Catalog:
    """A catalog in which there is something to lose."""
    catalog = catalog_of(database, clock)
    catalog.import_csv(write_csv(tmp_path / "before.csv", simple("mug"), simple("cup")))
    return catalog


@pytest.fixture
def refused(catalog: Catalog, database: Database) -> Refused:
    """What is said of a file; the shop is as it was. Who tries many says which one it is."""
    def refused(path: Path, what: str = "") -> ImportFailed:
        before = contents(database)
        try:
            (catalog.import_attributes if path.suffix == ".toml" else catalog.import_csv)(path)
        except ImportFailed as error:
            assert contents(database) == before, what
            return error
        pytest.fail(f"{what or path} was taken")

    return refused


FILES: dict[str, tuple[bytes, int, str]] = {
    "gzip": (gzip.compress(HEADER.encode() * 9), 0, "compressed with gzip"),
    "bzip2": (bz2.compress(HEADER.encode() * 9), 0, "compressed with bzip2"),
    "zip, xlsx, ods": (_ZIP.getvalue(), 0, "a spreadsheet or a ZIP archive"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), 0, "a spreadsheet"),
    "xz": (b"\xfd7zXZ\x00" + bytes(50), 0, "compressed with xz"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(50), 0, "compressed with zstd"),
    "utf-32": (f"{HEADER}tee,Tee,1\n".encode("utf-32"), 0, "UTF-32"),
    "utf-16 without a mark": (f"{HEADER}tee,Tee,1\n".encode("utf-16-le"), 1, "NUL"),
    "utf-16 cut off": (f"{HEADER}tee,Tee,1\n".encode("utf-16")[:-1], 2, "encoding"),
    "nul": (f"{HEADER}tee,Tee,1\nmug,M\0ug,1\n".encode(), 3, "NUL"),
    "no utf-8": (f"{HEADER}tee,Tée,1\nmug,".encode() + b"M\xff\xfe,1\n", 3, "encoding cannot be told"),
    "a surrogate in utf-8": (f"{HEADER}tee,Tée,1\nmug,".encode() + b"M\xed\xa0\x80,1\n", 3, "encoding cannot be told"),
    "overlong utf-8": (f"{HEADER}tee,Tée,1\nmug,".encode() + b"M\xc0\xaf,1\n", 3, "encoding cannot be told"),
    "cyrillic": (f"{HEADER}tee,Tee,1\r\nmug,Кружка,1\r\n".encode("koi8-r"), 3, "encoding cannot be told"),
    "chinese": (f"{HEADER}tee,Tee,1\rmug,马克杯,1\r".replace("\n", "\r").encode("gbk"), 3, "encoding cannot be told"),
    "japanese": (f"{HEADER}mug,マグカップ,1\n".encode("shift-jis"), 2, "encoding cannot be told"),
    "a long field": (f"{HEADER}tee,Tee,1\nmug,{'m' * 1_000_001},1\n".encode(), 3, "1,000,000 characters"),
    "a field of many lines": (HEADER.encode() + b'tee,Tee,1\nmug,"' + b"m\n" * 500_001 + b'",1\n', 3,
                              "1,000,000 characters"),
    "an open quotation mark": (HEADER.encode() + b'tee,"Tee,1\n' + b"mug,Mug,1\n" * 150_000, 2,
                               "does not close"),
    "a long line": (f"{HEADER}tee,Tee,1\nmug,Mug,1{',' * (4 * 2**20)}\n".encode(), 3, "characters"),
    "a long title": (f"{HEADER}tee,Tee,1\nmug,{'m' * 1_001},1\n".encode(), 3, "Title has 1,001"),
    "many columns": (f"{HEADER.strip()}{',x' * 1_000}\n".encode(), 1, "columns"),
    "many rows of one product": (HEADER.encode() + b"tee,Tee,1\n" + b"mug,Mug,1\n" * 5_001, 5_003, "5,000 rows"),
    "many rows here and there": (HEADER.encode() + b"mug,Mug,1\n" * 4_000 + b"tee,Tee,1\n" + b"mug,Mug,1\n" * 1_001, 2,
                                 "5,000 rows"),
    "many levels": (f"Handle,Title,Variant Price,Type\nmug,Mug,1,{'a > ' * 10}a\n".encode(), 2, "11 levels"),
}


def test_a_file_that_is_no_product_csv_of_ours_is_refused_with_its_line(
        refused: Refused, tmp_path: Path, tried: Tried) -> None:
    for what, (data, line, words) in FILES.items():
        (tmp_path / "products.csv").write_bytes(data)
        error = refused(tmp_path / "products.csv", what)
        assert words in error.message, what
        assert [each.line for each in error.problems] == ([line] if line else []), what
    tried("hostile files", len(FILES))


CELLS: dict[str, list[str]] = {
    "Variant Price": ["1E+1000000", "1e3", "NaN", "nan", "Infinity", "-inf", "1_000", "１２", "١٢", "-1", "+1", "1.999",
                      "1." + "0" * 40 + "1", "0x10", "1,000", "$1", "9" * 14, "9" * 900,
                      "10000000000.01", "1/2"],
    "Variant Compare At Price": ["1E+1000000", "NaN", "1_000", "-1", "1.999", "9" * 13],
    "Variant Inventory Qty": ["1000000001", "-1000000001", "9223372036854775808", "9" * 900, "1e5", "1_000", "１２",
                              "NaN", "1.5", "0x10", "+5", "--5", "5.0.0", "٥", "²", "5 0", ".", "1.0e1", "1,000"],
    "Image Position": ["1_0", "２", "٢", "²", "1e0", "+1", "-1", "first", "1.5", "0x1", "9" * 900],
    "Image Src": ["../mug.png", "a/../../mug.png", "..", "..\\mug.png", "%2e%2e/mug.png", "..%2fmug.png",
                  "/etc/passwd", "%2fetc/passwd", "~/mug.png", "file:///etc/passwd", "FILE:mug.png", "C:\\mug.png",
                  "c:mug.png",
                  "\\\\server\\mug.png", "//server/mug.png", "javascript:alert(1)", "data:image/png;base64,AAAA",
                  "ftp://a.b/c.png", "https:/../mug.png", "mug%00.png", ".\u200b./mug.png"],
    "Variant Image": ["../mug.png", "file:///etc/passwd", "C:\\mug.png"],
}


@pytest.mark.parametrize("column", CELLS)
def test_a_cell_that_cannot_be_is_refused_with_its_line(
        column: str, refused: Refused, tmp_path: Path, tried: Tried) -> None:
    for cell in CELLS[column]:
        mug = {**TRACKED, "Variant Inventory Qty": "1", "Image Src": "mug.png", column: cell}
        rows = simple("tee"), simple("mug", **mug)
        error = refused(write_csv(tmp_path / "products.csv", *rows), cell)
        assert [(each.line, each.handle) for each in error.problems] == [(3, "mug")], cell
    tried("hostile cells", len(CELLS[column]))


def test_what_the_limits_allow_is_taken(catalog: Catalog, tmp_path: Path) -> None:
    cells = {**TRACKED, "Variant Inventory Qty": "1000000000", "Variant Price": "10000000000.00",
             "Image Src": "a/b..png"}
    rows = simple("tee", **cells, Title="t" * 255), simple("mug", **{"Image Src": "HTTPS://a.b/../c.png"})
    assert catalog.import_csv(write_csv(tmp_path / "products.csv", *rows)).products == 2


@pytest.mark.timeout(60)
@pytest.mark.parametrize("suffix", [".csv", ".toml"])
def test_what_is_no_regular_file_is_refused_at_once(
        suffix: str, refused: Refused, tmp_path: Path, tried: Tried) -> None:
    names = ("link", "endless", "nowhere", "pipe", "folder", "socket")
    link, endless, nowhere, pipe, folder, door = (tmp_path / f"{name}{suffix}" for name in names)
    link.symlink_to(tmp_path / "before.csv")
    endless.symlink_to("/dev/zero")
    nowhere.symlink_to(tmp_path / "nothing")
    os.mkfifo(pipe)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        for path in (link, endless, nowhere, pipe, folder, door):
            assert "Name the file itself" in refused(path).message or path == door
    for path in (tmp_path / f"nothing{suffix}", tmp_path / f"a\0b{suffix}"):
        refused(path)
    tried("files that are none", 8)


@pytest.mark.timeout(60)
def test_a_device_is_refused_at_once(refused: Refused, tried: Tried) -> None:
    for name in ("/dev/zero", "/dev/null", "/dev/tty", "/proc/self/mem"):
        refused(Path(name))
    tried("files that are none", 4)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
        refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("products.csv", 256 * 2**20), ("attributes.toml", 2**20)):
        path = tmp_path / name
        path.touch()
        os.truncate(path, size + 1)
        monkeypatch.setattr("shopkeeper.catalog.csv_text._encoding", None)
        assert f"at most {size:,}" in refused(path).message


def test_more_rows_than_are_taken_are_refused_at_the_first_of_them(
        refused: Refused, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "products.csv"
    assert csv_read._MOST_ROWS == 5_000_000
    monkeypatch.setattr(csv_read, "_MOST_ROWS", 50)  # so many cost three seconds
    path.write_text(HEADER + "mug,Mug,1\n" + "\n" * 49)
    assert catalog.import_csv(path).products == 1
    path.write_text(HEADER + "mug,Mug,1\n" + "\n" * 50)
    monkeypatch.setattr(csv_read, "_not_empty", None)  # which takes them in, and takes far longer
    assert [each.line for each in refused(path).problems] == [52]


def test_one_product_of_too_much_text_is_refused_at_its_first_line(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    row = f"{'x' * 990_000}\n"
    path.write_text("Handle,Title,Variant Price,Body (HTML)\nmug,Mug,1,\n" + f"rug,Rug,1,{row}" * 9)
    error = refused(path)
    assert [(each.line, each.handle) for each in error.problems] == [(3, "rug")]
    assert "8,000,000 characters" in error.message


def test_a_column_of_too_long_a_name_is_refused(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text(HEADER.strip() + f",{'x' * 1_001}\nmug,Mug,1,\n")
    assert "more than 1,000 characters" in refused(path).message


def test_ever_more_wrong_lines_are_not_looked_for(refused: Refused, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text(HEADER + "".join(f"mug-{n},Mug,?\n" for n in range(3_000)))
    error = refused(path)
    assert [each.line for each in error.problems] == list(range(2, 1_002))
    assert len(error.message) < 2_000
    told: list[int] = []
    with pytest.raises(ImportFailed):
        catalog.import_csv(path, progress=lambda done, _total: told.append(done))
    assert told[-1] < 1_001


@pytest.mark.parametrize("text", [
    "a = " + "[" * 100_000, "a = " + "{a=" * 10_000, "a." * 30_000 + "a = 1", "[" + '"a".' * 30_000 + "a]",
    f"[{'a' * 256}]\nlabel = 'A'",
    "x = {" + "a . " * 30_000 + "a = 1}", "a = " + "9" * 100_000, "[size]\nlabel = '" + "x" * 1_001 + "'",
    f"[size]\nchoices = {list(map(str, range(10_001)))}", "[size]\nchoices = ['" + "9" * 5_000 + "xl']", "a = 1", "\0",
    "[size]\nlabel = '\ufffd'\n\udcff",
])
def test_an_attributes_file_is_trusted_no_more(text: str, refused: Refused, tmp_path: Path, tried: Tried) -> None:
    path = tmp_path / "attributes.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert "attributes.toml" in refused(path).message
    tried("hostile files", 1)


def test_nothing_is_fetched_run_or_opened_but_the_file_and_the_shop(tmp_path: Path, tried: Tried) -> None:
    (tmp_path / "secret.png").write_text("secret")
    address = "https://127.0.0.1:9/a.png"
    path = write_csv(tmp_path / "products.csv", *(
        simple(f"mug-{n}", **{"Image Src": picture, "Variant Image": picture, "Body (HTML)":
               f'<img src="{address}"><link rel=stylesheet href="{address}"><iframe src="{address}"></iframe>'})
        for n, picture in enumerate((address, "http://localhost/a.png", "secret.png", "secret", "mug"))))

    def seen() -> str:
        events: list[str] = []

        def note(event: str, given: tuple[object, ...]) -> None:
            if event.split(".")[0] in {"socket", "urllib", "subprocess", "http", "ftplib", "shutil"} or event in {
                    "os.system", "os.exec", "os.posix_spawn", "os.fork"}:
                events.append(event)
            if event == "open" and str(given[0]).startswith(str(tmp_path)):
                events.append(Path(str(given[0])).name)

        with Shop.open(str(tmp_path / "shop.db")) as shop:
            sys.addaudithook(note)
            shop.catalog.import_csv(path)
            for n in range(5):
                shop.catalog.product(f"mug-{n}")
            return json.dumps(events)

    assert set(json.loads(in_child(seen))) == {"products.csv", "shop.db-import-lock"}
    tried("pictures that nobody fetched", 10)
