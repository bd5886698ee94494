"""Every change of stock, never altered: a variant's `on_hand` is the sum of its movements."""
from __future__ import annotations

from sqlalchemy import Column, ForeignKey

from shopkeeper.database.metadata import table
from shopkeeper.database.types import Int, Str, Time

stock_movement = table(
    "stock_movement",
    Column("id", Int, primary_key=True),
    Column("variant_id", Int, ForeignKey("variant.id"), nullable=False, index=True),
    Column("quantity", Int, nullable=False),
    Column("reason", Str, nullable=False),
    Column("order_number", Str),
    Column("at", Time, nullable=False),
)
