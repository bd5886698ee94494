"""What tests of the screens start from."""
from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.tui.snapshots import Snapshots


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
