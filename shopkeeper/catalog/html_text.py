"""Descriptions: HTML from outside becomes plain paragraphs, and plain paragraphs become HTML again."""
from __future__ import annotations

import re
from html import escape, unescape

from shopkeeper.text import clean

_BULLET = "• "
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_TAG = re.compile(r"(</?[a-z0-9]+>)")
_BLOCKS = frozenset({
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
})
_CELLS = frozenset({"td", "th"})


def text_of(html: str) -> str:
    """Plain text of it: paragraphs are parted by an empty line, list items are lines that begin with `• `.

    Text without any markup keeps its line breaks.
    """
    # nh3 takes 5 ms to import, and only an import of products needs it.
    import nh3

    if not _MARKUP.search(html):
        html = _LINE_BREAK.sub("<br>", html)
    # It leaves balanced tags without attributes, in time linear in the length, whatever it is given.
    tidy = nh3.clean(html, tags={*_BLOCKS, *_CELLS, "br", "li"}, attributes={}, link_rel=None)
    return _Lines().text(_TAG.split(tidy))


def html_of(text: str) -> str:
    """HTML that `text_of` turns back into the same text."""
    return "".join(_paragraph(part.split("\n")) for part in text.split("\n\n") if part)


def _paragraph(lines: list[str]) -> str:
    if all(line.startswith(_BULLET) for line in lines):
        return f"<ul>{''.join(f'<li>{escape(line[len(_BULLET):], quote=False)}</li>' for line in lines)}</ul>"
    return f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>"


class _Lines:
    """Collects the lines of a text, and how many line breaks come before the next words."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._breaks = 0
        self._items = 0
        self._bullet = False

    def text(self, parts: list[str]) -> str:
        for part in parts:
            if _TAG.fullmatch(part):
                self._tag(part.strip("</>"), closing=part.startswith("</"))
            elif clean(unescape(part)):
                self._words(unescape(part))
            elif part:
                self._lines[-1] += " "
        lines = [clean(line) for line in self._lines]
        return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _tag(self, name: str, *, closing: bool) -> None:
        if name == "br":
            self._breaks += 1
        elif name == "li":
            self._items += -1 if closing else 1
            self._bullet = not closing
            self._breaks = max(self._breaks, 1)
        elif name in _BLOCKS:
            # Inside a list item a paragraph is no more than a line.
            self._breaks = max(self._breaks, 1 if self._items or name == "tr" else 2)
        elif name in _CELLS:
            self._lines[-1] += " "

    def _words(self, words: str) -> None:
        if self._breaks:
            self._lines += [""] * self._breaks
            self._breaks = 0
        if self._bullet:
            self._lines[-1] = _BULLET
            self._bullet = False
        self._lines[-1] += words
