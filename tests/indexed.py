"""Shops of any size that are browsed in the index, and by nothing else."""
from __future__ import annotations

import pytest
from sqlalchemy import Connection

from shopkeeper.catalog import browse
from shopkeeper.catalog.index.build import build
from shopkeeper.catalog.index.held import Held
from shopkeeper.catalog.index.keeper import Keeper


def answer_by_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on every shop has an index from the first question on, and SQL finds nothing."""
    def make_at_once(keeper: Keeper, _version: int, connection: Connection) -> None:
        index = build(connection)
        assert index is not None
        keeper._held = Held(index, connection)

    monkeypatch.setattr(Keeper, "_make_if_large", make_at_once)
    monkeypatch.setattr(browse, "_by_sql", None)
