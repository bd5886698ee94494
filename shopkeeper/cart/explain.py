"""How a total comes about: each amount of a cart or an order with its derivation, to the last minor unit."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Protocol

from shopkeeper.catalog.model import called
from shopkeeper.money import Money, digits, percentage, plain_decimal, symbol, with_decimals
from shopkeeper.settings_model import ShopSettings

_FURTHER_DIGITS = 4
"""How many digits after the minor unit are shown of what is rounded."""

_EXACT = Context(prec=1000, traps=[])
"""What a caller's own context does to sums is not the shop's."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """An amount, what it is called, and how it comes about, in plain words."""

    label: str
    how: str
    amount: Money


class BillLine(Protocol):
    """A line of a cart or an order."""

    @property
    def title(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str]: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> Money: ...
    @property
    def total(self) -> Money: ...


class Bill(Protocol):
    """What a cart and an order have in common. `terms` is none for an order older than terms were kept."""

    @property
    def lines(self) -> Sequence[BillLine]: ...
    @property
    def subtotal(self) -> Money: ...
    @property
    def shipping(self) -> Money: ...
    @property
    def tax(self) -> Money: ...
    @property
    def total(self) -> Money: ...
    @property
    def tax_included(self) -> Money: ...
    @property
    def terms(self) -> ShopSettings | None: ...
    @property
    def requires_shipping(self) -> bool: ...


def explain(bill: Bill) -> tuple[Derivation, ...]:
    """Each amount of a bill and how it comes about, from the lines to the total, and what tax that includes."""
    return tuple(_derivations(bill))


def _derivations(bill: Bill) -> Iterator[Derivation]:
    for line in bill.lines:
        yield Derivation(called(line.title, line.options), f"{line.quantity} × {line.unit_price}", line.total)
    count = len(bill.lines)
    yield Derivation("Items", "the line above" if count == 1 else f"the {count} lines added up", bill.subtotal)
    yield Derivation("Shipping", _shipping(bill), bill.shipping)
    added = bill.terms is not None and not bill.terms.prices_include_tax and bill.terms.tax_rate
    if bill.tax or added:
        yield Derivation("Tax", _tax(bill), bill.tax)
    yield Derivation("Total", "items + shipping + tax" if bill.tax or added else "items + shipping", bill.total)
    if bill.tax_included:
        yield Derivation("Tax included", _tax_included(bill), bill.tax_included)


def _shipping(bill: Bill) -> str:
    terms = bill.terms
    if terms is None:
        return "as charged then"
    if not bill.requires_shipping:
        return "nothing here is sent"
    if not terms.shipping_flat:
        return "this shop sends for free"
    if terms.shipping_free_from is None:
        return "the same for each order"
    if bill.subtotal >= terms.shipping_free_from:
        return f"free from {terms.shipping_free_from} on"
    short = terms.shipping_free_from - bill.subtotal
    return f"free from {terms.shipping_free_from} on; {short} short of it"


def _tax(bill: Bill) -> str:
    if bill.terms is None:
        return "as charged then"
    taxed, rate = bill.subtotal + bill.shipping, bill.terms.tax_rate
    return f"{percentage(rate)} of {_taxed(bill)} = {_exact(taxed, rate, Decimal(100), bill.tax)}"


def _tax_included(bill: Bill) -> str:
    if bill.terms is None:
        return "as charged then"
    rate = bill.terms.tax_rate
    gross = _EXACT.add(rate, 100)
    return (f"{percentage(rate)} are in {bill.total}: {bill.total} × {plain_decimal(rate)} / {plain_decimal(gross)}"
            f" = {_exact(bill.total, rate, gross, bill.tax_included)}")


def _taxed(bill: Bill) -> str:
    return f"({bill.subtotal} + {bill.shipping})" if bill.shipping else str(bill.subtotal)


def _exact(base: Money, numerator: Decimal, denominator: Decimal, rounded: Money) -> str:
    """`$9.85875, rounded to $9.86`; `$9.00` where nothing is rounded. Halves are rounded up."""
    amount = base.minor * Fraction(numerator) / Fraction(denominator)
    if amount == rounded.minor:
        return str(rounded)
    units = amount * 10**_FURTHER_DIGITS
    shown = with_decimals(int(units), digits(base.currency) + _FURTHER_DIGITS)
    shown = shown.rstrip("0").rstrip(".") if units.denominator == 1 else f"{shown}…"
    return f"{symbol(base.currency)}{shown}, rounded half up to {rounded}"
