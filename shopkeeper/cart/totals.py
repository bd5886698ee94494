"""What a cart comes to: items, shipping and tax."""
from __future__ import annotations

from dataclasses import dataclass

from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts as in `Cart`: `subtotal + shipping + tax = total`."""

    subtotal: Money
    shipping: Money
    tax: Money
    total: Money
    tax_included: Money


def totals(subtotal: Money, settings: ShopSettings, *, ships: bool) -> Totals:
    """The totals over a subtotal. `ships` says whether anything is sent.

    Tax is taken once, on items and shipping together, and rounded half up.
    """
    none = Money(0, settings.currency)
    free = settings.shipping_free_from is not None and subtotal >= settings.shipping_free_from
    shipping = settings.shipping_flat if ships and not free else none
    before_tax = subtotal + shipping
    if settings.prices_include_tax:
        return Totals(subtotal, shipping, none, before_tax, before_tax.percent_included(settings.tax_rate))
    tax = before_tax.percent(settings.tax_rate)
    return Totals(subtotal, shipping, tax, before_tax + tax, none)
