"""Where things are on this machine."""
from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "shopkeeper"


def default_database() -> str:
    """`SHOPKEEPER_DB` if it is set, else `shop.db` in the user's data folder."""
    return os.environ.get("SHOPKEEPER_DB") or str(platformdirs.user_data_path(_APP) / "shop.db")


def state_folder() -> Path:
    """Where a terminal remembers who was logged in, and the theme."""
    return platformdirs.user_state_path(_APP)


def log_folder() -> Path:
    """Where the log and the reports of crashes are."""
    return platformdirs.user_log_path(_APP)


def data_folder() -> Path:
    """The sample catalog and its pictures: inside an installed wheel, beside the packages in a checkout."""
    package = Path(__file__).parent
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"
