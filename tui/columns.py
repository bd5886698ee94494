"""Columns of text: cut and filled by cells, for a wide character takes two."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from tui.text import clean, options_in_words

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


def flow(words: Iterable[Content], width: int, indent: int = 0) -> Content:
    """Return the words in lines of this width, none broken that fits in a line, all lines but the first indented."""
    lines = [Content("")]
    room = max(1, width - indent)
    for word in words:
        for part in [word] if word.cell_length <= room else word.wrap(room):
            used = lines[-1].cell_length
            if used > indent and used + part.rstrip().cell_length > width:
                lines.append(Content(" " * indent))
            lines[-1] += part
    return Content("\n").join(lines)


def labeled(facts: Sequence[tuple[str, Content]], width: int, max_label_width: int) -> Content:
    """Return facts below each other, each value beside its label, where all lines of it stay."""
    labels = min(widest(label for label, _ in facts), max_label_width, max(1, width - GAP - 1))
    lines = []
    for label, value in facts:
        label_lines = Content.styled(label, "$muted").wrap(labels) if label else [Content("")]
        value_lines = value.wrap(max(1, width - labels - GAP))
        for label_line, value_line in zip_longest(label_lines, value_lines, fillvalue=Content("")):
            lines.append(left(label_line.rstrip(), labels) + " " * GAP + value_line.rstrip())
    return Content("\n").join(lines)


class NameColumns:
    """Titles and options in two columns where there is room for all of them, else options below titles.

    Args:
        names: Title and options of each line.
        room: Cells for both.
    """

    def __init__(self, names: Iterable[tuple[str, Mapping[str, str]]], room: int) -> None:
        named = [(cell_len(clean(title)), cell_len(options_in_words(options))) for title, options in names]
        titles = max((width for width, _ in named), default=0)
        options = max((width for _, width in named), default=0)
        self._room = room
        self._options = options if titles + GAP + options <= room else 0
        self._titles = room - GAP - options if self._options else room

    def lines(self, title: str, options: Mapping[str, str]) -> list[Content]:
        """Return title and options of one line, whole, in as many lines as they take, each as wide as the room."""
        name = cell(Content.styled(clean(title), "bold"), "title")
        choices = cell(Content.styled(options_in_words(options), "$muted"), "options")
        if self._options:
            return [Content.assemble(left(name, self._titles), " " * GAP, left(choices, self._options))]
        below = choices.wrap(self._room) if options else []
        return [left(line, self._room) for line in (*name.wrap(self._room), *below)]
