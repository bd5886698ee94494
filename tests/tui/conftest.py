"""What tests of the screens start from."""
from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.tui.snapshots import Snapshots


@pytest.fixture
def sample_shop(tmp_path: Path, sample_database: Path, clock: Callable[[], datetime]) -> Iterator[Shop]:
    """A shop with the sample catalog, where the time stands still."""
    shutil.copy(sample_database, tmp_path / "sample.db")
    with Shop.open(str(tmp_path / "sample.db"), clock=clock) as shop:
        yield shop


@pytest.fixture
def snapshots(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshots]:
    """Compares screens with files; all differences are told at the end of the test."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    snapshots = Snapshots(update=pytestconfig.getoption("--snapshot-update"))
    yield snapshots
    monkeypatch.undo()
    time.tzset()
    if snapshots.differences:
        pytest.fail("`pytest --snapshot-update` takes this as right:\n" + "".join(snapshots.differences), pytrace=False)
