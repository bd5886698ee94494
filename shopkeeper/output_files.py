"""Writes what a person named: a file is replaced as a whole or not at all, a stream is written to.

`-`, `/dev/stdout` and other descriptors, pipes and character devices are streams. A link is followed to a regular
file only. Everything else is refused and stays as it is: folders, disks, sockets, broken links, databases.
"""
from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from shopkeeper.database.side_files import SIDE_FILES, side_file, side_file_owner
from shopkeeper.descriptors import STDOUT, descriptor_of, duplicate, stream_problem
from shopkeeper.errors import InvalidInput
from shopkeeper.output_streams import DEVICE_TIMEOUT_SECONDS, buffered_stream

_MAX_LINKS = 40  # as the kernel follows
_SQLITE_MAGIC = b"SQLite format 3\0"


@contextmanager
def write_file(path: Path, *, private: bool = False) -> Iterator[TextIO]:
    """Write text (UTF-8) to what `path` names.

    Args:
        path: A file keeps what it has until all is written and on the disk, and then keeps its permissions.
        private: The file is its owner's alone (0600), whatever it was.

    Raises:
        InvalidInput: It cannot be written, or is not a place for a file; the message says why.
        BrokenPipeError: Nobody reads standard output any more.
    """
    with output_errors(path):
        file = regular_file(path)
        if file is None:
            with open_stream(path) as stream:
                wrapper = TextIOWrapper(stream, encoding="utf-8", newline="")
                yield wrapper
                wrapper.flush()
        else:
            _refuse_database(file)
            with _replacement(file, private=private) as text:
                yield text


def is_stdout(path: Path) -> bool:
    """Whether `path` names standard output: nothing else may be printed there."""
    return descriptor_of(path, dash=STDOUT) == STDOUT


def regular_file(path: Path) -> Path | None:
    """Return the file to make or replace, which `path` names or links to; `None`: `path` names a stream.

    Raises:
        InvalidInput: It is neither.
        OSError: It cannot be looked at.
    """
    if descriptor_of(path, dash=STDOUT) is not None:
        return None
    if "\0" in str(path):
        raise InvalidInput(f"{str(path)!r} is not the name of a file.")
    is_link = path.is_symlink()
    if is_link and (stream := _linked_stream(path)):
        raise InvalidInput(f"{path} is a link to the stream {stream}. Name that itself.")
    try:
        file = Path(os.path.realpath(path, strict=True)) if is_link else path
        mode = file.stat().st_mode
    except FileNotFoundError:
        if is_link:
            raise InvalidInput(f"{path} is a link to nothing. Name the file itself.") from None
        return path
    if stat.S_ISREG(mode):
        if not os.access(file, os.W_OK):
            raise InvalidInput(f"{path} is write-protected. Name another file.")
        return file
    if stat.S_ISDIR(mode):
        raise InvalidInput(f"{path} is a folder. Name a file in it.")
    if not is_link and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        return None
    raise InvalidInput(f"{path} is no regular file. Name a new file, or one to replace.")


@contextmanager
def open_stream(path: Path) -> Iterator[BinaryIO]:
    """Write bytes to a stream: what `regular_file` is `None` for. Raises OSError, and InvalidInput: nobody reads it."""
    descriptor = descriptor_of(path, dash=STDOUT)
    if descriptor is not None:
        opened, timeout = duplicate(descriptor), None  # whoever reads a pipeline may take any time
    else:
        opened, timeout = _open_device(path), DEVICE_TIMEOUT_SECONDS
        if stat.S_ISFIFO(os.fstat(opened).st_mode):
            os.set_blocking(opened, True)
            timeout = None
    with buffered_stream(opened, timeout_seconds=timeout) as stream:
        yield stream


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Raise InvalidInput for what keeps `path` from being written, saying what to do."""
    try:
        yield
    except BrokenPipeError:
        if is_stdout(path):
            raise  # the usual end of a program in a pipeline
        raise InvalidInput(f"{path} cannot be written: its reader is gone.") from None
    except (OSError, UnicodeEncodeError) as error:
        name = "Standard output" if is_stdout(path) else path
        raise InvalidInput(f"{name} cannot be written: {write_problem(error)}.") from error


def write_problem(error: OSError | UnicodeEncodeError) -> str:
    """Return why something cannot be written and what to do, without a full stop."""
    match getattr(error, "errno", None):
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full. Make room, or name a file on another disk"
        case errno.EROFS:
            return "the disk is read-only. Name a file on another disk"
    return stream_problem(error)


def _open_device(path: Path) -> int:
    try:  # a pipe that nobody reads would make us wait for ever
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise InvalidInput(f"{path} cannot be written: nobody reads from it.") from error
        raise
    return descriptor


def _linked_stream(path: Path) -> Path | None:
    """Return the name of a descriptor that a link leads to; `None`: it leads elsewhere."""
    for _ in range(_MAX_LINKS):
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
        if descriptor_of(path, dash=STDOUT) is not None:
            return path
    return None


@contextmanager
def _replacement(file: Path, *, private: bool) -> Iterator[TextIO]:
    beside = file.with_name(f".shopkeeper-{secrets.token_hex(8)}")
    replaced = file.stat() if file.exists() else None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(beside, flags, 0o600 if private or replaced else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as text:
            yield text
            text.flush()
            if replaced:
                _take_over(descriptor, replaced, private=private)
            os.fsync(descriptor)
        beside.replace(file)
    finally:
        with suppress(OSError):  # it could not be made, or has its name by now
            beside.unlink()


def _take_over(descriptor: int, replaced: os.stat_result, *, private: bool) -> None:
    """Give a file the owner and permissions of the one that it replaces."""
    mode = 0o600 if private else stat.S_IMODE(replaced.st_mode) & 0o777
    try:
        os.fchown(descriptor, replaced.st_uid, replaced.st_gid)
    except OSError:  # only root gives files away; what the old group could do, another one must not
        mode &= ~stat.S_IRWXG
    os.fchmod(descriptor, mode)


def _refuse_database(file: Path) -> None:
    """Refuse a database and what belongs to one.

    One in use is told by what is beside it: to open and close it here would drop the locks that SQLite has on it.
    """
    owner = side_file_owner(file)
    beside = [*([owner] if owner else []), *(side_file(file, suffix) for suffix in SIDE_FILES)]
    if any(map(os.path.lexists, beside)) or _begins_as_database(file):
        raise InvalidInput(f"{file} is a database, or belongs to one. Name another file.")


def _begins_as_database(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except OSError:  # there is none yet, or it is not to be read
        return False
