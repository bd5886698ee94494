"""Columns of text: cut and filled by cells, for a wide character takes two."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from tui.text import options_in_words, plain

GAP = 2
"""Cells between two columns."""


def left(text: Content, width: int) -> Content:
    """Filled up to `width` cells; what is too long ends in `…`."""
    return text.truncate(width, ellipsis=True, pad=True)


def right(text: str, width: int, style: str = "") -> Content:
    """Ours, at the right end of `width` cells; never cut, for amounts stand here."""
    return Content.styled(text, style).pad_left(max(0, width - cell_len(text)))


def cell(content: Content, name: str) -> Content:
    """The content, named for readers of the painted screen such as the testers' kit."""
    return content.stylize(Style.from_meta({"cell": name}))


def widest(texts: Iterable[str], least: int = 0) -> int:
    """How many cells the widest of them takes."""
    return max((cell_len(text) for text in texts), default=least)


class NameColumns:
    """Titles and options in two columns where there is room for all of them, else options below titles.

    Args:
        names: Title and options of each line.
        room: Cells for both.
    """

    def __init__(self, names: Iterable[tuple[str, Mapping[str, str]]], room: int) -> None:
        named = [(plain(title).cell_length, cell_len(options_in_words(options))) for title, options in names]
        titles = max((width for width, _ in named), default=0)
        options = max((width for _, width in named), default=0)
        self._room = room
        self._options = options if titles + GAP + options <= room else 0
        self._titles = room - GAP - options if self._options else room

    def lines(self, title: str, options: Mapping[str, str]) -> list[Content]:
        """Return title and options of one line, whole, in as many lines as they take, each as wide as the room."""
        name = cell(plain(title, "bold"), "title")
        choices = cell(plain(options_in_words(options), "$muted"), "options")
        if self._options:
            return [Content.assemble(left(name, self._titles), " " * GAP, left(choices, self._options))]
        below = choices.wrap(self._room) if options else []
        return [left(line, self._room) for line in (*name.wrap(self._room), *below)]
