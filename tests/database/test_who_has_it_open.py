"""While one program replaces a shop's file, no other has it open, however it was opened and however it ended."""
from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable
from shopkeeper.database.engine import Database
from shopkeeper.database.lock import held_alone, lock_file
from tests.machine import permissions, umask
from tests.waiting import PATIENCE

OPEN_AND_WAIT = """
import sys
from shopkeeper.database.engine import Database
database = Database.open(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def is_free(path: Path) -> bool:
    """Whether nobody has the database open."""
    try:
        with held_alone(path):
            return True
    except DatabaseUnavailable as error:
        assert "Another program has" in error.message
        return False


def test_as_long_as_one_has_it_open_it_is_not_free(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    first, second = Database.open(str(path)), Database.open(str(path))
    assert not is_free(path)
    first.close()
    first.close()  # to close twice closes nobody else's
    assert not is_free(path)
    second.close()
    assert is_free(path)


def test_a_thread_that_has_it_open_counts(tmp_path: Path) -> None:
    opened: list[Database] = []
    thread = threading.Thread(target=lambda: opened.append(Database.open(str(tmp_path / "shop.db"))))
    thread.start()
    thread.join()
    assert not is_free(tmp_path / "shop.db")
    opened[0].close()


def test_a_program_that_is_killed_has_it_open_no_more(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    program = subprocess.Popen([sys.executable, "-c", OPEN_AND_WAIT, str(path)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "open\n"
    assert not is_free(path)
    program.kill()
    program.communicate(timeout=PATIENCE)
    assert is_free(path)


def test_an_opening_that_fails_leaves_it_free(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada,\n" * 500)
    with pytest.raises(DatabaseUnavailable):
        Database.open(str(path))
    assert is_free(path)


def test_while_it_is_held_alone_it_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    Database.open(str(path)).close()
    with held_alone(path):
        for opens in (Database.open, Database.open_as_it_is):
            with pytest.raises(DatabaseUnavailable, match="Try again in a moment"):
                opens(str(path))
        assert not is_free(path)
    Database.open(str(path)).close()


def test_the_lock_file_is_private_and_no_link_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with umask(0):
        Database.open(str(path)).close()
    assert permissions(lock_file(path)) == 0o600
    lock_file(path).unlink()
    lock_file(path).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseUnavailable, match="is no regular file"):
        Database.open(str(path))
    assert not (tmp_path / "elsewhere").exists()
