"""Product CSV: what a sheet speaks of. A column that is missing says nothing: its values stay as they are."""
from __future__ import annotations

from itertools import takewhile

from shopkeeper.catalog.csv_columns import OPTION_NAMES, OPTION_VALUES, TITLES, VARIANT_CELLS, Columns


class Scope:
    """The columns that a sheet has, but for specifications, and what follows from those it lacks."""

    def __init__(self, columns: Columns) -> None:
        self._names = columns.names()
        self.missing = TITLES.keys() - self._names
        self.variant_cells = VARIANT_CELLS & self._names
        self.has_variants = bool(self.variant_cells) or not self._names.isdisjoint(OPTION_VALUES)
        """Whether its rows say something about variants at all."""
        both = (self._names.issuperset(pair) for pair in zip(OPTION_NAMES, OPTION_VALUES, strict=True))
        self.option_count = len(list(takewhile(bool, both)))
        """How many options, from the first on, have both of their columns."""
        self.has_all_options = self.option_count == len(OPTION_NAMES)

    def has(self, column: str) -> bool:
        """Return whether the sheet has the column."""
        return column in self._names

    def lists_variants(self, options: int) -> bool:
        """Return whether its rows list the variants of a product that has so many options."""
        return self.has_variants and options <= self.option_count

    def missing_option_columns(self, options: int) -> list[str]:
        """Return the titles of the columns that rows of a product with so many options lack."""
        return [TITLES[name] for pair in zip(OPTION_NAMES[:options], OPTION_VALUES[:options], strict=True)
                for name in pair if name in self.missing]
