"""How many there are."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StockLevel:
    """The stock of one variant; `name` is its product's title with its choices. What is not tracked has none."""

    variant_id: int
    sku: str
    name: str
    tracked: bool
    on_hand: int
    reserved: int
