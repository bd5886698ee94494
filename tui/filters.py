"""What is asked of the catalog, changed one filter at a time, and told in a few words."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, get_args

from tui.backend import BrowsePage, Category, Facet, Money, Query, Sort

SORTS: dict[Sort, str] = dict(
    zip(get_args(Sort), ("best match", "name", "price, low first", "price, high first", "newest"), strict=True)
)
"""The orders of a list, by how they are told."""


class Chip(NamedTuple):
    """A filter in force: how it is told, and the query without it."""

    text: str
    without: Query


def cleared(query: Query) -> Query:
    """Everything, in the same order."""
    return Query(sort=query.sort)


def toggled(query: Query, code: str, label: str) -> Query:
    """With this choice if it was not asked for, else without it."""
    wanted = query.options.get(code, frozenset())
    rest = {each for each in wanted if each.casefold() != label.casefold()}
    labels = rest if len(rest) < len(wanted) else rest | {label}
    options = {**query.options, code: frozenset(labels)}
    return replace(query, options={code: labels for code, labels in options.items() if labels})


def without_option(query: Query, code: str) -> Query:
    """With none of this option's choices asked for."""
    return replace(query, options={each: labels for each, labels in query.options.items() if each != code})


def next_sort(query: Query) -> Query:
    """In the next of the orders."""
    order = list(SORTS)
    return replace(query, sort=order[(order.index(query.sort) + 1) % len(order)])


def path_to(slug: str | None, categories: tuple[Category, ...]) -> list[Category]:
    """The categories from the root down to `slug`; empty where there is none of that name."""
    for category in categories:
        if category.slug == slug:
            return [category]
        below = path_to(slug, category.children)
        if below:
            return [category, *below]
    return []


def chips(query: Query, categories: tuple[Category, ...], facets: Mapping[str, Facet]) -> list[Chip]:
    """Every filter in force but the search's own words, in a fixed order.

    They are named after `categories` and `facets` (by code), which may know more than a result that is empty.
    """
    return [*_category_chip(query, categories), *_option_chips(query, facets), *_other_chips(query)]


def _category_chip(query: Query, categories: tuple[Category, ...]) -> Iterator[Chip]:
    if query.category is not None:
        names = [each.name for each in path_to(query.category, categories)] or [query.category]
        yield Chip(" › ".join(names), replace(query, category=None))


def _option_chips(query: Query, facets: Mapping[str, Facet]) -> Iterator[Chip]:
    for code, labels in query.options.items():
        facet = facets.get(code)
        order = [value.label for value in facet.values] if facet else []
        chosen = sorted(labels, key=lambda label: (order.index(label) if label in order else len(order), label))
        yield Chip(f"{facet.label if facet else code}: {', '.join(chosen)}", without_option(query, code))


def _other_chips(query: Query) -> Iterator[Chip]:
    if query.price_min is not None or query.price_max is not None:
        yield Chip(_price_in_words(query.price_min, query.price_max), replace(query, price_min=None, price_max=None))
    if query.in_stock:
        yield Chip("In stock", replace(query, in_stock=False))


def _price_in_words(low: Money | None, high: Money | None) -> str:
    if low is None:
        return f"up to {high}"
    return f"from {low}" if high is None else f"{low} – {high}"


# Prices, in round steps

_STEPS = 10  # about how many steps lead from the lowest price to the highest


def stepped_low(query: Query, page: BrowsePage, direction: int) -> Query:
    """With the lowest price one step up (1) or down (-1), within what there is to be had."""
    if page.price_low is None or page.price_high is None:
        return query
    now = query.price_min or page.price_low
    after = _stepped(now, page.price_low, page.price_high, direction)
    highest = query.price_max or page.price_high
    if after <= page.price_low:
        return replace(query, price_min=None)
    return query if after > highest else replace(query, price_min=after)


def stepped_high(query: Query, page: BrowsePage, direction: int) -> Query:
    """With the highest price one step up (1) or down (-1), within what there is to be had."""
    if page.price_low is None or page.price_high is None:
        return query
    now = query.price_max or page.price_high
    after = _stepped(now, page.price_low, page.price_high, direction)
    lowest = query.price_min or page.price_low
    if after >= page.price_high:
        return replace(query, price_max=None)
    return query if after < lowest else replace(query, price_max=after)


def _stepped(now: Money, low: Money, high: Money, direction: int) -> Money:
    step = _round_step((high.minor - low.minor) // _STEPS)
    steps = now.minor // step + 1 if direction > 0 else (now.minor - 1) // step
    return Money(steps * step, now.currency)


def _round_step(size: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, 100 …"""
    power = 1
    while power * 10 <= size:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size)
