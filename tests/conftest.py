"""What most tests of the shop start from."""
from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from argon2.profiles import CHEAPEST
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from shopkeeper import Shop
from shopkeeper.accounts import passwords
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.command import Command
from tests.disk import memory_folder
from tests.terminal import Terminal
from tests.waiting import PATIENCE
from tui.app import ShopApp

_TRIED = "tried: "
_SHARE_SERVERS = {"tests/api/test_in_parts.py", "tests/api/test_slow_callers.py"}

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory_folder())  # where `tmp_path` is made

_own_state = TemporaryDirectory(dir=memory_folder())

os.environ.pop("SHOPKEEPER_STRIPE_KEY", None)  # no test pays in earnest
os.environ["XDG_STATE_HOME"] = _own_state.name  # nor leaves a trace at home
passwords.set_hash_parameters(CHEAPEST)  # a test that registers an account takes a tenth of a second less
ShopApp.NOTIFICATION_TIMEOUT = PATIENCE  # on a busy machine, seconds pass until a test looks at a toast


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="take what the screens show now as right")


def pytest_unconfigure() -> None:
    _own_state.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Files whose tests share servers go to one worker each: else every worker would start them."""
    return _OneServerEach(config, log) if config.getvalue("dist") == "loadgroup" else None


class _OneServerEach(LoadScopeScheduling):
    # xdist 3.8 tells groups by a name that pytest 9.2 does not look at any more, and so tells none.
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in _SHARE_SERVERS else nodeid


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what `tried` counted."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, number in report.user_properties:
            if str(name).startswith(_TRIED):
                counts[str(name).removeprefix(_TRIED)] += number
    if counts:
        terminalreporter.write_line("tried: " + ", ".join(f"{number:,} {what}" for what, number in counts.items()))


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Says how many of something a test went through: the last lines of a run add it up."""
    return lambda what, number: record_property(_TRIED + what, number)


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
def default_hash_parameters() -> Iterator[None]:
    """Passwords are hashed as the shop does it for its shoppers."""
    passwords.set_hash_parameters(None)
    yield
    passwords.set_hash_parameters(CHEAPEST)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, which pytest's own is not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with the tables of a shop, to be copied: to make them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    database = Database.open(str(path))
    migrate(database)
    database.close()
    return path


@pytest.fixture
def shop_file(tmp_path: Path, empty_database: Path) -> Path:
    """The file of an empty shop."""
    return Path(shutil.copy(empty_database, tmp_path / "shop.db"))


@pytest.fixture
def database(shop_file: Path) -> Iterator[Database]:
    """An empty shop's database, for tests of one room."""
    database = Database.open(str(shop_file))
    yield database
    database.close()


@pytest.fixture
def shop(shop_file: Path, clock: FakeClock) -> Iterator[Shop]:
    """An empty shop."""
    with Shop.open(str(shop_file), clock=clock) as shop:
        yield shop


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


@pytest.fixture
def command(shop_file: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command on a shop of its own, which the fixture `shop` opens, too."""
    return Command(shop_file, capsys)


@pytest.fixture
def opened(tmp_path: Path, sample_database: Path) -> Iterator[list[Terminal]]:
    """A list for the terminals that a test opens, on the sample catalog in `tmp_path`. They are closed afterwards."""
    terminals: list[Terminal] = []
    shutil.copy(sample_database, tmp_path / "shop.db")
    yield terminals
    for terminal in terminals:
        terminal.close()
