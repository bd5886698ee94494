"""Where things are on this machine."""
from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs

from shopkeeper.errors import DatabaseUnavailable

_APP = "shopkeeper"


_NOWHERE = Path(os.devnull) / _APP
"""Where nothing can be kept: to use it is an OSError, as with a folder that cannot be written."""


def default_database() -> str:
    """`SHOPKEEPER_DB` if it is set, else `shop.db` in the user's data folder. Raises DatabaseUnavailable: no home."""
    return os.environ.get("SHOPKEEPER_DB") or str(_own_database())


def database_address(url: str | None) -> str:
    """The address that was given, or where none was, that of `default_database`. Raises as that does."""
    return default_database() if url is None else url


def databases() -> list[Path]:
    """The files of the shops that are opened without `--db`: in `SHOPKEEPER_DB`, and in the user's data folder."""
    with suppress(DatabaseUnavailable):
        named = os.environ.get("SHOPKEEPER_DB", "")
        return [*([Path(named).absolute()] if named and "://" not in named else []), _own_database()]
    return []


def state_folder() -> Path:
    """Where a terminal remembers who was logged in, and the theme."""
    return _folder(platformdirs.user_state_path)


def log_folder() -> Path:
    """Where the log and the reports of crashes are."""
    return _folder(platformdirs.user_log_path)


def _own_database() -> Path:
    try:
        return platformdirs.user_data_path(_APP) / "shop.db"
    except RuntimeError as error:
        raise DatabaseUnavailable("It is not known where your home folder is. Set HOME, or name the shop's database by"
                                  " --db.") from error


def _folder(of_app: Callable[[str], Path]) -> Path:
    try:
        return of_app(_APP)
    except RuntimeError:  # nobody knows where the home folder is
        return _NOWHERE


def data_folder() -> Path:
    """The sample catalog and its pictures: inside an installed wheel, beside the packages in a checkout."""
    package = Path(__file__).parent
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"
