"""Which SQLite library is used, and which journal mode is safe with it."""
from __future__ import annotations

from types import ModuleType
from typing import Literal

JournalMode = Literal["WAL", "TRUNCATE"]


def sqlite_driver() -> ModuleType:
    """The `pysqlite3` package, which brings a current SQLite, or else the standard library's module."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    module: ModuleType = pysqlite3
    return module


def journal_mode(version: tuple[int, int, int]) -> JournalMode:
    """WAL, unless this SQLite can corrupt a WAL database that several processes write.

    That is the "WAL-reset" bug, mended in 3.51.3, 3.50.7 and 3.44.6 (sqlite.org/wal.html).
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    return "WAL" if mended else "TRUNCATE"


def journal_reason(version: tuple[int, int, int]) -> str:
    """Why that journal mode is used, in plain words."""
    if journal_mode(version) == "WAL":
        return "this SQLite is free of the WAL-reset bug"
    return "this SQLite can corrupt a WAL database that several programs write (mended in 3.51.3)"
