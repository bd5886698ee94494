"""Inventory: reserve, commit, release, receive."""
from __future__ import annotations

from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database


class Inventory:
    def __init__(self, database: Database, clock: Clock) -> None: ...

    receive = None
