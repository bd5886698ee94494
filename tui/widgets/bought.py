"""Lines of a cart or an order, to be read only."""
from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from tui.backend import CartLine, OrderLine
from tui.columns import GAP, NameColumns, right, widest
from tui.widgets.rows import Sheet


class Bought(Sheet):
    """`2 × Zip Hoodie   L / Slate   $96.00`, line by line."""

    lines: reactive[Sequence[CartLine | OrderLine]] = reactive[Sequence[CartLine | OrderLine]]((), layout=True)

    def drawn(self, width: int) -> Content:
        counts = widest(f"{line.quantity} × " for line in self.lines)
        totals = widest(str(line.total) for line in self.lines)
        room = max(8, width - counts - GAP - totals)
        names = NameColumns(((line.title, line.options) for line in self.lines), room)
        return Content("\n").join(
            Content.assemble(right(f"{line.quantity} × ", counts, "$muted"), names.cells(line.title, line.options),
                             " " * GAP, right(str(line.total), totals))
            for line in self.lines
        )
