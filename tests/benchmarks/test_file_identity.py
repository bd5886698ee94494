"""What it costs that a write sees whether its file is still the shop's: a small part of the write."""
from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest

from shopkeeper.database.engine import Database
from shopkeeper.database.file_identity import FileIdentity

MAX_RATIO = 0.35  # where the disk is fast and the system calls are slow
ROUNDS = 500


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.benchmark
def test_a_write_looks_at_its_files_in_a_small_part_of_its_time(database: Database) -> None:
    assert database.path is not None
    identity = FileIdentity(database.path)
    identity.add_connection()

    def write() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE setting SET value = 'x' WHERE name = 'shop_id'")

    def look() -> None:
        identity.check()
        identity.check_all()
        identity.check()

    ratio = median(seconds(look) for _ in range(ROUNDS)) / median(seconds(write) for _ in range(ROUNDS))
    print(f"looking at the files takes {ratio:.1%} of a write")
    assert ratio < MAX_RATIO
