"""A shop whose portal obeys the test, and somebody with a full cart."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.orders.conftest import ada, mug, portal, shop

__all__ = ["ada", "file", "mug", "portal", "shop"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The shop's database."""
    return tmp_path / "shop.db"
