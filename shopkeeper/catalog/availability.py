"""What can be bought now, as SQL over `product`, `variant` and `stock`; every variant has its row of `stock`."""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Literal, NamedTuple

from sqlalchemy import Connection, and_, case, null, or_, select

from shopkeeper.catalog.tables import product, stock, variant

live_product = and_(product.c.status == "active", product.c.published == 1)
"""Shoppers see the product."""

live_variant = variant.c.archived == 0
"""The product still comes in this variant."""

seen_product = and_(
    live_product, select(variant.c.id).where(variant.c.product_id == product.c.id, live_variant).exists())
"""Shoppers see the product, and it still comes in a variant."""

unlimited = or_(stock.c.tracked == 0, stock.c.policy == "continue")
"""Any number of it can be bought, whatever is on hand."""

available = case(
    (unlimited, null()),
    (stock.c.on_hand > stock.c.reserved, stock.c.on_hand - stock.c.reserved),
    else_=0,
).label("available")
"""How many can be bought now, never below 0; NULL where there is no limit."""

purchasable = or_(unlimited, stock.c.on_hand > stock.c.reserved)
"""At least one can be bought now, as far as stock goes; whether it is for sale say the two `live_` conditions."""


class StockCount(NamedTuple):
    """How many of a variant there are, counted anew. `on_hand` includes what is reserved."""

    tracked: bool
    on_hand: int
    policy: Literal["deny", "continue"]


Receive = Callable[[Connection, Mapping[int, StockCount], str], None]
"""Sets the stock of variants, by id, to what was counted and books the differences with the reason given."""

Forget = Callable[[Connection, Collection[int]], None]
"""Deletes the stock of variants that nobody has ever seen, by id, with its movements."""
