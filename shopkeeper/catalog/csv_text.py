"""Product CSV, before the first step: whether the file is text, in which encoding, and its lines, one by one."""
from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from shopkeeper.errors import ImportFailed, Problem
from shopkeeper.files import given

LARGEST = 256 * 2**20
"""Bytes that a file may have."""

_LONGEST_LINE = 4 * 2**20
_CHUNK = 2**20

# What is often given in place of a CSV file, by how it begins. Nothing is ever unpacked.
_OTHERS = {
    b"PK\x03\x04": "a spreadsheet or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF",
    codecs.BOM_UTF32_LE: "text in UTF-32",  # begins as UTF-16 does, so it is asked for first
    codecs.BOM_UTF32_BE: "text in UTF-32",
}
_ADVICE = "Save the products as CSV in UTF-8."
_NO_TEXT = f"This is no text file, or its encoding cannot be told. {_ADVICE}"

# What is no UTF-8 comes out of the decoder as lone surrogates.
_STRAY = re.compile("[\udc80-\udcff]")
_UTF8 = re.compile("[^\x00-\x7f\udc80-\udcff]")
# Windows-1252 leaves five bytes free; and none of its languages has a word with four accented letters in a row, as all
# words have where Cyrillic, Greek or Chinese is read so, nor the low quotation marks with which Japanese is strewn.
_NOT_WESTERN = re.compile("[\udc81\udc8d\udc8f\udc90\udc9d]|[\udcc0-\udcff]{4}|[\udc82\udc83].[\udc82\udc83]")


def refusal(name: str, line: int, message: str) -> ImportFailed:
    """A file of that name is refused for what stands in that line."""
    return ImportFailed(f"{name}, line {line}: {message} Nothing was changed.", [Problem(line, "", message)])


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file, each with its line break.

    Raises:
        ImportFailed: It cannot be read, is too large, is no text, or its encoding cannot be told.
    """
    with given(path, at_most=LARGEST) as file:
        encoding = _encoding(file, path.name)
        file.seek(0)
        text = io.TextIOWrapper(file, encoding, newline="")
        name, number = path.name, 1
        try:
            while line := text.readline(_LONGEST_LINE + 1):
                _check(name, number, line)
                yield line
                number += 1
        except UnicodeDecodeError as error:
            raise refusal(path.name, number, _NO_TEXT) from error


def most_lines(path: Path) -> int:
    """As many lines as a file may have, told in a moment; in UTF-16, some more.

    Raises:
        ImportFailed: It cannot be read or is too large.
    """
    with given(path, at_most=LARGEST) as file:
        return 1 + sum(data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
                       for data in iter(partial(file.read, _CHUNK), b""))


def _check(name: str, number: int, line: str) -> None:
    if "\0" in line:
        raise refusal(name, number, f"There is a NUL in it. {_NO_TEXT}")
    if len(line) > _LONGEST_LINE:
        raise refusal(name, number, f"It has more than {_LONGEST_LINE:,} characters, which no row of a product has.")


def _encoding(file: BinaryIO, name: str) -> str:
    begin = file.read(8)
    for magic, what in _OTHERS.items():
        if begin.startswith(magic):
            raise ImportFailed(f"{name} is {what}, no text file. {_ADVICE}")
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _is_utf8(file):
        return "utf-8-sig"
    file.seek(0)
    line, stray_line, is_utf8, is_western = 1, 0, False, True
    for text in _texts(file):
        if not text.isascii():
            stray = _STRAY.search(text)
            if stray and not stray_line:
                stray_line = line + _line_breaks(text[: stray.start()])
            is_utf8 = is_utf8 or bool(_UTF8.search(text))
            is_western = is_western and not _NOT_WESTERN.search(text)
        line += _line_breaks(text)
    if stray_line and (is_utf8 or not is_western):
        raise refusal(name, stray_line, _NO_TEXT)
    return "windows-1252" if stray_line else "utf-8-sig"


def _is_utf8(file: BinaryIO) -> bool:
    """Whether all of it is, told in little time; the file is read from its beginning."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for data in iter(partial(file.read, _CHUNK), b""):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _texts(file: BinaryIO) -> Iterator[str]:
    """The file piece by piece, as far as it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for data in iter(partial(file.read, _CHUNK), b""):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _line_breaks(text: str) -> int:
    return text.count("\n") or text.count("\r")
