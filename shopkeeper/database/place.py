"""Where a SQLite database may be: in a regular file that is nobody else's, with room for its side files."""
from __future__ import annotations

import os
import stat
from pathlib import Path

from shopkeeper.database.side_files import BACKUP_FOLDER, SIDE_FILES, backup_owner, side_file, side_file_owner
from shopkeeper.errors import DatabaseUnavailable, ShopDamaged
from shopkeeper.files import make_private_folder

MAX_PATH_BYTES = 500  # SQLite has room for 512, with its own endings
MAX_NAME_BYTES = 255 - max(map(len, SIDE_FILES))


def check_place(path: Path) -> None:
    """Check that `path` is a place for a database: a regular file, or nothing yet. Nothing is opened or made.

    A folder passes: those who look for a shop name the one that is in it.

    Raises:
        DatabaseUnavailable: It is no such place; the message says why.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise DatabaseUnavailable(f"{path} is a link to nothing. Name the database itself.") from None
    except NotADirectoryError:
        raise DatabaseUnavailable(f"{path} cannot be made: a file is in the place of a folder above it.") from None
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be opened: {error.strerror}.") from error
    else:
        if stat.S_ISDIR(mode):
            return
        if not stat.S_ISREG(mode):
            raise DatabaseUnavailable(f"{path} is no regular file, so no shop can be in it. Name a file.")
    _check_beside(path, Path(os.path.realpath(path)))


def check_own_file(path: Path) -> None:
    """Check that a shop may write to the file: it is no backup, and has not lost what a shop had in it.

    Raises:
        DatabaseUnavailable: It is a backup that a shop has kept.
        ShopDamaged: It is empty, but a log or backups of it are there: a new shop in it would hide the loss.
    """
    file = Path(os.path.realpath(path))
    if file.is_file() and not file.stat().st_size and (remains := _remains(file)):
        raise ShopDamaged(f"{path} is empty, but a shop was in it: there is {remains}. `shopkeeper restore` puts a"
                          " backup in its place; to begin anew, remove the empty file.")
    if owner := backup_owner(file):
        raise DatabaseUnavailable(f"{path} is a backup of {owner}. `shopkeeper restore` puts it in a shop's place.")


def create_private(path: Path) -> None:
    """Makes the folder (0700) and the file (0600) before SQLite does so with the user's umask."""
    try:
        make_private_folder(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not os.path.lexists(path):
            raise DatabaseUnavailable(f"{path} cannot be made: a file is in the place of a folder above it.") from None
        if path.is_dir():
            raise DatabaseUnavailable(f"{path} is a folder, not a database.") from None
        if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
            raise DatabaseUnavailable(f"{path} is read-only. A shop needs to write to it and its folder.") from None
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be made: {error.strerror}.") from error


def _remains(file: Path) -> Path | None:
    """Return a log with something in it, or else the latest backup, of a database."""
    log = side_file(file, "-wal")
    if log.is_file() and log.stat().st_size:
        return log
    backups = [backup for backup in (file.parent / BACKUP_FOLDER).glob("*.db") if backup_owner(backup) == file]
    return max(backups, key=lambda backup: backup.stat().st_mtime, default=None)


def _check_beside(path: Path, file: Path) -> None:
    """Check the name of the file that `path` leads to, and what is beside it."""
    if owner := side_file_owner(file):
        raise DatabaseUnavailable(f"{path} is the name of a side file of {owner}, where no shop can be. Name {owner}.")
    if len(os.fsencode(file.name)) > MAX_NAME_BYTES or len(os.fsencode(file)) > MAX_PATH_BYTES:
        raise DatabaseUnavailable(f"{path} is too long: a shop's file takes a name of {MAX_NAME_BYTES} bytes and a path"
                                  f" of {MAX_PATH_BYTES} at most.")
    for suffix in SIDE_FILES:
        beside = side_file(file, suffix)
        try:
            is_regular = stat.S_ISREG(beside.lstat().st_mode)
        except OSError:  # there is none
            continue
        if not is_regular:
            raise DatabaseUnavailable(f"{beside} is no regular file, and {path} needs one of that name. Move it away.")
