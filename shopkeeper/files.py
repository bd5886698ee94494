"""Files that people give to the shop, and folders and files of its own."""
from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shopkeeper.errors import ImportFailed

_NO_FILE = {errno.ELOOP: "link", errno.EISDIR: "folder"}


@contextmanager
def given(path: Path, *, at_most: int) -> Iterator[BinaryIO]:
    """A file from outside, to be read.

    Args:
        path: A regular file. A link is not followed: whoever made it may have pointed it anywhere.
        at_most: How many bytes it may have; of a larger one not a byte is read.

    Raises:
        ImportFailed: It is no such file, or cannot be read.
    """
    if "\0" in str(path):
        raise ImportFailed(f"{str(path)!r} is no name of a file.")
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise ImportFailed(f"{path} is no regular file. Name the file itself.")
            if about.st_size > at_most:
                raise ImportFailed(f"{path} has {about.st_size:,} bytes, and at most {at_most:,} are taken."
                                   " Make several files of it.")
            yield file
    except OSError as error:
        why = f"it is a {_NO_FILE[error.errno]}. Name the file itself" if error.errno in _NO_FILE else error.strerror
        raise ImportFailed(f"{path} cannot be read: {why}.") from error


def _open_at_once(path: str, flags: int) -> int:
    # A pipe at whose other end is nobody would make us wait for ever.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def make_private_folder(path: Path) -> None:
    """Makes a folder, and those above it that are missing, for its owner's eyes only (0700). One that exists stays."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, and closed to everybody else (0700). Raises OSError."""
    make_private_folder(folder)
    folder.chmod(0o700)
    return folder


def private_descriptor(path: Path, flags: int) -> int:
    """Opens a file (0600) that is no link. Raises OSError."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)  # one that was there already may be open to others
    return descriptor
