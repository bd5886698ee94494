"""Choosing one variant of a product, option by option: what goes together, what does not, and why."""
from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Literal

from tui.backend import Option, Product, Variant

Standing = Literal["available", "sold out", "not made"]


@dataclass(frozen=True, slots=True)
class Choosing:
    """A product and the labels chosen so far, by option code. Each change gives another `Choosing`."""

    product: Product
    chosen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def start(cls, product: Product, wanted: Mapping[str, Set[str]] | None = None) -> Choosing:
        """Begins with the first variant that can be bought, best of all one that was asked for.

        `wanted` maps an option's code to the labels that are in force as filters. A product of which nothing can be
        bought begins with the first variant there is.
        """
        asked = (wanted or {}).items()
        buyable = [each for each in product.variants if each.purchasable] or product.variants
        first = max(buyable, key=lambda each: sum(each.options.get(code) in labels for code, labels in asked))
        return cls(product, dict(first.options))

    def choose(self, code: str, label: str) -> Choosing:
        """Takes another choice of one option; the other choices stay, whether or not they go with it."""
        return replace(self, chosen=self.chosen | {code: label})

    @property
    def variant(self) -> Variant | None:
        """The variant with exactly these choices, if there is one."""
        return self._with(self.chosen)

    def standing(self, code: str, label: str) -> Standing:
        """Whether a choice can be had with the other choices as they are."""
        variant = self._with(self.chosen | {code: label})
        if variant is None:
            return "not made"
        return "available" if variant.purchasable else "sold out"

    def why_not(self, code: str, label: str) -> str:
        """Why a choice cannot be had: `sold out in Slate`, `not made in L`; empty if it can."""
        standing = self.standing(code, label)
        others = " / ".join(chosen for other, chosen in self.chosen.items() if other != code)
        if standing == "available":
            return ""
        return f"{standing} in {others}" if others else standing

    @property
    def nearest(self) -> Variant | None:
        """The purchasable variant that differs in the fewest choices; ties go to the first."""
        buyable = [each for each in self.product.variants if each.purchasable]
        return min(buyable, key=self._distance, default=None)

    def nearest_with(self, code: str) -> Variant | None:
        """As `nearest`, but with what is chosen for this option kept, where any variant allows it."""
        buyable = [each for each in self.product.variants if each.purchasable]
        keeping = [each for each in buyable if each.options[code] == self.chosen[code]]
        return min(keeping, key=self._distance, default=None) or self.nearest

    def take(self, variant: Variant) -> Choosing:
        """Takes all the choices of a variant."""
        return replace(self, chosen=dict(variant.options))

    def beside(self, option: Option, steps: int) -> str:
        """The label so many steps beside the chosen one; the ends hold."""
        labels = [choice.label for choice in option.choices]
        return labels[max(0, min(len(labels) - 1, labels.index(self.chosen[option.code]) + steps))]

    def _with(self, chosen: dict[str, str]) -> Variant | None:
        return next((each for each in self.product.variants if dict(each.options) == chosen), None)

    def _distance(self, variant: Variant) -> int:
        return sum(variant.options[code] != label for code, label in self.chosen.items())
