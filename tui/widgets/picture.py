"""Pixel art in half blocks: a picture of a product, in the color that is looked at."""
from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from tui.backend import data_folder
from tui.widgets.strips import variables

WIDTH, HEIGHT = 24, 20
"""The size of every picture in pixels: half as many rows on the screen."""

_NAME = re.compile(r"[a-z0-9-]+")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_CLEAR = "."
_LEAST_CONTRAST = 0.12  # of a black shirt to a dark ground: below, the shirt is drawn lighter

Pixels = tuple[str, ...]

_EMPTY = _CLEAR * WIDTH
_PARCEL: Pixels = (
    *[_EMPTY] * 5,
    "....-------++-------....",
    *["....#######++#######...."] * 9,
    "....++++++++++++++++....",
    *[_EMPTY] * 4,
)


@lru_cache(maxsize=64)
def pixels(name: str) -> Pixels:
    """The rows of a picture, 20 strings of 24; a plain parcel where there is none of that name."""
    if not _NAME.fullmatch(name):
        return _PARCEL
    try:
        rows = (data_folder() / "pictures" / f"{name}.txt").read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return _PARCEL
    return tuple(row[:WIDTH].ljust(WIDTH, _CLEAR) for row in (rows + [""] * HEIGHT)[:HEIGHT])


class Picture(Widget):
    """A picture by its name, in the middle of the widget, as often doubled as there is room.

    Args:
        name: Which picture; a parcel stands for one that is not there.
        tint: Its main color as `#rrggbb`; none: the theme's.
    """

    DEFAULT_CSS = """
    Picture { height: 12; background: $panel; }
    """

    def __init__(self, name: str = "", tint: str | None = None, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._picture = name
        self._tint = tint

    def show(self, name: str, tint: str | None = None) -> None:
        """Shows another picture, or the same in another color."""
        if (name, tint) != (self._picture, self._tint):
            self._picture, self._tint = name, tint
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        scale = max(1, min(width // WIDTH, 2 * height // HEIGHT))
        background = self.background_colors[1]
        clear = Style.from_color(bgcolor=background.rich_color)
        rows = pixels(self._picture)
        top = 2 * y - (2 * height - HEIGHT * scale) // 2
        upper, lower = (_row(rows, (top + half) // scale) for half in (0, 1))
        theme = variables(self.app)
        tint = self._tint if self._tint and _HEX.fullmatch(self._tint) else theme["secondary"]
        palette = _palette(tint, background, theme["accent"])
        left = (width - WIDTH * scale) // 2
        signs = zip(upper, lower, strict=True)
        cells = [Segment("▀" * scale, Style.from_color(palette[a], palette[b])) for a, b in signs]
        return Strip([Segment(" " * max(0, left), clear), *cells]).adjust_cell_length(width, clear).simplify()


def _row(rows: Pixels, index: int) -> str:
    return rows[index] if 0 <= index < HEIGHT else _EMPTY


@lru_cache(maxsize=64)
def _palette(tint: str, background: Color, accent: str) -> dict[str, RichColor]:
    main = Color.parse(tint)
    if abs(main.brightness - background.brightness) < _LEAST_CONTRAST:
        main = main.lighten(0.12) if background.brightness < 0.5 else main.darken(0.12)
    colors = {
        _CLEAR: background,
        "#": main,
        "+": main.darken(0.1),
        "-": main.lighten(0.12),
        "o": main.darken(0.3),
        "*": Color.parse(accent),
        "w": Color.parse("#f4f1ea"),
    }
    return {sign: color.rich_color for sign, color in colors.items()}
