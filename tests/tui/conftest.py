"""What tests of the screens start from."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper import Shop


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with the sample catalog, to be copied: importing it once is enough."""
    path = tmp_path_factory.mktemp("sample") / "shop.db"
    Shop.open(str(path), sample=True).close()
    return path


@pytest.fixture
def sample_shop(tmp_path: Path, sample_database: Path) -> Iterator[Shop]:
    """A shop with the sample catalog."""
    shutil.copy(sample_database, tmp_path / "sample.db")
    with Shop.open(str(tmp_path / "sample.db")) as shop:
        yield shop
