"""A panel as high as what stands in it, which scrolls where there is less room."""
from __future__ import annotations

from textual.containers import VerticalScroll
from textual.geometry import Size


class ScrollPanel(VerticalScroll):
    """Its scroll bar has a place of its own.

    Else text would wrap into one line more beside the bar, which would then stay for that line in a window that is high
    enough without.
    """

    DEFAULT_CSS = "ScrollPanel { height: auto; scrollbar-gutter: stable; scrollbar-size: 0 1; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, width - self.styles.scrollbar_size_vertical)
