"""Every value that the shop stores, of all its rooms: what of it cannot be decoded."""
from __future__ import annotations

import shopkeeper.accounts.tables  # each import adds the room's tables to the metadata
import shopkeeper.cart.tables
import shopkeeper.catalog.tables
import shopkeeper.inventory.tables
import shopkeeper.orders.tables
import shopkeeper.payments.tables
import shopkeeper.settings  # noqa: F401
from shopkeeper.database.damage import damaged_rows

__all__ = ["damaged_rows"]
