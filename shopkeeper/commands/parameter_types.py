"""Texts, names and numbers on the command line. None may be empty: the variable of a script may have been unset."""
from __future__ import annotations

import re
from pathlib import Path

import click

from shopkeeper.numbers import parse_whole


class NonEmptyText(click.ParamType[str]):
    """A text with at least one character that is no blank."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text. Raises BadParameter."""
        text = str(value)
        if not text.strip():
            self.fail(f"{text!r} is empty.", param, ctx)
        return text


class FilePath(click.ParamType[Path]):
    """The name of a file, there or not. Whether it can be read or written is told by what reads or writes it."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path. Raises BadParameter: no file can be called so."""
        path = str(value)
        if not path:
            self.fail("'' is empty. Name a file.", param, ctx)
        if "\0" in path:
            self.fail(f"{path!r} is not the name of a file.", param, ctx)
        if path.rpartition("/")[2] in {"", ".", ".."}:
            self.fail(f"{path!r} names a folder. Name a file.", param, ctx)
        return Path(path)


class Origin(click.ParamType[str]):
    """A website as browsers name it: scheme, host and port, without a path; `*` is any."""

    name = "origin"

    _ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/?#@]+", re.IGNORECASE)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the origin. Raises BadParameter."""
        origin = str(value)
        if not self._ORIGIN.fullmatch(origin) or not origin.isprintable():
            self.fail(f"{origin!r} is no origin. Write it as https://shop.example, without a path.", param, ctx)
        return origin


class WholeNumber(click.ParamType[int]):
    """A whole number from `least` to `most`, written in the digits 0 to 9."""

    name = "integer"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises BadParameter."""
        try:
            return parse_whole(str(value), self.least, self.most)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
