"""What is known of a long list: the pages that were looked at last."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from tui.backend import ProductCard

PAGE = 50
"""Products that are asked for at once."""

_KEPT = 20  # pages


class Pages:
    """Some products of a list by their positions, from 0. All pages begin at multiples of `PAGE`."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, Sequence[ProductCard]] = OrderedDict()
        self._old: set[int] = set()

    def card(self, at: int) -> ProductCard | None:
        """The product at this position, if it is known."""
        start = at - at % PAGE
        page = self._pages.get(start, ())
        if page:
            self._pages.move_to_end(start)
        return page[at - start] if at - start < len(page) else None

    def known(self) -> dict[int, ProductCard]:
        """All that are known, by position, top to bottom."""
        return {at: card for start, page in sorted(self._pages.items()) for at, card in enumerate(page, start)}

    def put(self, start: int, cards: Sequence[ProductCard]) -> None:
        """Takes note of a page; what was not looked at for longest is forgotten."""
        self._pages[start] = cards
        self._pages.move_to_end(start)
        self._old.discard(start)
        if len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def forget(self) -> None:
        """Another list begins."""
        self._pages.clear()
        self._old.clear()

    def age(self) -> None:
        """Pages are good enough to be looked at until they are read again."""
        self._old |= self._pages.keys()

    def missing(self, rows: Iterable[int]) -> int | None:
        """Where the page begins that is to be read (again), for the first of these positions that needs one."""
        starts = (at - at % PAGE for at in rows)
        return next((start for start in starts if start not in self._pages or start in self._old), None)
