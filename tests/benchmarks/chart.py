"""A chart of how long browsing takes, as SVG: both axes grow by powers of ten, and text is text."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import log10

from tests.benchmarks.browsing import Figures

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 600, 60, 400
_LEAST, _MOST = 0.1, 10_000.0  # milliseconds
_FRAME = 1000 / 60
_COLORS = {"in_index": "#b45309", "by_sql": "#475569"}
_NAMES = {"in_index": "index", "by_sql": "SQL"}
_DASHES = {"p50": "", "p95": "7 4", "p99": "2 4"}


def chart(title: str, figures: Sequence[Figures]) -> str:
    """The whole file."""
    lines = "\n".join([*_axes(figures), *_frame(), *_lines_of(figures), *_labels(figures)])
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
            f' font-size="13">\n<rect width="100%" height="100%" fill="#fff"/>\n'
            f'{_text(_LEFT, 30, title, size=16)}\n{lines}\n</svg>\n')


def _axes(figures: Sequence[Figures]) -> Iterator[str]:
    milliseconds = _LEAST
    while milliseconds <= _MOST:
        y = _y(milliseconds)
        yield _line([(_LEFT, y), (_RIGHT, y)], "#e2e8f0")
        yield _text(_LEFT - 8, y + 4, f"{milliseconds:,g} ms", anchor="end")
        milliseconds *= 10
    for each in figures:
        yield _text(_x(each.variants, figures), _BOTTOM + 22, f"{each.variants:,}", anchor="middle")
    yield _text((_LEFT + _RIGHT) / 2, _BOTTOM + 44, "variants", anchor="middle")


def _frame() -> Iterator[str]:
    yield _line([(_LEFT, _y(_FRAME)), (_RIGHT, _y(_FRAME))], "#16a34a", "1 3")
    yield _text((_LEFT + _RIGHT) / 2, _y(_FRAME) - 5, "one frame at 60 Hz", "#16a34a", anchor="middle")


def _lines_of(figures: Sequence[Figures]) -> Iterator[str]:
    for name, color in _COLORS.items():
        for mark, dash in _DASHES.items():
            points = [(_x(each.variants, figures), _y(_taken(each, name, mark))) for each in figures]
            yield _line(points, color, dash)
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points)


def _labels(figures: Sequence[Figures]) -> Iterator[str]:
    """At the end of each line, from the lowest up, and none on another."""
    above = float(_HEIGHT)
    ends = ((_y(_taken(figures[-1], name, mark)), name, mark) for name in _COLORS for mark in _DASHES)
    for end, name, mark in sorted(ends, reverse=True):
        above = min(above - 15, end + 4)
        told = f"{_NAMES[name]} {mark}: {_taken(figures[-1], name, mark):,.1f} ms"
        yield _text(_RIGHT + 10, above, told, _COLORS[name])


def _taken(figures: Figures, name: str, mark: str) -> float:
    taken: float = getattr(getattr(figures, name), mark)
    return taken


def _x(variants: int, figures: Sequence[Figures]) -> float:
    least, most = log10(figures[0].variants), log10(figures[-1].variants)
    share = (log10(variants) - least) / (most - least) if most > least else 0.5
    return _LEFT + 20 + share * (_RIGHT - _LEFT - 40)


def _y(milliseconds: float) -> float:
    share = (log10(max(_LEAST, min(_MOST, milliseconds))) - log10(_LEAST)) / (log10(_MOST) - log10(_LEAST))
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _line(points: Sequence[tuple[float, float]], color: str, dash: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.6" stroke-dasharray="{dash}"/>'


def _text(x: float, y: float, text: str, color: str = "#0f172a", *, anchor: str = "start", size: int = 13) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{anchor}" font-size="{size}">'
            f'{escape(text)}</text>')
