"""Lines of a cart or an order, to be read only."""
from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from tui.backend import CartLine, OrderLine
from tui.columns import GAP, NameColumns, left, right, widest
from tui.text import options_in_words, plain
from tui.widgets.rows import Sheet

_ROOM_FOR_OPTIONS = 32
"""Cells for title and options; where there are fewer, the options stand on a line of their own."""


class Bought(Sheet):
    """`2 × Zip Hoodie   L / Slate   $96.00`, line by line."""

    lines: reactive[Sequence[CartLine | OrderLine]] = reactive[Sequence[CartLine | OrderLine]]((), layout=True)

    def drawn(self, width: int) -> Content:
        counts = widest(f"{line.quantity} × " for line in self.lines)
        totals = widest(str(line.total) for line in self.lines)
        room = max(8, width - counts - GAP - totals)
        below = room < _ROOM_FOR_OPTIONS
        names = NameColumns(((line.title, {} if below else line.options) for line in self.lines), room)
        rows = []
        for line in self.lines:
            name = names.cells(line.title, {} if below else line.options)
            rows.append(Content.assemble(right(f"{line.quantity} × ", counts, "$muted"), name, " " * GAP,
                                         right(str(line.total), totals)))
            if below and line.options:
                options = left(plain(options_in_words(line.options), "$muted"), room)
                rows.append(options.pad_left(counts))
        return Content("\n").join(rows)
