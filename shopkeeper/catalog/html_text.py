"""Descriptions: HTML from outside becomes plain paragraphs, and plain paragraphs become HTML again."""
from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape

from shopkeeper.text import clean

_BULLET = "• "
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<[!?][a-zA-Z]")
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
# A tag, by its name, or what is no text: comments, scripts, styles. As in the HTML standard, what nobody closes goes on
# to the end: so whatever begins here matches, no sign is looked at twice, and the time is linear in the length. (The
# parsers that build trees are not: one of a good name took 14 s for 192 KB of tags with many attributes.)
_TAG = re.compile(
    r"""<(?:
        !--(?:-?>|.*?(?:--!?>|\Z))
        | (?:[!?]|/(?![a-z]))[^>]*(?:>|\Z)
        | script(?=[\s/>]).*?(?:</script(?=[\s/>])[^>]*(?:>|\Z)|\Z)
        | style(?=[\s/>]).*?(?:</style(?=[\s/>])[^>]*(?:>|\Z)|\Z)
        | (/?[a-z][^\s/>]*+)(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+(?:>|\Z)
    )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LISTS = frozenset({"ol", "ul"})
_BLOCKS = _LISTS | {
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "main", "p", "pre", "section", "table", "tr",
}
_CELLS = frozenset({"td", "th"})
_ENDLESS = re.compile("&(?=#[0-9]{20})")


def text_of(html: str) -> str:
    """Plain text of it: paragraphs are parted by an empty line, list items are lines that begin with `• `.

    Text without any markup keeps its line breaks.
    """
    if not _MARKUP.search(html):
        return _joined(map(decoded, _LINE_BREAK.split(html)))
    return _Lines().text(_TAG.split(html))


def decoded(text: str) -> str:
    """The text with its entities decoded; what has more digits than any character stays as it is."""
    return unescape(_ENDLESS.sub("&amp;", text)) if "&" in text else text


def html_of(text: str) -> str:
    """HTML that `text_of` turns back into the same text."""
    return "".join(_paragraph(part.split("\n")) for part in text.split("\n\n") if part)


def _paragraph(lines: list[str]) -> str:
    if all(line.startswith(_BULLET) for line in lines):
        return f"<ul>{''.join(f'<li>{escape(line[len(_BULLET):], quote=False)}</li>' for line in lines)}</ul>"
    return f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>"


class _Lines:
    """Collects the words of a text, and how many line breaks come before the next ones."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._lists = [False]  # for each list around, whether an item of it is open; an item may do without a list
        self._items = 0
        self._bullet = False

    def text(self, parts: list[str | None]) -> str:
        """Of words and tags by turns; a tag without a name is none."""
        for words, tag in zip(parts[::2], [*parts[1::2], None], strict=True):
            if words:
                self._words(words)
            if tag:
                self._tag(tag.strip("/").lower(), closing=tag.startswith("/"))
        return _joined("".join(self._parts).split("\n"))

    def _tag(self, name: str, *, closing: bool) -> None:
        if name == "br":
            self._break(self._breaks + 1)
        elif name == "li":
            self._item(not closing)
            self._bullet = not closing
            self._break(1)
        elif name in _BLOCKS:
            if name in _LISTS:
                self._list(closing)
            # Inside a list item a paragraph is no more than a line.
            self._break(1 if self._items or name == "tr" else 2)
        elif name in _CELLS:
            self._parts.append(" ")

    def _break(self, lines: int) -> None:
        self._breaks = max(self._breaks, min(lines, 2))

    def _list(self, closing: bool) -> None:
        if not closing:
            self._lists.append(False)
        elif len(self._lists) > 1:
            self._item(False)
            self._lists.pop()

    def _item(self, is_open: bool) -> None:
        self._items += is_open - self._lists[-1]
        self._lists[-1] = is_open

    def _words(self, words: str) -> None:
        line = decoded(words).replace("\n", " ")
        if not (line[:1].isalnum() or clean(line)):  # the first asks less
            self._parts.append(" ")
            return
        if self._breaks:
            self._parts.append("\n" * self._breaks)
            self._breaks = 0
        if self._bullet:
            self._parts.append(_BULLET)
            self._bullet = False
        self._parts.append(line)


def _joined(lines: Iterable[str]) -> str:
    """The lines, cleaned, and never more than one empty line between them."""
    text = "\n".join([_line(line) if line else "" for line in lines])
    return re.sub("\n{3,}", "\n\n", text).strip("\n")


def _line(text: str) -> str:
    if text.startswith(_BULLET):  # plain letters are cleaned in less time, and a bullet is none
        return (_BULLET + clean(text.removeprefix(_BULLET))).rstrip()
    return clean(text)
