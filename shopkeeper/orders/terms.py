"""The terms of an order: the settings that its amounts follow from, kept as they were when it was written."""
from __future__ import annotations

import json
from decimal import Context, Decimal

from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings

_DIGESTED = Context(capitals=1)
"""A digest is over this text: how a caller's own context writes an exponent must not change it."""


def dumped(terms: ShopSettings) -> str:
    """The terms as JSON, amounts in minor units."""
    free_from = terms.shipping_free_from
    return json.dumps({
        "name": terms.name, "currency": terms.currency, "tax_rate": _DIGESTED.to_sci_string(terms.tax_rate),
        "prices_include_tax": terms.prices_include_tax, "shipping_flat": terms.shipping_flat.minor,
        "shipping_free_from": None if free_from is None else free_from.minor,
    }, ensure_ascii=False)


def loaded(text: str) -> ShopSettings:
    """The terms that `dumped` gave."""
    values = json.loads(text)
    free_from = values["shipping_free_from"]
    return ShopSettings(
        values["name"], values["currency"], Decimal(values["tax_rate"]), values["prices_include_tax"],
        Money(values["shipping_flat"], values["currency"]),
        None if free_from is None else Money(free_from, values["currency"]))
