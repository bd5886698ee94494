"""Product CSV: what the products of a file name; `csv_names.py` makes rows of it."""
from __future__ import annotations

from collections.abc import Iterator

from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.errors import Problem

_MOST = {"options": 1_000, "labels": 50_000, "types": 10_000, "categories": 10_000}


class Named:
    """The names in the products of a file, each once and in order of appearance."""

    def __init__(self) -> None:
        self.specs: dict[str, None] = {}
        self.options: dict[tuple[str, ...], None] = {}
        self.labels: dict[tuple[str, str], None] = {}
        self.types: dict[str, None] = {}
        self.categories: dict[tuple[str, ...], None] = {}

    def add(self, rows: ProductRows) -> None:
        """Takes note of what the product names."""
        self.specs |= dict.fromkeys(rows.specs)
        if all(rows.options):
            self.options[rows.options] = None
            self.labels |= dict.fromkeys(pair for each in rows.variants
                                         for pair in zip(rows.options, each.options, strict=True))
        self.types |= dict.fromkeys([rows.type] if rows.type else [])
        self.categories[rows.category] = None

    def join(self, later: Named) -> Iterator[Problem]:
        """Takes over what products name that come later in the file, and tells where a shop could not sort all that."""
        for what, names in vars(later).items():
            mine = getattr(self, what)
            before = len(mine)
            mine.update(names)
            most = _MOST.get(what, len(mine))
            if before <= most < len(mine):
                yield Problem(1, "", f"The file names more than {most:,} different {what}. Make several files of it.")
