"""Untrusted text, money and times, as people read them. The one door to the screen."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from tui.backend import Money, ProductCard, visible


def clean(text: str) -> str:
    """The text without what could steer the terminal; line breaks and tabs become blanks."""
    return visible(text)


def plain(text: str, style: str = "") -> Content:
    """Text from outside, shown to the letter: never read as markup.

    Line breaks stay.
    """
    return Content("\n".join(clean(line) for line in text.splitlines())).stylize(style)


def joined(parts: Iterable[str], between: str = " / ") -> str:
    """Labels in a line: `L / Slate`."""
    return between.join(clean(part) for part in parts)


def options_in_words(options: Mapping[str, str]) -> str:
    """A variant's choices in a line: `L / Slate`; empty where there are none."""
    return joined(options.values())


def price_range(card: ProductCard) -> str:
    """`$58.00`, or `$72.00 – $79.00`."""
    return amount_range(card.price_from, card.price_to)


def amount_range(low: Money, high: Money) -> str:
    """One amount, or from the lower to the higher."""
    return str(low) if low == high else f"{low} – {high}"


def counted(count: int, one: str, many: str) -> str:
    """`1 thing`, `1,204 things`."""
    return f"{count:,} {one if count == 1 else many}"


def duration(seconds: int) -> str:
    """How long to wait: `40 seconds`, `15 minutes`."""
    return counted(seconds, "second", "seconds") if seconds <= 90 else counted(-(-seconds // 60), "minute", "minutes")


def when(moment: datetime, now: datetime | None = None) -> str:
    """`today 14:05`, `yesterday 9:30`, else `21 Nov 2026`; in the reader's time zone."""
    from babel.dates import format_date

    local = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    days = (today - local.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {local:%H:%M}"
    return format_date(local.date(), "d MMM y", locale="en")


def stock_in_words(available: int | None, in_stock: bool = True) -> tuple[str, str]:
    """What is left, as a glyph with words and the theme color that goes with it."""
    if not in_stock or available == 0:
        return "○ sold out", "$muted"
    if available is not None and available <= 5:
        return f"● {available} left", "$warning"
    return "● in stock", "$success"


class LastWall(LineFilter):
    """Takes steering characters out of every painted line, whatever widget let them through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 (the base's shape)
        return [
            segment if segment.control or (shown := visible(segment.text)) == segment.text
            else Segment(shown, segment.style)
            for segment in segments
        ]
