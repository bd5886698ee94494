"""Cart lines as shoppers see them: at today's price, with what changed since they were added."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shopkeeper.cart.model import Cart, CartLine, CartWarning
from shopkeeper.cart.totals import totals
from shopkeeper.catalog.model import Sellable
from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings

LINE_LIMIT = 999
"""How many of one variant a cart holds at most."""


class Line(NamedTuple):
    """So many of a variant. `wanted` is more where a merge was clamped to what could be had.

    `price_minor` is the price when it was added or last changed.
    """

    quantity: int
    wanted: int
    price_minor: int


def most(sellable: Sellable) -> int:
    """How many of it one cart can hold now."""
    return LINE_LIMIT if sellable.available is None else min(sellable.available, LINE_LIMIT)


def cart_of(wants: Mapping[int, Line], sellables: Mapping[int, Sellable], version: int, settings: ShopSettings) -> Cart:
    """The cart with these lines, by variant.

    A line that cannot be bought any more still counts in the totals, so that lines always add up to them;
    checkout refuses until it is removed.
    """
    lines = tuple(_line(line, sellables[variant_id]) for variant_id, line in wants.items())
    subtotal = sum((line.total for line in lines), Money(0, settings.currency))
    sums = totals(subtotal, settings, ships=any(line.requires_shipping for line in lines))
    return Cart(lines, sums.subtotal, sums.shipping, sums.tax, sums.total, sum(line.quantity for line in lines),
                version, tuple(warning for line in lines for warning in line.warnings), sums.tax_included, settings)


def _line(line: Line, sold: Sellable) -> CartLine:
    return CartLine(sold.id, sold.handle, sold.title, sold.sku, sold.options, line.quantity, sold.price,
                    sold.price * line.quantity, tuple(_warnings(line, sold)), sold.available, sold.requires_shipping)


def _warnings(line: Line, sold: Sellable) -> Iterator[CartWarning]:
    if line.price_minor != sold.price.minor:
        was = Money(line.price_minor, sold.price.currency)
        yield CartWarning("price_changed", f"was {was} when you added it")
    if not sold.live:
        yield CartWarning("unavailable", "no longer for sale; remove it to check out")
    elif sold.available == 0:
        yield CartWarning("sold_out", "sold out; remove it to check out")
    elif sold.available is not None and sold.available < line.quantity:
        yield CartWarning("stock_short", f"only {sold.available} left; you want {line.quantity}")
    elif line.wanted > line.quantity:
        reason = f"{LINE_LIMIT} at most" if line.quantity == LINE_LIMIT else f"only {line.quantity} left"
        yield CartWarning("clamped", f"{reason}; you had {line.wanted}")
