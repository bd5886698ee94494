"""Rows and texts that are laid out for the width in which they stand."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.content import Content
from textual.geometry import Size
from textual.selection import Selection
from textual.widget import Widget

from tui.widgets.fitted import FittedContent
from tui.widgets.option_list import ShopOptionList


class RowList(ShopOptionList):
    """An option list whose rows know how wide they are. A subclass gives `rows`."""

    # The gutter is there without the scroll bar, too: rows keep their width when it appears.
    DEFAULT_CSS = """
    RowList {
        border: none; padding: 0; background: $background; scrollbar-size: 0 1; scrollbar-gutter: stable;
        link-color: $muted; link-background: $background 0%; link-style: none;
        link-color-hover: $background; link-background-hover: $accent; link-style-hover: bold;
        &:focus { border: none; background-tint: $foreground 0%; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-hover { background: $panel 60%; }
        & > .option-list--option-highlighted { background: $panel 40%; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $panel; color: $foreground; text-style: none; }
    }
    """

    _rows_at: tuple[int, list[Content]] = 0, []
    _ids: Sequence[object] = ()

    def rows(self, width: int) -> list[Content]:
        """Return every row, `width` cells wide."""
        raise NotImplementedError

    def show_rows(self, ids: Sequence[object]) -> None:
        """Show the rows as they are now, one for each id; the bar stays on its row, or at its place if that is gone."""
        self._rows_at = 0, []
        place = self._place_in(ids)
        self._ids = ids
        rows = [FittedContent(partial(self._row, index)) for index in range(len(ids))]
        if len(rows) == self.option_count:
            for index, row in enumerate(rows):
                self.replace_option_prompt_at_index(index, row)
            self.refresh(layout=self.styles.auto_dimensions)  # they may have become higher
        else:
            self.set_options(rows)
        if rows:
            self.highlighted = place

    def _place_in(self, ids: Sequence[object]) -> int:
        place = self.highlighted or 0
        if place < len(self._ids) and self._ids[place] in ids:
            return ids.index(self._ids[place])
        return min(place, len(ids) - 1)

    def _row(self, index: int, width: int) -> Content:
        if self._rows_at[0] != width:
            self._rows_at = width, self.rows(width)
        return self._rows_at[1][index]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, width - self.styles.scrollbar_size_vertical)


class Sheet(Widget):
    """Text that is laid out anew for each width. A subclass gives `drawn`."""

    DEFAULT_CSS = "Sheet { height: auto; }"

    def drawn(self, width: int) -> Content:
        """Return the text, `width` cells wide."""
        raise NotImplementedError

    def render(self) -> FittedContent:
        return FittedContent(self.drawn)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.drawn(self.content_size.width).plain), "\n"
