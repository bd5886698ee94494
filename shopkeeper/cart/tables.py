"""One open cart per shopper, and its lines."""
from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, UniqueConstraint

from shopkeeper.database.metadata import table
from shopkeeper.database.types import Int, Time

cart = table(
    "cart",
    Column("id", Int, primary_key=True),
    Column("shopper_id", Int, ForeignKey("shopper.id"), nullable=False, unique=True),
    Column("version", Int, nullable=False),
    Column("updated_at", Time, nullable=False),
)

# `wanted` is more than `quantity` where a merge was clamped to what could be had; `price_minor` is the price when the
# line was added or last changed.
cart_line = table(
    "cart_line",
    Column("id", Int, primary_key=True),
    Column("cart_id", Int, ForeignKey("cart.id", ondelete="CASCADE"), nullable=False),
    Column("variant_id", Int, ForeignKey("variant.id"), nullable=False, index=True),
    Column("quantity", Int, CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"), nullable=False),
    Column("wanted", Int, CheckConstraint("wanted >= quantity", name="wanted"), nullable=False),
    Column("price_minor", Int, nullable=False),
    UniqueConstraint("cart_id", "variant_id"),
)
