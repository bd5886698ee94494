"""What a shopper wants."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings


@dataclass(frozen=True, slots=True)
class CartWarning:
    """What changed since a line was added. `code`: price_changed, stock_short, sold_out, unavailable, clamped.

    A cart that was filled from an order has `not_added` for what could not be had again.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CartLine:
    """A variant and how many of it, at today's price. `available` is as in `Variant`."""

    variant_id: int
    handle: str
    title: str
    sku: str
    options: Mapping[str, str]
    quantity: int
    unit_price: Money
    total: Money
    warnings: tuple[CartWarning, ...] = ()
    available: int | None = None
    requires_shipping: bool = True


@dataclass(frozen=True, slots=True)
class Cart:
    """The open cart. `count` is of things, not lines; `version` grows with each change.

    `subtotal + shipping + tax = total`: `tax` is what is added on top. Where the shop's prices include tax,
    `tax` is zero and `tax_included` says how much of the total it is. `terms` are the settings that all of it follows
    from.
    """

    lines: tuple[CartLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    total: Money
    count: int
    version: int
    warnings: tuple[CartWarning, ...]
    tax_included: Money
    terms: ShopSettings

    @property
    def requires_shipping(self) -> bool:
        """Whether anything in it is sent."""
        return any(line.requires_shipping for line in self.lines)


class Wish(NamedTuple):
    """So many of a variant; `name` is what it was called when last seen."""

    variant_id: int
    quantity: int
    name: str
