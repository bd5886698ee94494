"""Files that the shop writes: for people, whole or not at all; for itself, for its owner's eyes only."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from shopkeeper.errors import InvalidInput


@contextmanager
def written_whole(path: Path, *, mode: int = 0o666) -> Iterator[TextIO]:
    """A text file (UTF-8) to write; what stands at `path` is replaced once all is written and on the disk.

    Args:
        path: A link is replaced, never followed.
        mode: The file's permissions, less the user's umask.

    Raises:
        InvalidInput: The file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8",
                       newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # there is nothing to clear away where it could not be made, or took its place
            beside.unlink()


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, and closed to everybody else (0700). Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def private_descriptor(path: Path, flags: int) -> int:
    """Opens a file (0600) that is no link. Raises OSError."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)  # one that was there already may be open to others
    return descriptor
