"""A view that draws its lines itself, and only those in sight."""
from __future__ import annotations

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.strips import Brush


class LineView(ScrollView, can_focus=True):
    """Asks for its width and its colors once for each look at it: for every line they take as long as the line."""

    DEFAULT_CSS = """
    LineView { overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    _width: int
    _brush: Brush
    _raised: Brush
    _measured: tuple[Size, Size, bool] | None = None

    def _scroll_update(self, virtual_size: Size) -> None:
        # Textual comes here at each layout of the screen, whatever has changed, and paints the bars anew.
        measured = virtual_size, self.container_size, self.show_vertical_scrollbar
        if measured != self._measured:
            self._measured = measured
            super()._scroll_update(virtual_size)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._width = self.scrollable_content_region.width
        self._brush, self._raised = Brush(self), Brush(self, raised=True)
        return super().render_lines(crop)
