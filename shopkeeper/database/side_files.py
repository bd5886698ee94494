"""Names of the files that lie beside a database: what SQLite puts there, the shop's locks, and backups."""
from __future__ import annotations

import re
from pathlib import Path

SQLITE_SIDE_FILES = ("-wal", "-journal", "-shm")
"""What SQLite puts beside a database in use. What belongs to one file must never be applied to another."""

SIDE_FILES = (*SQLITE_SIDE_FILES, "-import-lock", "-lock")
"""All that may lie beside a database: SQLite reads or removes a file of that name, and so may the shop."""

BACKUP_FOLDER = "backups"
BACKUP_NAME = re.compile(
    r"(?P<owner>.+)-(?P<reason>daily|migration)-(?P<at>\d{8}T\d{6}\.\d{6}Z)-schema-(?P<revision>\w+)\.db")


def side_file(database: Path, suffix: str) -> Path:
    """Return the file of this kind that belongs to a database."""
    return database.with_name(database.name + suffix)


def side_file_owner(path: Path) -> Path | None:
    """Return the database that a file of this name belongs to; `None`: it is no side file's name."""
    for suffix in SIDE_FILES:  # the longer of two that match is first
        if (owner := path.name.removesuffix(suffix)) and owner != path.name:
            return path.with_name(owner)
    return None


def backup_owner(path: Path) -> Path | None:
    """Return the database that a file is a kept backup of; `None`: it is none, by its folder and name."""
    parts = BACKUP_NAME.fullmatch(path.name)
    return path.parent.parent / parts["owner"] if parts and path.parent.name == BACKUP_FOLDER else None
