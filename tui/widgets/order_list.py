"""The orders of an account, one a row."""
from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tui.backend import Order
from tui.columns import GAP, left, right, widest
from tui.text import plain, when
from tui.widgets.paper import state_of
from tui.widgets.rows import RowList

_MIN_THINGS_WIDTH = 20
"""Cells for what was bought; where there are fewer, it stands on a line of its own."""

_AHEAD = 10
"""How many rows before the end more are asked for."""


class OrderList(RowList):
    """Newest first. Says when its end comes near."""

    BINDINGS = [Binding("enter", "screen.open", show=False, id="orders.open")]

    @dataclass
    class NearEnd(Message):
        """The last rows are in sight, or nearly."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's word)
        super().__init__(id=id, markup=False)
        self.orders: tuple[Order, ...] = ()

    @property
    def order(self) -> Order | None:
        """The order under the bar."""
        return self.orders[self.highlighted] if self.orders and self.highlighted is not None else None

    def show(self, orders: tuple[Order, ...]) -> None:
        """Shows these orders."""
        self.orders = orders
        self.show_rows([order.number for order in orders])
        self.call_after_refresh(self._look_ahead)

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        self._look_ahead()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look_ahead()

    def _look_ahead(self) -> None:
        last = max(self.highlighted or 0, int(self.scroll_y) + self.size.height)
        if self.orders and last >= len(self.orders) - _AHEAD:
            self.post_message(self.NearEnd())

    def rows(self, width: int) -> list[Content]:
        numbers = widest(order.number for order in self.orders)
        dates = widest(when(order.placed_at) for order in self.orders)
        totals = widest(str(order.total) for order in self.orders)
        states = widest(state_of(order)[0] for order in self.orders)
        room = width - numbers - dates - totals - states - 4 * GAP
        below = room < _MIN_THINGS_WIDTH
        gap = " " * GAP
        rows = []
        for order in self.orders:
            things = left(_things(order), width if below else room)
            row = Content.assemble(
                left(Content.styled(order.number, "bold"), numbers), gap,
                left(Content.styled(when(order.placed_at), "$muted"), dates), gap, "" if below else things + gap,
                right(str(order.total), totals, "bold"), gap, left(Content.styled(*state_of(order)), states),
            )
            rows.append(Content("\n").join([row, things, Content("")]) if below else row)
        return rows


def _things(order: Order) -> Content:
    many = (f"{line.quantity} × " if line.quantity > 1 else "" for line in order.lines)
    return Content(", ").join(Content(count) + plain(line.title) for count, line in zip(many, order.lines, strict=True))
