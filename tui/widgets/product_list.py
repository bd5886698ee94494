"""The list of products: as long as the result, of which it knows the pages near what is in sight, and draws no more."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual.binding import Binding
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.backend import BrowsePage, Option, ProductCard
from tui.text import clean, joined, price_range, stock_in_words
from tui.widgets.line_view import LineView
from tui.widgets.pages import PAGE, Pages
from tui.widgets.strips import Part, spread, width_of

_NEAR = 20
"""So many products above and below the window, and two windows at least, are to be there before they come in sight."""

_FEW_CELLS = 16  # so much room have an option's choices before they are told in short


class Place(NamedTuple):
    """Where the bar is, and on which product, if that is known."""

    at: int
    product_id: int | None


class ProductList(LineView):
    """Products one below the other: two lines each and a blank one, which a narrow screen leaves out.

    Whoever shows a list here reads its `wanted` page and gives it to `take`, until there is none.
    """

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter,a", "open", show=False, id="catalog.open"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Which product is highlighted, from 0."""

    @dataclass
    class Highlighted(Message):
        """Another product is under the bar, or none."""

        card: ProductCard | None

    @dataclass
    class Opened(Message):
        """A product is to be opened."""

        card: ProductCard

    class PagesWanted(Message):
        """Something is in sight, or nearly, that is not there yet."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes)
        self.total = 0
        self._pages = Pages()
        self._to_open: int | None = None
        self._note: Sequence[Sequence[Part]] = ()

    @property
    def highlighted(self) -> ProductCard | None:
        """The product under the bar; none: there is none, or it is not there yet."""
        return self._pages.card(self.cursor)

    @property
    def place(self) -> Place:
        """Where the bar is."""
        return Place(self.cursor, self.highlighted.id if self.highlighted else None)

    @property
    def cards(self) -> list[ProductCard]:
        """The products that are there, top to bottom."""
        return list(self._pages.known().values())

    @property
    def wanted(self) -> int | None:
        """The position of the page that is needed next: what is in sight before what is near; none: all is there."""
        first, last = self._first_in_sight, self._first_in_sight + self._rows_in_sight
        near = max(_NEAR, 2 * self._rows_in_sight)
        rows = [*range(first, last, PAGE), last, self.cursor, last + near, first - near]
        return self._pages.missing(max(0, min(at, self.total - 1)) for at in rows) if self.total else None

    def position_of(self, title: str) -> int | None:
        """Where the first product of this title stands, of those that are there."""
        return next((at for at, card in self._pages.known().items() if card.title == title), None)

    @property
    def row_height(self) -> int:
        """How many lines a product takes."""
        return 2 if self.screen.has_class("-slim") or self.screen.has_class("-narrow") else 3

    def show(self, page: BrowsePage, *, keeping: Place | None = None) -> None:
        """Shows another result, by its first page. `keeping`: it is the same one, read again around that place.

        A product that was kept stays on its line of the screen; if it is gone, the bar stays at its position.
        """
        ids = [card.id for card in page.products]
        moved, self._to_open = 0, None
        if keeping is not None and keeping.product_id in ids:
            moved = page.start + ids.index(keeping.product_id) - keeping.at
        if keeping is None or moved:
            self._pages.forget()
        self._pages.age()
        self._pages.put(page.start, page.products)
        self._measure(page.total)
        if keeping is None:
            self.cursor = 0
            self.scroll_to(y=0, animate=False)
        else:
            top = self.scroll_offset.y + moved * self.row_height
            self.set_reactive(ProductList.cursor, self.validate_cursor(self.cursor + moved))
            self.scroll_to(y=min(top, self.max_scroll_y), animate=False)
        self.post_message(self.Highlighted(self.highlighted))
        self._want()

    def take(self, page: BrowsePage) -> bool:
        """Takes a wanted page in; if the result is not as long as it was, it is another one, and is not taken."""
        if page.total != self.total:
            return False
        self._pages.put(page.start, page.products)
        self.refresh()
        if page.start <= self.cursor < page.start + len(page.products):
            self.post_message(self.Highlighted(self.highlighted))
            if self._to_open == self.cursor:
                self.action_open()
        return True

    def say(self, *lines: Sequence[Part]) -> None:
        """Shows a few lines in place of products."""
        self._pages.forget()
        self._measure(0, lines)
        self.cursor = 0
        self.post_message(self.Highlighted(None))

    # Moving

    def action_move(self, rows: int) -> None:
        self.cursor = self.cursor + rows

    def action_page(self, pages: int) -> None:
        self.cursor = self.cursor + pages * max(1, self._rows_in_sight - 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = self.total - 1

    def action_open(self) -> None:
        """Opens the product under the bar, as soon as it is there."""
        card = self.highlighted
        self._to_open = self.cursor if card is None else None
        if card is not None:
            self.post_message(self.Opened(card))

    def validate_cursor(self, row: int) -> int:
        return max(0, min(row, self.total - 1))

    def watch_cursor(self) -> None:
        self._to_open = None
        self._follow_the_bar()
        self.refresh()
        if self.highlighted is not None:  # else it is told of once it is there
            self.post_message(self.Highlighted(self.highlighted))
        self._want()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        row = (offset.y + self.scroll_offset.y) // self.row_height if offset is not None else self.total
        if row >= self.total:
            return
        if row == self.cursor:
            self.action_open()
        self.cursor = row

    def on_resize(self) -> None:
        # Rows may have become lower or higher: the bar's row stays in sight.
        self._measure(self.total, self._note)
        self._follow_the_bar()
        self._want()

    def _follow_the_bar(self) -> None:
        height = self.row_height
        self.scroll_to_region(Region(0, self.cursor * height, 1, height), animate=False, force=True)

    def _want(self) -> None:
        if self.wanted is not None:
            self.post_message(self.PagesWanted())

    @property
    def _first_in_sight(self) -> int:
        return self.scroll_offset.y // self.row_height

    @property
    def _rows_in_sight(self) -> int:
        return self.scrollable_content_region.height // self.row_height

    def _measure(self, total: int, note: Sequence[Sequence[Part]] = ()) -> None:
        self.total, self._note = total, note
        self.virtual_size = Size(self.scrollable_content_region.width, total * self.row_height)
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        if self._note:
            return self._note_line(y)
        row, line = divmod(y + self.scroll_offset.y, self.row_height)
        chosen = row == self.cursor and row < self.total and line < 2
        brush = self._raised if chosen else self._brush
        if row >= self.total:
            return spread(brush, [], [], self._width)
        bar: Part = ("▌ ", "accent" if self.has_focus else "muted") if chosen else ("  ", "")
        card = self._pages.card(row)
        left, right = _LINES[line](card) if card is not None else (_NOT_YET[line], [])
        return spread(brush, [bar, *left], [*right, (" ", "")], self._width)

    def _note_line(self, y: int) -> Strip:
        at = y - max(0, (self.scrollable_content_region.height - len(self._note)) // 3)
        parts = list(self._note[at]) if 0 <= at < len(self._note) else []
        margin = max(1, (self._width - width_of(parts)) // 2)
        return spread(self._brush, [(" " * margin, ""), *parts], [], self._width)


Line = tuple[list[Part], list[Part]]


def _title_line(card: ProductCard) -> Line:
    price = price_range(card)
    look = "" if card.in_stock else " muted"
    if card.compare_at is None:
        return [(clean(card.title), "bold cell:title" + look)], [(price, "bold" + look)]
    sale: list[Part] = [(str(card.compare_at), "strike muted"), ("  ", ""), (f"▼ {price}", "bold success")]
    return [(clean(card.title), "bold cell:title" + look)], sale


def _facts_line(card: ProductCard) -> Line:
    stock, look = stock_in_words(card.available, card.in_stock)
    facts = [clean(card.vendor), *(option_in_short(option) for option in card.options)]
    return [(" · ".join(filter(None, facts)), "muted")], [(stock, look.removeprefix("$"))]


def _blank_line(_card: ProductCard) -> Line:
    return [], []


_LINES = (_title_line, _facts_line, _blank_line)
_NOT_YET: tuple[list[Part], ...] = ([("┄" * 18, "line")], [("┄" * 30, "line")], [])


def option_in_short(option: Option) -> str:
    """An option's choices in a few words: `S M L XL`, `36 – 46`, `4 colors`, `Cherry +5`."""
    labels = [clean(choice.label) for choice in option.choices]
    if any(choice.hex for choice in option.choices) and len(labels) > 2:
        return f"{len(labels)} colors"
    is_scale = all(len(label) <= 4 or label[:1].isdigit() for label in labels)
    together = joined(labels, " " if is_scale and not any(" " in label for label in labels) else ", ")
    if len(together) <= _FEW_CELLS or len(labels) < 2:
        return together
    if is_scale:
        return f"{labels[0]} {'to' if '–' in together else '–'} {labels[-1]}"
    return f"{labels[0]} +{len(labels) - 1}"
