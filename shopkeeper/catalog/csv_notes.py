"""Product CSV: what the report of an import says of variants that cannot be, or will not be, as the file has them."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from shopkeeper.catalog.csv_columns import TITLES
from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.csv_state import CurrentVariant, WantedProduct, WantedVariant, on_hand
from shopkeeper.errors import Problem

MAX_NOTES = 1_000


class Notes:
    """Notes on products of a file: of each line, and of what very many lines have in common only how many they are."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._of_lines: list[Problem] = []
        self._untold = 0
        self._sold_out = 0
        self._unused_quantities = 0

    def extend(self, notes: list[Problem]) -> None:
        """Add notes on lines."""
        kept = notes[: MAX_NOTES - len(self._of_lines)]
        self._of_lines += kept
        self._untold += len(notes) - len(kept)

    def join(self, other: Notes) -> None:
        """Add all that the others say."""
        self.extend(other._of_lines)
        self._untold += other._untold
        self._sold_out += other._sold_out
        self._unused_quantities += other._unused_quantities

    def add_product(self, wanted: WantedProduct, current: Mapping[str, CurrentVariant]) -> None:
        """Add what is to be said of a product that shall be as `wanted`; its variants are `current` now."""
        for key, variant in wanted.variants.items():
            before = current.get(key)
            if before and self._loses_compare_at(variant, before):
                self.extend([Problem(variant.line, wanted.values.handle,
                                     "The compare-at price is not above the new price any more: it is removed.")])
            if variant.quantity is None:
                if variant.tracked and variant.policy == "deny" and not (before and before.stock.tracked):
                    self._sold_out += 1
            elif not variant.tracked:
                self._unused_quantities += 1
            elif variant.quantity != (count := on_hand(variant, before)):
                why = "is reserved" if count else "cannot be negative"
                self.extend([Problem(variant.line, wanted.values.handle,
                                     f"The quantity {variant.quantity} {why}: {count} is kept.")])

    def problems(self) -> Iterator[Problem]:
        """Yield what concerns the whole sheet, and then each line."""
        yield from (Problem(0, "", message) for message in self._of_sheet())
        yield from sorted(self._of_lines)
        if self._untold:
            yield Problem(0, "", f"The same is true of {self._untold:,} more lines.")

    def _loses_compare_at(self, variant: WantedVariant, before: CurrentVariant) -> bool:
        return (variant.values.compare_at_minor is None and before.values.compare_at_minor is not None
                and not self._scope.has("compare_at"))

    def _of_sheet(self) -> Iterator[str]:
        if self._scope.has("image_alt") and not self._scope.has("image"):
            yield f"{TITLES['image_alt']} is not used: the file has no column {TITLES['image']}."
        if self._sold_out:
            why = (f"{TITLES['quantity']} is blank" if self._scope.has("quantity")
                   else f"The file has no column {TITLES['quantity']}")
            yield (f"{why}: {_count(self._sold_out, 'tracked variant starts', 'tracked variants start')} at 0 (sold"
                   " out). Set their stock with `shopkeeper stock set`, or import a file that says how many there are.")
        if self._unused_quantities:
            yield (f"{TITLES['quantity']} is not used for"
                   f" {_count(self._unused_quantities, 'variant that is', 'variants that are')} not tracked. To track"
                   f" stock, give the file a column {TITLES['tracker']}, or import it with --assume-tracked.")


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"
