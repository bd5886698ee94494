"""The lines that the filters are made of."""
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto

from tui.backend import BrowsePage, Category, Facet, FacetValue, Money, Query
from tui.filters import path_to
from tui.text import clean
from tui.widgets.strips import Part

CATEGORY, PRICE = "the category", "the price"
"""The groups that are no attribute's: no code has blanks."""

_OPEN_AT_FIRST = 3  # facets: more would be more to scroll than to read
_FEW = 8  # values that a facet shows before it is opened wholly


class Kind(Enum):
    """What a line is."""

    HEAD = auto()
    CATEGORY = auto()
    VALUE = auto()
    MORE = auto()
    STOCK = auto()
    PRICE_LOW = auto()
    PRICE_HIGH = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `group` is the facet's code; `value` what it stands for: a label or a category's slug."""

    kind: Kind
    label: str = ""
    group: str = ""
    value: str = ""
    count: int | None = None
    selected: bool = False
    folded: bool = False
    depth: int = 0
    hex: str | None = None
    amount: str = ""

    def same_as(self, other: Row) -> bool:
        """Whether it stands for the same thing, whatever its count is now."""
        return (self.kind, self.group, self.value) == (other.kind, other.group, other.value)

    @property
    def parts(self) -> tuple[list[Part], list[Part]]:
        """What it says on the left and on the right."""
        label = clean(self.label)
        match self.kind:
            case Kind.HEAD:
                return [(label, "bold")], [("▸ " if self.folded else "▾ ", "muted")]
            case Kind.PRICE_LOW | Kind.PRICE_HIGH:
                return [(label, "muted")], [("‹ ", "accent"), (self.amount, "" if self.selected else "muted"),
                                            (" › ", "accent")]
            case Kind.MORE:
                return [(label, "muted")], [("", "")]
            case _:
                return [*self._mark(), (label, self._look)], [(self._counted, "muted")]

    @property
    def _look(self) -> str:
        if self.selected:
            return "bold accent"
        return "muted" if self.count == 0 else "foreground"

    @property
    def _counted(self) -> str:
        return "" if self.count is None else f"{self.count:,} "

    def _mark(self) -> Iterator[Part]:
        if self.kind is Kind.CATEGORY:
            yield "  " * self.depth + ("▸ " if self.selected else ""), "accent"
        elif self.kind is not Kind.BLANK:
            yield "■ " if self.selected else "□ ", self._look
        if self.hex:
            yield "▆ ", self.hex


_BLANK = Row(Kind.BLANK)


def folded_at_first(facets: Sequence[Facet]) -> list[str]:
    """The facets that are folded until they are opened: all but the first ones, and but those in force."""
    return [facet.code for facet in facets[_OPEN_AT_FIRST:] if not any(value.selected for value in facet.values)]


def rows_of(query: Query, page: BrowsePage, folded: AbstractSet[str], whole: AbstractSet[str]) -> list[Row]:
    """All lines, in order. `folded`: groups that show their head only; `whole`: facets shown to the last value."""
    return [
        *_category_rows(query, page, CATEGORY in folded),
        Row(Kind.STOCK, "In stock only", count=page.in_stock_count, selected=query.in_stock), _BLANK,
        *_price_rows(query, page, PRICE in folded),
        *(row for facet in page.facets for row in _facet_rows(facet, facet.code in folded, facet.code in whole)),
    ]


def _category_rows(query: Query, page: BrowsePage, folded: bool) -> Iterator[Row]:
    if not page.categories:
        return
    yield Row(Kind.HEAD, "Category", CATEGORY, folded=folded)
    if not folded:
        on_path = {category.slug for category in path_to(query.category, page.categories)}
        yield from _branch(page.categories, query.category, on_path, 0)
    yield _BLANK


def _branch(categories: Sequence[Category], chosen: str | None, on_path: Collection[str], depth: int) -> Iterator[Row]:
    for each in categories:
        yield Row(Kind.CATEGORY, each.name, CATEGORY, each.slug, each.count, each.slug == chosen, depth=depth)
        if each.slug in on_path:
            yield from _branch(each.children, chosen, on_path, depth + 1)


def _price_rows(query: Query, page: BrowsePage, folded: bool) -> Iterator[Row]:
    if page.price_low is None or page.price_high is None:
        return
    yield Row(Kind.HEAD, "Price", PRICE, folded=folded)
    if not folded:
        yield _price(Kind.PRICE_LOW, "from", query.price_min, page.price_low)
        yield _price(Kind.PRICE_HIGH, "to", query.price_max, page.price_high)
    yield _BLANK


def _price(kind: Kind, label: str, chosen: Money | None, limit: Money) -> Row:
    return Row(kind, label, amount=str(chosen or limit), selected=chosen is not None)


def _facet_rows(facet: Facet, folded: bool, whole: bool) -> Iterator[Row]:
    yield Row(Kind.HEAD, facet.label, facet.code, folded=folded)
    if not folded:
        shown = facet.values if whole or len(facet.values) <= _FEW + 1 else _first_few(facet.values)
        for each in shown:
            yield Row(Kind.VALUE, each.label, facet.code, each.label, each.count, each.selected, hex=each.hex)
        if len(shown) < len(facet.values):
            yield Row(Kind.MORE, f"… {len(facet.values) - len(shown)} more", facet.code)
        elif whole:
            yield Row(Kind.MORE, "… fewer", facet.code)
    yield _BLANK


def _first_few(values: Sequence[FacetValue]) -> list[FacetValue]:
    """The first ones, and whatever is chosen."""
    return [value for at, value in enumerate(values) if at < _FEW or value.selected]
