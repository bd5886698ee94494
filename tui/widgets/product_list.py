"""The list of products: draws only the lines in sight, however many products there are."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.backend import Option, ProductCard
from tui.text import clean, joined, price_range, stock_in_words
from tui.widgets.strips import Brush, Part, spread, width_of

_NEAR_THE_END = 20
"""When so few products are left below the cursor or the window, more are asked for."""

_FEW_CELLS = 16  # so much room have an option's choices before they are told in short


class ProductList(ScrollView, can_focus=True):
    """Products one below the other: two lines each and a blank one, which a narrow screen leaves out."""

    DEFAULT_CSS = """
    ProductList { overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter,a", "open", show=False),
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

    class MoreWanted(Message):
        """The end of what is loaded is near."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes)
        self.cards: list[ProductCard] = []
        self._more = False
        self._note: Sequence[Sequence[Part]] = ()

    @property
    def highlighted(self) -> ProductCard | None:
        """The product under the bar."""
        return self.cards[self.cursor] if self.cursor < len(self.cards) else None

    @property
    def titles_in_sight(self) -> list[str]:
        """The titles on the screen, top to bottom."""
        first = self.scroll_offset.y // self.row_height
        return [card.title for card in self.cards[first : first + self._rows_in_sight + 1]]

    @property
    def row_height(self) -> int:
        """How many lines a product takes."""
        return 2 if self.screen.has_class("-narrow") else 3

    def show(self, cards: Sequence[ProductCard], *, more: bool, keep_place: bool = False) -> None:
        """Shows another result; `more`: it goes on. `keep_place`: it is the same one, read again."""
        before = self.highlighted
        self.cards, self._more, self._note = list(cards), more, ()
        self._measure()
        if keep_place:
            places = [at for at, card in enumerate(self.cards) if before is not None and card.id == before.id]
            self.cursor = places[0] if places else max(0, min(self.cursor, len(self.cards) - 1))
        else:
            self.cursor = 0
            self.scroll_to(y=0, animate=False)
        self.post_message(self.Highlighted(self.highlighted))

    def append(self, cards: Sequence[ProductCard], *, more: bool) -> None:
        """Shows more of the same result below."""
        self.cards.extend(cards)
        self._more = more
        self._measure()
        self._want_more()

    def say(self, *lines: Sequence[Part]) -> None:
        """Shows a few lines in place of products."""
        self.cards, self._more, self._note = [], False, lines
        self.cursor = 0
        self._measure()
        self.post_message(self.Highlighted(None))

    # Moving

    def action_move(self, rows: int) -> None:
        self.cursor = self.cursor + rows

    def action_page(self, pages: int) -> None:
        self.cursor = self.cursor + pages * max(1, self._rows_in_sight - 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = len(self.cards) - 1

    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.Opened(self.highlighted))

    def validate_cursor(self, row: int) -> int:
        return max(0, min(row, len(self.cards) - 1))

    def watch_cursor(self) -> None:
        height = self.row_height
        self.scroll_to_region(Region(0, self.cursor * height, 1, height), animate=False, force=True)
        self.refresh()
        self.post_message(self.Highlighted(self.highlighted))
        self._want_more()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._want_more()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        row = (offset.y + self.scroll_offset.y) // self.row_height if offset is not None else len(self.cards)
        if row >= len(self.cards):
            return
        if row == self.cursor:
            self.action_open()
        self.cursor = row

    def on_resize(self) -> None:
        # Rows may have become lower or higher: the bar's row stays in sight.
        self._measure()
        height = self.row_height
        self.scroll_to_region(Region(0, self.cursor * height, 1, height), animate=False, force=True)

    def _want_more(self) -> None:
        below_window = len(self.cards) - (self.scroll_offset.y // self.row_height + self._rows_in_sight)
        below_cursor = len(self.cards) - self.cursor
        if self._more and min(below_window, below_cursor) < _NEAR_THE_END:
            self.post_message(self.MoreWanted())

    @property
    def _rows_in_sight(self) -> int:
        return self.scrollable_content_region.height // self.row_height

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.cards) * self.row_height)
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if self._note:
            return self._note_line(y, width)
        row, line = divmod(y + self.scroll_offset.y, self.row_height)
        chosen = row == self.cursor and row < len(self.cards) and line < 2
        brush = Brush(self, raised=chosen)
        if row >= len(self.cards):
            return spread(brush, [], [], width)
        bar: Part = ("▌ ", "accent" if self.has_focus else "muted") if chosen else ("  ", "")
        left, right = _LINES[line](self.cards[row])
        return spread(brush, [bar, *left], [*right, (" ", "")], width)

    def _note_line(self, y: int, width: int) -> Strip:
        at = y - max(0, (self.scrollable_content_region.height - len(self._note)) // 3)
        parts = list(self._note[at]) if 0 <= at < len(self._note) else []
        margin = max(1, (width - width_of(parts)) // 2)
        return spread(Brush(self), [(" " * margin, ""), *parts], [], width)


Line = tuple[list[Part], list[Part]]


def _title_line(card: ProductCard) -> Line:
    price = price_range(card)
    look = "" if card.in_stock else " muted"
    if card.compare_at is None:
        return [(clean(card.title), "bold" + look)], [(price, "bold" + look)]
    sale: list[Part] = [(str(card.compare_at), "strike muted"), ("  ", ""), (f"▼ {price}", "bold success")]
    return [(clean(card.title), "bold" + look)], sale


def _facts_line(card: ProductCard) -> Line:
    stock, look = stock_in_words(card.available, card.in_stock)
    facts = [clean(card.vendor), *(option_in_short(option) for option in card.options)]
    return [(" · ".join(filter(None, facts)), "muted")], [(stock, look.removeprefix("$"))]


def _blank_line(_card: ProductCard) -> Line:
    return [], []


_LINES = (_title_line, _facts_line, _blank_line)


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
