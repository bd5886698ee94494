"""What tests of the screens start from."""
from __future__ import annotations

import difflib
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from shopkeeper import Shop
from tui.testing import Shopper

_SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with the sample catalog, to be copied: importing it once is enough."""
    path = tmp_path_factory.mktemp("sample") / "shop.db"
    Shop.open(str(path), sample=True).close()
    return path


@pytest.fixture
def sample_shop(tmp_path: Path, sample_database: Path, clock: Callable[[], datetime]) -> Iterator[Shop]:
    """A shop with the sample catalog, where the time stands still."""
    shutil.copy(sample_database, tmp_path / "sample.db")
    with Shop.open(str(tmp_path / "sample.db"), clock=clock) as shop:
        yield shop


class Snapshots:
    """Compares screens, as text, with what is kept of them in files."""

    def __init__(self, *, update: bool) -> None:
        self._update = update
        self.differences: list[str] = []

    def compare(self, shopper: Shopper, name: str) -> None:
        """Notes in what the screen differs from `snapshots/<name>-<width>x<height>.txt`."""
        size = shopper.app.size
        path = _SNAPSHOTS / f"{name}-{size.width}x{size.height}.txt"
        seen = [f"{line}\n" for line in shopper.screen_text()]
        if self._update:
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(seen), "utf-8")
            return
        kept = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
        self.differences += difflib.unified_diff(kept, seen, f"kept/{path.name}", f"seen/{path.name}", n=1)


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
