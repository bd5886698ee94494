"""What most tests of the shop start from."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shopkeeper import Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="take what the screens show now as right")


class FakeClock:
    """A clock that a test sets: it stands still until `advance` is called."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, which pytest's own is not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty shop's database, for tests of one room."""
    database = Database.open(str(tmp_path / "shop.db"))
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def shop(tmp_path: Path, clock: FakeClock) -> Iterator[Shop]:
    """An empty shop."""
    with Shop.open(str(tmp_path / "shop.db"), clock=clock) as shop:
        yield shop
