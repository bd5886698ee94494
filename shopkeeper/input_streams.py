"""Reads what a person gave as a stream: `-` for standard input, or `/dev/fd/63` of a shell's `<(…)`."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shopkeeper.descriptors import STDIN, descriptor_of, duplicate, stream_problem
from shopkeeper.errors import ImportFailed


@contextmanager
def spooled(path: Path, *, at_most: int) -> Iterator[Path]:
    """Yield a file to read in place of `path`: a private copy of what a stream gives; `path` itself, if it is none.

    Raises:
        ImportFailed: It cannot be read, or has more than `at_most` bytes.
    """
    descriptor = descriptor_of(path, dash=STDIN)
    if descriptor is None:
        yield path
        return
    name = "standard input" if descriptor == STDIN else path.name
    with TemporaryDirectory(prefix="shopkeeper-") as folder:
        copy = Path(folder) / name
        try:
            with os.fdopen(duplicate(descriptor), "rb") as stream, copy.open("xb") as file:
                while (data := stream.read1()) and file.tell() <= at_most:
                    file.write(data)
                size = file.tell()
        except OSError as error:
            raise ImportFailed(f"{name} cannot be read: {stream_problem(error)}.") from error
        if size > at_most:
            raise ImportFailed(f"{name} has more than {at_most:,} bytes. Make several files of it.")
        yield copy
