"""Cart lines as shoppers see them: at today's price, with what changed since they were added."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from shopkeeper.cart.model import Cart, CartLine, CartWarning
from shopkeeper.cart.totals import totals
from shopkeeper.catalog.model import Sellable
from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings

LINE_LIMIT = 999
"""How many of one variant a cart holds at most."""

LineRow = Row[Any]
"""A row of `cart_line`."""


def most(sellable: Sellable) -> int:
    """How many of it one cart can hold now."""
    return LINE_LIMIT if sellable.available is None else min(sellable.available, LINE_LIMIT)


def cart_of(rows: Sequence[LineRow], sellables: Mapping[int, Sellable], version: int, settings: ShopSettings) -> Cart:
    """The cart with these lines.

    A line that cannot be bought any more still counts in the totals, so that lines always add up to them;
    checkout refuses until it is removed.
    """
    lines = tuple(_line(row, sellables[row.variant_id]) for row in rows)
    subtotal = sum((line.total for line in lines), Money(0, settings.currency))
    sums = totals(subtotal, settings, ships=any(line.requires_shipping for line in lines))
    return Cart(lines, sums.subtotal, sums.shipping, sums.tax, sums.total, sum(line.quantity for line in lines),
                version, tuple(warning for line in lines for warning in line.warnings), sums.tax_included, settings)


def _line(row: LineRow, sold: Sellable) -> CartLine:
    return CartLine(sold.id, sold.handle, sold.title, sold.sku, sold.options, row.quantity, sold.price,
                    sold.price * row.quantity, tuple(_warnings(row, sold)), sold.available, sold.requires_shipping)


def _warnings(row: LineRow, sold: Sellable) -> Iterator[CartWarning]:
    if row.price_minor != sold.price.minor:
        was = Money(row.price_minor, sold.price.currency)
        yield CartWarning("price_changed", f"was {was} when you added it")
    if not sold.live:
        yield CartWarning("unavailable", "no longer for sale; remove it to check out")
    elif sold.available == 0:
        yield CartWarning("sold_out", "sold out; remove it to check out")
    elif sold.available is not None and sold.available < row.quantity:
        yield CartWarning("stock_short", f"only {sold.available} left; you want {row.quantity}")
    elif row.wanted > row.quantity:
        reason = f"{LINE_LIMIT} at most" if row.quantity == LINE_LIMIT else f"only {row.quantity} left"
        yield CartWarning("clamped", f"{reason}; you had {row.wanted}")
