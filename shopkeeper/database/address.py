"""What the address of a database means."""
from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from shopkeeper.database.place import check_place
from shopkeeper.errors import DatabaseUnavailable

_ACCEPTED = "Give a path, sqlite:///PATH or postgresql+psycopg://HOST/NAME."
_BACKENDS = {"sqlite", "postgresql"}

_WORDS = "sqlite|postgres|postgresql|mysql|mariadb|https?|ftp|file"
_LOOKS_LIKE_ADDRESS = re.compile(rf".*://|[a-z][\w+.-]+:/|(?:{_WORDS})[+\w]*:", re.IGNORECASE | re.DOTALL)
_TOO_FEW_SLASHES = re.compile(r"sqlite[+\w]*://[^/]", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)")


def target(url: str) -> URL:
    """What a path, `sqlite:///…` or `postgresql+psycopg://…` names.

    Raises:
        DatabaseUnavailable: It is no address, or there can be no database; the message says why.
    """
    address = _parse(url)
    if address.get_backend_name() != "sqlite":
        return address
    path = _absolute(url, address.database or "")
    check_place(path)
    return URL.create("sqlite", database=str(path))


def file_of(found: URL) -> Path | None:
    """The file of a SQLite database; `None` for one on a server."""
    return Path(str(found.database)) if found.get_backend_name() == "sqlite" else None


def _parse(url: str) -> URL:
    if not url.strip():
        raise DatabaseUnavailable(f"The address of the shop's database is empty. {_ACCEPTED}")
    if "\0" in url:
        raise DatabaseUnavailable(f"{url!r} has a zero byte, which no path can have. {_ACCEPTED}")
    if not _LOOKS_LIKE_ADDRESS.match(url):
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _no_address(url) from error
    if address.get_backend_name() not in _BACKENDS or _TOO_FEW_SLASHES.match(url):
        raise _no_address(url)
    if address.get_backend_name() == "sqlite" and address.query:
        raise DatabaseUnavailable(f"{url!r} has options, and a shop takes none. Give the path alone.")
    return address


def _absolute(url: str, name: str) -> Path:
    if name in {"", ":memory:"}:
        raise DatabaseUnavailable("A shop needs a file: a database in memory is another one for each connection.")
    if name.startswith("file:"):
        raise _no_address(url)
    try:
        path = Path(name).expanduser().absolute()
    except RuntimeError as error:
        raise DatabaseUnavailable(f"{url!r} begins with the home folder of nobody who is known here.") from error
    except OSError as error:
        raise DatabaseUnavailable(f"{url!r} starts from a folder that is gone. Give the whole path.") from error
    if name.rpartition("/")[2] in {"", ".", ".."} and not path.is_dir():
        raise DatabaseUnavailable(f"{url!r} names a folder. Name the database's file.")
    return path


def _no_address(url: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"{_PASSWORD.sub('***', url)!r} is no database address. {_ACCEPTED}")
