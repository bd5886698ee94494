"""Where a database is: what its address means, and a private place for a new file."""
from __future__ import annotations

import os
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from shopkeeper.errors import DatabaseUnavailable
from shopkeeper.files import make_private_folder

_TOO_FEW_SLASHES = re.compile(r"(?:sqlite|postgresql|postgres)[+\w]*:(?!//)|sqlite[+\w]*://[^/]")


def target(url: str) -> URL:
    """What a path, `sqlite:///…` or `postgresql+psycopg://…` names. Raises DatabaseUnavailable if it cannot be."""
    if _TOO_FEW_SLASHES.match(url):
        raise DatabaseUnavailable(f"{url!r} is no database address. Write sqlite:///PATH, or the path alone.")
    try:
        found = make_url(url) if "://" in url else URL.create("sqlite", database=url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnavailable(f"{url!r} is no database address.") from error
    if found.get_backend_name() != "sqlite":
        return found
    if not found.database or found.database == ":memory:":
        raise DatabaseUnavailable("A shop needs a file: a database in memory is another one for each connection.")
    if found.database.startswith("file:"):
        raise DatabaseUnavailable(f"{url!r} is an address inside an address. Give the path alone.")
    try:
        return found.set(database=str(Path(found.database).expanduser().absolute()))
    except RuntimeError as error:
        raise DatabaseUnavailable(f"{url!r} begins with the home folder of nobody who is known here.") from error
    except OSError as error:
        raise DatabaseUnavailable(f"{url!r} starts from a folder that is gone. Give the whole path.") from error


def file_of(found: URL) -> Path | None:
    """The file of a SQLite database; `None` for one on a server."""
    return Path(str(found.database)) if found.get_backend_name() == "sqlite" else None


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
