"""Says that there is no shop where one was named, and which one may have been meant."""
from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from shopkeeper.config import databases
from shopkeeper.database.address import file_of, target
from shopkeeper.database.lock import lock_file
from shopkeeper.database.side_files import side_file_owner
from shopkeeper.errors import DatabaseUnavailable

_WAYS = "`shopkeeper init` makes one, and so does `shopkeeper import`."
_ENDINGS = {".db", ".sqlite", ".sqlite3"}


def require_shop(url: str, *, ways: str = _WAYS) -> None:
    """Check that there may be a shop at `url`; one on a server is not looked for.

    Args:
        url: A path, or an address as `Database.open` takes it.
        ways: A sentence that says how to make a shop.

    Raises:
        DatabaseUnavailable: There is no file, or an empty one; the message names the nearest shop.
    """
    path = file_of(target(url))
    if path is None:
        return
    try:
        if path.is_file() and path.stat().st_size:
            return
        told = "is a folder, not a database" if path.is_dir() else "is empty" if path.is_file() else ""
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be opened: {error.strerror}.") from error
    raise no_shop(path, told, ways=ways)


def no_shop(path: Path | str, told: str = "", *, ways: str = _WAYS) -> DatabaseUnavailable:
    """Return the error for a place without a shop. `told` says what is there instead."""
    sentences = [f"{path} {told}: there is no shop in it." if told else f"There is no shop at {path}."]
    if isinstance(path, Path) and (near := _nearest(path)):
        sentences.append(f"Did you mean {near}?")
    return DatabaseUnavailable(" ".join([*sentences, ways]))


def _nearest(path: Path) -> Path | None:
    """A shop with a similar name in the folder, or the only one there; else the user's own."""
    folder = path if path.is_dir() else path.parent
    # Told by names alone: to open and close a database would drop SQLite's locks on it.
    shops = [file for file in _files(folder) if file != path and _may_be_shop(file)]
    if close := get_close_matches(path.name, [file.name for file in shops], n=1):
        return folder / close[0]
    if len(shops) == 1:
        return shops[0]
    return next((own for own in databases() if own != path and own.is_file()), None)


def _files(folder: Path) -> list[Path]:
    try:
        return [file for file in folder.iterdir() if file.is_file()]
    except OSError:
        return []


def _may_be_shop(file: Path) -> bool:
    if "-replaced-" in file.name or side_file_owner(file):
        return False
    return file.suffix in _ENDINGS or os.path.lexists(lock_file(file))
