"""Which disk a file is on, and whether it has room."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

_ROOM = 64 * 1024
"""Bytes without which SQLite cannot even begin to read a database in WAL mode."""


def disk_of(path: Path) -> Path:
    """Return where the disk of a file is mounted. Raises OSError."""
    folder = Path(os.path.realpath(path))
    while not folder.is_mount() and folder != folder.parent:
        folder = folder.parent
    return folder


def is_full(path: Path) -> bool:
    """Whether the disk of a file, or of the folder that it would be in, has hardly any room left."""
    try:
        return shutil.disk_usage(path.parent).free < _ROOM
    except OSError:
        return False


def full_disk_advice(path: Path) -> str:
    """Return a part of a sentence that says which disk is full, and what to do."""
    return f"the disk is full ({disk_of(path.parent)}). Make room there"
