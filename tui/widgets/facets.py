"""The filters, with how many products each would leave: categories, stock, price, and every option."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual.binding import Binding
from textual.events import Click, Key
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.backend import BrowsePage, Query
from tui.commands import FACETS, bindings
from tui.filters import stepped_high, stepped_low, toggled
from tui.widgets.facet_rows import Finding, Kind, Row, folded_at_first, has_many, rows_of
from tui.widgets.line_view import LineView
from tui.widgets.strips import spread

Change = Callable[[Query], Query]


class Facets(LineView):
    """One line for each filter. It keeps its place when the counts change."""

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-10000)", show=False),
        Binding("end", "move(10000)", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space", "choose", show=False),
        *bindings(FACETS),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Which line is under the bar, from 0."""

    @dataclass
    class Changed(Message):
        """A filter is to be changed: `change` makes the new query of the one in force."""

        change: Change

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes)
        self.rows: list[Row] = []
        self._page: BrowsePage | None = None
        self._query = Query()
        self._folded: dict[str, bool] = {}  # as the shopper left them
        self._whole: set[str] = set()
        self._finding: Finding | None = None
        self._sought: Row | None = None  # it was under the bar, and is shown again once it is chosen

    def show(self, query: Query, page: BrowsePage) -> None:
        """Shows the counts of a result."""
        self._query, self._page = query, page
        self._rebuild()

    def row_of(self, facet: str, value: str | None = None) -> int | None:
        """The line of a facet's head, or of a value of it, by the labels on the screen; none: not shown."""
        group = next((row.group for row in self.rows if row.kind is Kind.HEAD and row.label == facet), None)
        wanted = ({Kind.HEAD}, facet) if value is None else ({Kind.VALUE, Kind.CATEGORY}, value)
        found = (at for at, row in enumerate(self.rows) if row.group == group and row.kind in wanted[0]
                 and row.label == wanted[1])
        return next(found, None)

    # Moving and choosing

    def action_move(self, lines: int) -> None:
        self._sought = None
        stops = [at for at, row in enumerate(self.rows) if row.kind is not Kind.BLANK]
        if stops:
            now = sum(at < self.cursor for at in stops)
            self.cursor = stops[max(0, min(now + lines, len(stops) - 1))]

    def action_step(self, direction: int) -> None:
        """Left and right: step a price; else fold what stands open, open what is folded."""
        row = self._row
        if row is None:
            return
        if row.kind is Kind.PRICE_LOW or row.kind is Kind.PRICE_HIGH:
            self._step_price(row.kind, direction)
        elif row.group:
            self._fold(row.group, direction < 0)

    def action_choose(self) -> None:
        """Chooses the value under the bar, or takes the choice back; folds or opens a head."""
        row = self._row
        if row is None:
            return
        match row.kind:
            case Kind.HEAD:
                self._fold(row.group, not row.folded)
            case Kind.MORE if self._has_many(row.group):
                self._find(Finding(row.group))
            case Kind.MORE:
                self._whole ^= {row.group}
                self._rebuild()
            case Kind.CATEGORY:
                slug = None if row.selected else row.value
                self.post_message(self.Changed(lambda query: replace(query, category=slug)))
            case Kind.VALUE:
                self.post_message(self.Changed(lambda query: toggled(query, row.group, row.value)))
            case Kind.STOCK:
                self.post_message(self.Changed(lambda query: replace(query, in_stock=not query.in_stock)))
            case Kind.PRICE_LOW:
                self.post_message(self.Changed(lambda query: replace(query, price_min=None)))
            case Kind.PRICE_HIGH:
                self.post_message(self.Changed(lambda query: replace(query, price_max=None)))

    # Finding one of many values

    @property
    def is_finding(self) -> bool:
        """Whether what is typed narrows the values of a facet."""
        return self._finding is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether this can be done: one finds where there are many; else the key is another's."""
        if action == "find":
            return self._row is not None and self._has_many(self._row.group)
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 (Textual's signature)
        return self.is_finding and character is not None and character.isprintable()

    def action_find(self) -> None:
        """Looks for one of the many values of the facet under the bar."""
        if self._row is None:
            return
        self._folded[self._row.group] = False
        self._find(Finding(self._row.group))

    def action_choose_and_leave(self) -> None:
        """Chooses, and ends what was being looked for."""
        if self._finding is None:
            self.action_choose()
            return
        self._sought = self._row
        self.action_choose()
        self._leave()

    def on_key(self, event: Key) -> None:
        """Letters are the facet's while one looks for a value of it."""
        if self._finding is None:
            return
        text = self._finding.text
        if event.key == "escape":
            self._leave()
        elif event.key == "backspace":
            self._find(replace(self._finding, text=text[:-1]))
        elif event.is_printable and event.character is not None and event.character != " ":
            self._find(replace(self._finding, text=text + event.character))
        else:
            return
        event.stop()

    def on_blur(self) -> None:
        self._leave()

    def _find(self, finding: Finding) -> None:
        """Shows what is found under the facet's head, which goes to the top, and puts the bar on the first of it."""
        self._finding = finding
        self._rebuild()
        line = next(at for at, row in enumerate(self.rows) if row.kind is Kind.FIND)
        self.cursor = line + (self.rows[line + 1].kind is Kind.VALUE)
        self.scroll_to(y=line - 1, animate=False)

    def _leave(self) -> None:
        """Shows the facet as it was; what is not shown any more leaves the bar on the line that stands for it."""
        if self._finding is None:
            return
        group, before, self._finding = self._finding.group, self._row, None
        self._rebuild()
        if before is None or self._row is None or not self._row.same_as(before):
            self.cursor = max(at for at, row in enumerate(self.rows)
                              if row.group == group and row.kind in (Kind.HEAD, Kind.MORE))

    def _has_many(self, group: str) -> bool:
        return self._page is not None and any(facet.code == group and has_many(facet) for facet in self._page.facets)

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset is not None else len(self.rows)
        if offset is None or at >= len(self.rows) or self.rows[at].kind is Kind.BLANK:
            return
        self.cursor = at
        if self.rows[at].kind in (Kind.PRICE_LOW, Kind.PRICE_HIGH):
            middle = self.scrollable_content_region.width - 3 - cell_len(self.rows[at].amount) // 2
            self.action_step(1 if offset.x >= middle else -1)
        else:
            self.action_choose()

    def validate_cursor(self, at: int) -> int:
        return max(0, min(at, len(self.rows) - 1))

    def watch_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()
        self.refresh_bindings()

    @property
    def _row(self) -> Row | None:
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def _step_price(self, kind: Kind, direction: int) -> None:
        page = self._page
        if page is not None:
            step = stepped_low if kind is Kind.PRICE_LOW else stepped_high
            self.post_message(self.Changed(lambda query: step(query, page, direction)))

    def _fold(self, group: str, folded: bool) -> None:
        self._folded[group] = folded
        self._finding = None
        self._rebuild()
        head = next((at for at, row in enumerate(self.rows) if row.kind is Kind.HEAD and row.group == group), None)
        if folded and head is not None:
            self.cursor = head

    def _rebuild(self) -> None:
        if self._page is None:
            return
        before = self._sought or self._row
        if self._finding is not None and not self._has_many(self._finding.group):
            self._finding = None
        self.border_subtitle = "escape leaves" if self._finding else ""
        as_left = self._folded
        folded = {code for code in folded_at_first(self._page.facets) if as_left.get(code, True)}
        folded |= {group for group, is_folded in as_left.items() if is_folded}
        self.rows = rows_of(self._query, self._page, folded, self._whole, self._finding)
        places = [at for at, row in enumerate(self.rows) if before is not None and row.same_as(before)]
        self._sought = None if places else self._sought
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))
        self.cursor = places[0] if places else self.cursor
        self.refresh()
        self.refresh_bindings()

    # Drawing

    def on_resize(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        here = at == self.cursor and self.has_focus
        brush = self._raised if here else self._brush
        if at >= len(self.rows):
            return spread(brush, [], [], self._width)
        left, right = self.rows[at].parts
        return spread(brush, [("▌" if here else " ", "accent"), *left], right, self._width)
