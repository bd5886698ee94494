"""Where tests keep their files: in memory if there is room, and on a disk where the disk is what is tried."""
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest

_MEMORY = Path("/dev/shm")  # noqa: S108 (a private folder is made in it)
_MIN_FREE_BYTES = 4 << 30


def memory_folder() -> str:
    """Return a folder whose files lie in memory, where to sync costs nothing; without one, that of temporary files."""
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MIN_FREE_BYTES
    return str(_MEMORY) if has_room else gettempdir()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on a disk, in place of pytest's own: imported by what tests faults of a disk or measures speed."""
    with TemporaryDirectory() as folder:
        yield Path(folder)
