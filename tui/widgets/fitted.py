"""Content that is laid out for the width in which it stands."""
from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class FittedContent(Visual):
    """Asks for its content whenever it is measured or painted in another width: never is it laid out for a wrong one.

    A widget that is hidden, or was just made, has no width; what it was given then waits until it has one.

    Args:
        draw: Returns the content for a width in cells, 1 or more.
    """

    def __init__(self, draw: Callable[[int], Content]) -> None:
        self._draw = draw
        self._width = 0
        self._content = Content("")

    def at(self, width: int) -> Content:
        """Return the content for a width in cells."""
        width = max(1, width)
        if width != self._width:
            self._width, self._content = width, self._draw(width)
        return self._content

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002 (Textual's shape)
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.at(width).get_height(rules, max(1, width))

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return self.at(width).render_strips(width, height, style, options)
