"""The lines of a cart, with what can be clicked in them."""
from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive

from tui.backend import CartLine
from tui.columns import GAP, NameColumns, right, widest
from tui.text import clean
from tui.widgets.rows import RowList

_STEPPER = len("− [ 999 ] +")
_REMOVE = 3


class CartLines(RowList):
    """One row per line; warnings stand under it. Clicks on `−`, `+` and `×` are the screen's actions."""

    lines: reactive[tuple[CartLine, ...]] = reactive[tuple[CartLine, ...]]((), init=False)

    @property
    def line(self) -> CartLine | None:
        """The line under the bar."""
        return self.lines[self.highlighted] if self.lines and self.highlighted is not None else None

    def watch_lines(self) -> None:
        self.lay_out()

    def rows(self, width: int) -> list[Content]:
        prices = widest(str(line.unit_price) for line in self.lines)
        totals = widest(str(line.total) for line in self.lines)
        room = width - _STEPPER - prices - totals - _REMOVE - 3 * GAP
        names = NameColumns(((line.title, line.options) for line in self.lines), room)
        return [_row(line, names, prices, totals) for line in self.lines]

    async def _on_click(self, event: events.Click) -> None:
        # A click on a line is no check-out: it moves the bar, and what is clicked on in the line happens.
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is not None:
            self.highlighted = clicked
        await self.broker_event("click", event)


def _row(line: CartLine, names: NameColumns, prices: int, totals: int) -> Content:
    gap = " " * GAP
    row = Content.assemble(
        names.cells(line.title, line.options), gap, _stepper(line), gap,
        right(str(line.unit_price), prices, "$muted"), gap, right(str(line.total), totals, "bold"),
        Content.from_markup(f"[@click=screen.remove_line({line.variant_id})] × [/]"),
    )
    warnings = [Content.styled(f"  ! {clean(warning.message)}", "$warning") for warning in line.warnings]
    return Content("\n").join([row, *warnings, Content("")])


def _stepper(line: CartLine) -> Content:
    number = f"{line.quantity}".center(3)
    step = f"@click=screen.step({line.variant_id},"
    return Content.from_markup(f"[{step}-1)]− [/]\\[ [b]{number}[/b] ][{step}1)] +[/]")
