"""The lines that the filters are made of."""
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import repeat

from tui.backend import BrowsePage, Category, Facet, FacetValue, Money, Query, unaccented
from tui.filters import path_to
from tui.text import clean
from tui.widgets.strips import Part

CATEGORY, PRICE = "the category", "the price"
"""The groups that are no attribute's: no code has blanks."""

_OPEN_AT_FIRST = 3  # facets: more would be more to scroll than to read
_FEW = 8  # values that a facet shows before it is opened wholly
_MANY = 12  # values that may be read through: among more one looks for them by their labels


class Kind(Enum):
    """What a line is."""

    HEAD = auto()
    CATEGORY = auto()
    VALUE = auto()
    MORE = auto()
    FIND = auto()
    STOCK = auto()
    PRICE_LOW = auto()
    PRICE_HIGH = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one has typed so far to find a value of a facet (its code) by any part of the label."""

    group: str
    text: str = ""


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
                return [(label, "muted")], [(self.amount, "accent")]
            case Kind.FIND:
                typed = [(label, "bold"), ("▏", "accent")] if label else [("▏", "accent"), ("type to find", "muted")]
                return [("/ ", "accent"), *typed], [(self.amount, "muted")]
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


def has_many(facet: Facet) -> bool:
    """Whether one looks for its values by their labels."""
    return len(facet.values) > _MANY


def rows_of(query: Query, page: BrowsePage, folded: AbstractSet[str], whole: AbstractSet[str],
            finding: Finding | None = None) -> list[Row]:
    """All lines, in order. `folded`: groups that show their head only; `whole`: facets shown to the last value."""
    return [
        *_category_rows(query, page, CATEGORY in folded),
        Row(Kind.STOCK, "In stock only", count=page.in_stock_count, selected=query.in_stock), _BLANK,
        *_price_rows(query, page, PRICE in folded),
        *(row for facet in page.facets for row in (
            _found_rows(facet, finding.text) if finding and finding.group == facet.code
            else _facet_rows(facet, facet.code in folded, facet.code in whole))),
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
        yield from map(_value_row, repeat(facet.code), shown)
        if len(shown) < len(facet.values):
            yield Row(Kind.MORE, f"… {len(facet.values) - len(shown):,} more", facet.code,
                      amount="/ " if has_many(facet) else "")
        elif whole:
            yield Row(Kind.MORE, "… fewer", facet.code)
    yield _BLANK


def _found_rows(facet: Facet, text: str) -> Iterator[Row]:
    typed = _folded(text)
    found = [value for value in facet.values if typed in _folded(value.label)] if typed or not text else []
    yield Row(Kind.HEAD, facet.label, facet.code)
    yield Row(Kind.FIND, text, facet.code, amount=f"{len(found):,} of {len(facet.values):,} ")
    yield from map(_value_row, repeat(facet.code), found)
    yield _BLANK


@lru_cache(maxsize=5000)
def _folded(label: str) -> str:
    """As it is compared: blanks do not count, for the key chooses."""
    return unaccented(label).replace(" ", "")


def _value_row(code: str, value: FacetValue) -> Row:
    return Row(Kind.VALUE, value.label, code, value.label, value.count, value.selected, hex=value.hex)


def _first_few(values: Sequence[FacetValue]) -> list[FacetValue]:
    """The first ones, or of many the most frequent, and whatever is chosen; in their order."""
    order = range(len(values))
    few = set(sorted(order, key=lambda at: -values[at].count)[:_FEW] if len(values) > _MANY else order[:_FEW])
    return [value for at, value in enumerate(values) if at in few or value.selected]
