"""Writers queue: who came first writes first, and nobody waits for one who does not come back."""
from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shopkeeper.database import turns
from shopkeeper.database.engine import Database
from shopkeeper.database.turns import turn, turn_file
from tests.waiting import wait_until

_HOLD = """
import sys
from pathlib import Path
from shopkeeper.database.turns import turn
with turn(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return turn_file(tmp_path / "shop.db")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits, waits for a moment only."""
    monkeypatch.setattr(turns, "_PATIENCE", 0.05)


def test_who_came_first_writes_first(file: Path) -> None:
    order: list[int] = []

    def come(number: int) -> None:
        with turn(file):
            order.append(number)

    with turn(file):
        threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
        for number, thread in enumerate(threads, start=1):
            thread.start()
            wait_until(lambda: waiting(file) == number, "it does not stand in the queue")  # noqa: B023 (called at once)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_the_turn_of_a_program_that_dies_ends(file: Path) -> None:
    with holder(file) as held:
        held.kill()
        with turn(file):
            assert not is_free(file)
    assert is_free(file)


@pytest.mark.usefixtures("impatient")
def test_a_program_that_holds_on_to_its_turn_does_not_stop_the_others(file: Path) -> None:
    with holder(file):
        write(file)
    wait_until(lambda: is_free(file), "whoever gave up still has its turn")


def test_one_writes_where_no_queue_can_be_made(file: Path) -> None:
    file.mkdir()
    write(file)


def write(file: Path) -> None:
    """Writes to the database of this queue."""
    with closing(Database.open(str(file.with_name("shop.db")))) as database, database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (count INTEGER) STRICT")


@contextmanager
def holder(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another program has its turn, and keeps it."""
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stdout.readline() == b"held\n"
        yield program


def waiting(file: Path) -> int:
    """How many stand in the queue: the system lists them with an arrow."""
    inode = f":{file.stat().st_ino} "
    return sum("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())


def is_free(file: Path) -> bool:
    """Whether whoever comes now has their turn at once."""
    with file.open() as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
