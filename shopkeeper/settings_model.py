"""The shop's settings as callers see them, apart from the database that keeps them: screens start without it."""
from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from shopkeeper.money import Money


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """What holds for the whole shop.

    `tax_rate` is in percent. `shipping_flat` is for an order in which anything is sent;
    from a subtotal of `shipping_free_from` on there is none (`None`: never free).
    """

    name: str = "Shopkeeper"
    currency: str = "USD"
    tax_rate: Decimal = Decimal(0)
    prices_include_tax: bool = False
    shipping_flat: Money = field(default_factory=lambda: Money(0, "USD"))
    shipping_free_from: Money | None = None
