"""Lines that a widget draws itself: parts on the left, parts on the right, cut to the cell."""
from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

Part = tuple[str, str]
"""A text that is clean, and its look: words such as `bold`, `strike`, a theme's color by name, or a `#rrggbb`.

A word such as `@screen.search` is the action of `action_text.run_clicked` there; one such as `cell:title`
names the text, as `columns.cell` does.
"""

_ATTRIBUTES = ("bold", "strike", "underline", "italic")


class Brush:
    """Turns looks into styles, in a widget's theme and on its ground; `raised`: on the ground of what is chosen."""

    def __init__(self, widget: Widget, *, raised: bool = False) -> None:
        self._theme = variables(widget.app)
        self._ground = Color.parse(self._theme["panel"]) if raised else widget.background_colors[1]
        self._styles: dict[str, Style] = {}

    def style(self, look: str) -> Style:
        """The style of a look such as `bold accent`."""
        if look not in self._styles:
            self._styles[look] = self._made(look)
        return self._styles[look]

    def _made(self, look: str) -> Style:
        words = look.split()
        prefixes = {"action": "@", "cell": "cell:"}
        meta = {key: word.removeprefix(prefix) for word in words for key, prefix in prefixes.items()
                if word.startswith(prefix)}
        marks = (*_ATTRIBUTES, *(word for word in words if word.startswith(tuple(prefixes.values()))))
        colors = [word for word in words if word not in marks] or ["foreground"]
        color = colors[-1] if colors[-1].startswith("#") else self._theme[colors[-1]]
        style = _style(color, self._ground, *(name in words for name in _ATTRIBUTES))
        return style + Style(meta=meta) if meta else style


_KNOWN: dict[str, dict[str, str]] = {}


def variables(app: App[object]) -> dict[str, str]:
    """The colors of the app's theme, by name."""
    # Textual works them out anew at each look: too slow for every line.
    if app.theme not in _KNOWN:
        _KNOWN[app.theme] = app.theme_variables
    return _KNOWN[app.theme]


@lru_cache(maxsize=512)
def _style(color: str, ground: Color, bold: bool, strike: bool, underline: bool, italic: bool) -> Style:
    return Style(color=Color.parse(color).rich_color, bgcolor=ground.rich_color,
                 bold=bold, strike=strike, underline=underline, italic=italic)


def width_of(parts: Iterable[Part]) -> int:
    """How many cells the parts take."""
    return sum(cell_len(text) for text, _ in parts)


def fitted(text: str, room: int) -> str:
    """The text, cut with `…` where it is wider than `room` cells."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, room - 1).rstrip() + "…" if room > 0 else ""


def spread(brush: Brush, left: Iterable[Part], right: Iterable[Part], width: int) -> Strip:
    """One line: the right-hand parts whole at the right, the left-hand parts cut to what room remains."""
    right = list(right)
    after = width_of(right)
    room = width - after - (2 if right else 0)
    segments = []
    used = 0
    for text, look in left:
        shown = fitted(text, room - used)
        segments.append(Segment(shown, brush.style(look)))
        used += cell_len(shown)
        if shown != text:
            break
    segments.append(Segment(" " * (width - after - used), brush.style("")))
    segments += [Segment(text, brush.style(look)) for text, look in right]
    return Strip(segments).adjust_cell_length(width, brush.style(""))
