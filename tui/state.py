"""What this terminal remembers between two visits: who was logged in to which shop, and the theme.

All terminals of one user share it. Each reads and writes it alone, for a session's token changes now and then: who
read it before and writes it after would bring back a token that is dead.
"""
from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopkeeper.files import make_private_folder


class TerminalState:
    """A small private file (0600). A file that cannot be read, or is somebody else's, counts as empty."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "terminal.json"
        self._values: dict[str, Any] = self._read()

    @property
    def theme(self) -> str | None:
        """The theme's name, if one was chosen."""
        value = self._values.get("theme")
        return value if isinstance(value, str) else None

    @property
    def has_tokens(self) -> bool:
        """Whether there is a session in any shop."""
        return bool(self._tokens())

    def token(self, shop_id: str) -> str | None:
        """The session's token in that shop."""
        value = self._tokens().get(shop_id)
        return value if isinstance(value, str) else None

    def remember_theme(self, name: str) -> None:
        """Keeps the theme. Raises OSError where nothing can be written."""
        with self._alone():
            self._write({"theme": name})

    def remember_token(self, shop_id: str, token: str | None) -> None:
        """Keeps the token, or forgets it. Raises OSError where nothing can be written."""
        self.change_token(shop_id, lambda _before: token)

    def change_token(self, shop_id: str, change: Callable[[str | None], str | None]) -> None:
        """Keeps what `change` makes of the token; until it is kept, no other terminal sees either.

        Raises OSError where nothing can be written: before `change` is called, if the folder is to blame.
        """
        with self._alone():
            before = self.token(shop_id)
            after = change(before)
            if after != before:
                others = {shop: token for shop, token in self._tokens().items() if shop != shop_id}
                self._write({"tokens": others | ({shop_id: after} if after else {})})

    def _tokens(self) -> dict[str, Any]:
        tokens = self._values.get("tokens")
        return dict(tokens) if isinstance(tokens, dict) else {}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other terminal reads or writes, with what the last one wrote."""
        make_private_folder(self._path.parent)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._values = self._read()
            yield
        finally:
            os.close(lock)

    def _read(self) -> dict[str, Any]:
        try:
            with os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                ours = os.fstat(file.fileno()).st_uid == os.geteuid()
                values = json.loads(file.read().decode()) if ours else {}
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}

    def _write(self, changes: dict[str, Any]) -> None:
        beside = self._path.with_suffix(".new")
        beside.unlink(missing_ok=True)  # a crash left it: nobody else writes now
        self._values |= changes
        only_ours = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(beside, only_ours, 0o600), "w", encoding="utf-8") as file:
            json.dump(self._values, file)
        beside.replace(self._path)
