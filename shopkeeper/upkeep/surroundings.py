"""What is around a shop's database on its disk: who may read the files, how much room there is, which backups."""
from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from shopkeeper.database.lock import lock_file
from shopkeeper.database.side_files import SQLITE_SIDE_FILES, side_file
from shopkeeper.disks import disk_of
from shopkeeper.upkeep.kept import folder_of, kept
from shopkeeper.upkeep.laws import Finding

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def facts_around(database: Path) -> dict[str, object]:
    """Size, room and backups, ready for JSON."""
    backups = kept(database)
    return {
        "bytes": database.stat().st_size, "bytes_free": shutil.disk_usage(database.parent).free,
        "folder_mode": f"{_mode(database.parent):04o}", "backups": len(backups),
        "last_backup": backups[0].at.isoformat() if backups else None,
    }


def findings_around(database: Path) -> Iterator[Finding]:
    """What is not private, and what is short."""
    for path in _private_files(database):
        if _mode(path) & _OTHERS:
            yield Finding("not_private", f"{path} can be reached by others (mode {_mode(path):04o}). Set it to 0600.")
    backups = folder_of(database)
    if backups.is_dir() and _mode(backups) & _OTHERS:
        yield Finding("not_private", f"{backups} can be reached by others (mode {_mode(backups):04o}). Set it to 0700.")
    folder = database.parent
    # Others may look into a folder that is not the shop's alone: the files are private. Whoever may write there can
    # put files of their own in the place of the shop's.
    if _mode(folder) & _OTHERS_WRITE:
        yield Finding("not_private", f"Others can put files into {folder} (mode {_mode(folder):04o}). Set it to 0700.")
    if database.stat().st_nlink > 1:
        yield Finding("two_names", f"{database} has another name, too: remove it, or a program may open both.")
    size, free = database.stat().st_size, shutil.disk_usage(folder).free
    if free < size:
        yield Finding("disk_full", f"The disk of {folder} (mounted at {disk_of(folder)}) has {free:,} bytes left, less"
                                   f" than a backup takes ({size:,}). Make room there.")
    if not (os.access(database, os.W_OK) and os.access(folder, os.W_OK)):
        yield Finding("read_only", f"{database} or its folder cannot be written, so nothing can be sold. Its disk"
                                   f" ({disk_of(folder)}) is read-only, or the permissions are another user's.")


def _private_files(database: Path) -> list[Path]:
    beside = [side_file(database, suffix) for suffix in SQLITE_SIDE_FILES]
    return [each for each in (database, *beside, lock_file(database), *(one.path for one in kept(database)))
            if each.exists()]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
