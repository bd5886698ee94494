"""The lines of a cart, with what can be clicked in them."""
from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style

from tui.backend import CartLine
from tui.columns import GAP, NameColumns, cell, right, widest
from tui.text import clean
from tui.widgets.rows import RowList

_STEPPER = len("− [  ] +")
_REMOVE = 3
_MIN_NAME_WIDTH = 8


class CartLines(RowList):
    """One row per line; warnings stand under it. Clicks on `−`, `+` and `×` are the screen's actions."""

    BINDINGS = [Binding("enter", "screen.check_out", show=False, id="cart.check_out")]

    lines: reactive[tuple[CartLine, ...]] = reactive[tuple[CartLine, ...]]((), init=False)

    @property
    def line(self) -> CartLine | None:
        """The line under the bar."""
        return self.lines[self.highlighted] if self.lines and self.highlighted is not None else None

    def watch_lines(self, lines: tuple[CartLine, ...]) -> None:
        self.show_rows([line.variant_id for line in lines])

    def rows(self, width: int) -> list[Content]:
        digits = widest(str(line.quantity) for line in self.lines)
        prices = widest(str(line.unit_price) for line in self.lines)
        totals = widest(str(line.total) for line in self.lines)
        room = max(_MIN_NAME_WIDTH, width - _STEPPER - digits - prices - totals - _REMOVE - 3 * GAP)
        names = NameColumns(((line.title, line.options) for line in self.lines), room)
        return [_row(line, names, digits, prices, totals) for line in self.lines]

    async def _on_click(self, event: events.Click) -> None:
        # A click on a line is no check-out: it moves the bar, and what is clicked on in the line happens.
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is not None:
            self.highlighted = clicked
        await self.broker_event("click", event)


def _row(line: CartLine, names: NameColumns, digits: int, prices: int, totals: int) -> Content:
    gap = " " * GAP
    name, *more_of_the_name = names.lines(line.title, line.options)
    row = Content.assemble(
        name, gap, _stepper(line, digits), gap,
        right(str(line.unit_price), prices, "$muted"), gap, cell(right(str(line.total), totals, "bold"), "total"),
        (" × ", _clicking(f"remove_line({line.variant_id})")),
    )
    warnings = [Content.styled(f"  ! {clean(warning.message)}", "$warning") for warning in line.warnings]
    return Content("\n").join([row, *more_of_the_name, *warnings, Content("")])


def _stepper(line: CartLine, digits: int) -> Content:
    quantity = cell(right(str(line.quantity), digits, "bold"), "quantity")
    return Content.assemble(
        ("− ", _clicking(f"step({line.variant_id}, -1)")), "[ ", quantity, " ]",
        (" +", _clicking(f"step({line.variant_id}, 1)")),
    )


def _clicking(action: str) -> Style:
    return Style.from_meta({"@click": f"screen.{action}"})
