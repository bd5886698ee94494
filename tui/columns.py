"""Columns of text: cut and filled by cells, for a wide character takes two."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from textual.content import Content

from tui.text import options_in_words, plain

GAP = 2
"""Cells between two columns."""


def left(text: Content, width: int) -> Content:
    """Filled up to `width` cells; what is too long ends in `…`."""
    return text.truncate(width, ellipsis=True, pad=True)


def right(text: str, width: int, style: str = "") -> Content:
    """Ours, at the right end of `width` cells; never cut, for amounts stand here."""
    return Content.styled(text, style).pad_left(max(0, width - cell_len(text)))


def widest(texts: Iterable[str], least: int = 0) -> int:
    """How many cells the widest of them takes."""
    return max((cell_len(text) for text in texts), default=least)


class NameColumns:
    """Titles and options in two columns that share what room there is.

    Args:
        names: Title and options of each line.
        room: Cells for both.
    """

    def __init__(self, names: Iterable[tuple[str, Mapping[str, str]]], room: int) -> None:
        named = [(plain(title).cell_length, cell_len(options_in_words(options))) for title, options in names]
        options = max((width for _, width in named), default=0)
        titles = max((width for width, _ in named), default=0)
        if titles + options + GAP > room:
            options = min(options, max(room * 2 // 5, room - titles - GAP))
        self._options = options
        self._titles = room - options - GAP if options else room

    def cells(self, title: str, options: Mapping[str, str]) -> Content:
        """Title and options of one line, exactly as wide as the room."""
        name = left(plain(title, "bold"), self._titles)
        if not self._options:
            return name
        return Content.assemble(name, " " * GAP, left(plain(options_in_words(options), "$muted"), self._options))
