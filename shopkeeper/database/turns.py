"""Writers take turns: the longer one has waited to write to a SQLite file, the more often it asks whether it can.

SQLite's own wait asks ever more rarely, in the end ten times a second. Where many write, those who came last would go
first, and who has waited longest would run out of patience and be told that the database is locked.
"""
from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection

_BEGIN = "BEGIN IMMEDIATE"
_FIRST_PAUSE, _SHORTEST_PAUSE = 0.01, 0.003  # seconds


def begin_writing(connection: Connection) -> None:
    """Begins a transaction that is the only writer, as soon as it can within the connection's `busy_timeout`."""
    driver: Any = connection.connection.driver_connection
    milliseconds = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        _wait_for_turn(driver, connection.dialect.loaded_dbapi.DatabaseError, milliseconds / 1000)
        if not driver.in_transaction:
            connection.exec_driver_sql(_BEGIN)  # says why it cannot
    finally:
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}")


def _wait_for_turn(driver: Any, failed: type[Exception], patience: float) -> None:
    came, waited = time.monotonic(), 0.0
    while waited <= patience and _others_write(driver, failed):
        time.sleep(max(_SHORTEST_PAUSE, _FIRST_PAUSE / (1 + 50 * waited)))
        waited = time.monotonic() - came


def _others_write(driver: Any, failed: type[Exception]) -> bool:
    """Begins, unless the file is locked; what else is wrong is told to whoever asks again."""
    try:
        driver.execute(_BEGIN)
    except failed as error:
        return "locked" in str(error)
    return False
