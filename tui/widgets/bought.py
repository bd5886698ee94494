"""Lines of a cart or an order, to be read only."""
from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from tui.backend import CartLine, OrderLine
from tui.columns import GAP, NameColumns, right, widest
from tui.widgets.rows import Sheet

_MIN_NAME_WIDTH = 8


class Bought(Sheet):
    """`2 × Zip Hoodie   L / Slate   $96.00`, line by line."""

    lines: reactive[Sequence[CartLine | OrderLine]] = reactive[Sequence[CartLine | OrderLine]]((), layout=True)

    def drawn(self, width: int) -> Content:
        counts = widest(f"{line.quantity} × " for line in self.lines)
        totals = widest(str(line.total) for line in self.lines)
        room = max(_MIN_NAME_WIDTH, width - counts - GAP - totals)
        names = NameColumns(((line.title, line.options) for line in self.lines), room)
        rows = []
        for line in self.lines:
            name, *more_of_the_name = names.lines(line.title, line.options)
            count, total = right(f"{line.quantity} × ", counts, "$muted"), right(str(line.total), totals)
            rows.append(Content.assemble(count, name, " " * GAP, total))
            rows.extend(part.pad_left(counts) for part in more_of_the_name)
        return Content("\n").join(rows)
