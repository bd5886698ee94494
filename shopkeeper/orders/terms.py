"""The terms of an order: the settings that its amounts follow from, kept as they were when it was written."""
from __future__ import annotations

import json
from dataclasses import fields
from decimal import Context, Decimal
from typing import Any

from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings

_NAMES = [field.name for field in fields(ShopSettings)]

_DIGESTED = Context(capitals=1)
"""A digest is over this text: how a caller's own context writes an exponent must not change it."""


def to_plain(terms: ShopSettings) -> dict[str, object]:
    """The terms as JSON knows them, amounts in minor units."""
    free_from = terms.shipping_free_from
    return {
        "name": terms.name, "currency": terms.currency, "tax_rate": _DIGESTED.to_sci_string(terms.tax_rate),
        "prices_include_tax": terms.prices_include_tax, "shipping_flat": terms.shipping_flat.minor,
        "shipping_free_from": None if free_from is None else free_from.minor,
    }


def from_plain(values: Any) -> ShopSettings:
    """The terms that `to_plain` gave. Raises ValueError, TypeError, KeyError or ArithmeticError for other values."""
    currency, flat, free_from = values["currency"], values["shipping_flat"], values["shipping_free_from"]
    tax_rate = Decimal(values["tax_rate"])
    fits = (isinstance(values["name"], str) and isinstance(currency, str) and isinstance(values["tax_rate"], str)
            and 0 <= tax_rate <= 100 and _DIGESTED.to_sci_string(tax_rate) == values["tax_rate"]
            and isinstance(values["prices_include_tax"], bool)
            and type(flat) is int and (free_from is None or type(free_from) is int) and len(values) == len(_NAMES))
    if not fits:
        raise ValueError("no terms")
    return ShopSettings(values["name"], currency, tax_rate, values["prices_include_tax"], Money(flat, currency),
                        None if free_from is None else Money(free_from, currency))


def dumped(terms: ShopSettings) -> str:
    """The terms as JSON."""
    return json.dumps(to_plain(terms), ensure_ascii=False)
