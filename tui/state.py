"""What this terminal remembers between two visits: who was logged in to which shop, and the theme."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class TerminalState:
    """A small private file (0600). A file that cannot be read counts as empty."""

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
        self._write({"theme": name})

    def remember_token(self, shop_id: str, token: str | None) -> None:
        """Keeps the token, or forgets it. Raises OSError where nothing can be written."""
        tokens = self._tokens()
        tokens.pop(shop_id, None)
        self._write({"tokens": tokens | ({shop_id: token} if token else {})})

    def _tokens(self) -> dict[str, Any]:
        tokens = self._values.get("tokens")
        return dict(tokens) if isinstance(tokens, dict) else {}

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}

    def _write(self, changes: dict[str, Any]) -> None:
        # Read again: another terminal may have written since.
        self._values = self._read() | changes
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(self._values, file)
        beside.replace(self._path)
