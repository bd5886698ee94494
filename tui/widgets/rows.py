"""Lists of rows that are laid out anew for each width."""
from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList


class RowList(OptionList):
    """An option list whose rows know how wide they are. A subclass gives `rows`."""

    DEFAULT_CSS = """
    RowList {
        border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
        link-color: $muted; link-background: $background 0%; link-style: none;
        link-color-hover: $background; link-background-hover: $accent; link-style-hover: bold;
        &:focus { border: none; background-tint: $foreground 0%; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-hover { background: $panel 60%; }
        & > .option-list--option-highlighted { background: $panel 40%; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $panel; color: $foreground; text-style: none; }
    }
    """

    _laid_out_for = 0

    def rows(self, width: int) -> list[Content]:
        """Every row, `width` cells wide."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Shows the rows as they are now; the bar stays at its place."""
        width = self._row_width()
        if width <= 0:
            return
        self._laid_out_for = width
        place = self.highlighted
        rows = self.rows(width)
        if len(rows) == self.option_count:
            for index, row in enumerate(rows):
                self.replace_option_prompt_at_index(index, row)
            return
        self.set_options(rows)
        if rows:
            self.highlighted = min(place or 0, len(rows) - 1)

    def on_resize(self) -> None:
        if self._row_width() != self._laid_out_for:
            self.lay_out()

    def _row_width(self) -> int:
        # As if the scroll bar were there, so that rows keep their width when it appears; and a bar's edge on the left.
        return self.size.width - self.styles.scrollbar_size_vertical - 2


class Sheet(Widget):
    """Text that is laid out anew for each width. A subclass gives `drawn`."""

    DEFAULT_CSS = "Sheet { height: auto; }"

    def drawn(self, width: int) -> Content:
        """The text, `width` cells wide."""
        raise NotImplementedError

    def render(self) -> Content:
        return self.drawn(self.content_size.width)
