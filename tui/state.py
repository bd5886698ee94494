"""What this terminal remembers between two visits: who was logged in to which shop, and the theme.

All terminals of one user share it. Each reads and writes it alone, for a session's token changes now and then: who
read it before and writes it after would bring back a token that is dead.
"""
from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopkeeper.files import make_private_folder

_MAX_BYTES = 1_000_000

LOCK_TIMEOUT_SECONDS = 3.0
"""Another terminal asks the shop meanwhile, which takes milliseconds; but it may be stopped there, by `ctrl+z`."""

_LOCK_RETRY_SECONDS = 0.02


class TerminalState:
    """A small private file (0600). A file that cannot be read, or is somebody else's, counts as empty.

    Before another one takes its place, it is put aside: someone may want what it holds.

    Args:
        folder: Where it is.
        lock_timeout_seconds: How long to wait for another terminal that changes it; then nothing can be written.
    """

    def __init__(self, folder: Path, *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> None:
        self._path = folder / "terminal.json"
        self._lock_timeout_seconds = lock_timeout_seconds
        self._values: dict[str, Any] = self._read()

    @property
    def theme(self) -> str | None:
        """The theme's name, if one was chosen."""
        theme: str | None = self._values.get("theme")
        return theme

    @property
    def has_tokens(self) -> bool:
        """Whether there is a session in any shop."""
        return bool(self._tokens())

    def token(self, shop_id: str) -> str | None:
        """The session's token in that shop."""
        return self._tokens().get(shop_id)

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

    def _tokens(self) -> dict[str, str]:
        return dict(self._values.get("tokens", {}))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other terminal reads or writes, with what the last one wrote."""
        make_private_folder(self._path.parent)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            self._lock(lock)
            self._values = self._read()
            yield
        finally:
            os.close(lock)

    def _lock(self, file: int) -> None:
        deadline = time.monotonic() + self._lock_timeout_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(errno.ETIMEDOUT, "another terminal is changing it") from None
            time.sleep(_LOCK_RETRY_SECONDS)

    def _read(self) -> dict[str, Any]:
        try:
            content = self._content()
            values = json.loads(content) if content else {}
        except FileNotFoundError:
            values = {}
        except (OSError, ValueError, RecursionError):  # the last one: lists within lists
            values = None
        known = _known(values) if isinstance(values, dict) else {}
        self._loses_something = known != values
        return known

    def _content(self) -> str:
        """Return the text of the file. Raises OSError or ValueError: it is no file of ours, or no text."""
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_size > _MAX_BYTES:
                raise ValueError("no file that a terminal wrote")
            return os.read(descriptor, _MAX_BYTES).decode()
        finally:
            os.close(descriptor)

    def _write(self, changes: dict[str, Any]) -> None:
        beside = self._path.with_suffix(".new")
        beside.unlink(missing_ok=True)  # a crash left it: nobody else writes now
        self._values |= changes
        only_ours = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(beside, only_ours, 0o600), "w", encoding="utf-8") as file:
            json.dump(self._values, file)
        if self._loses_something and not self._path.is_dir():
            self._path.rename(self._unused_path())
        beside.replace(self._path)

    def _unused_path(self) -> Path:
        """Return where nothing is yet: `terminal.unread`, `terminal.unread-2` …"""
        paths = (self._path.with_suffix(f".unread{number}") for number in ("", *(f"-{n}" for n in range(2, 1000))))
        return next(path for path in paths if not os.path.lexists(path))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Return what of the values a terminal writes: the theme, and the tokens by shop."""
    theme, tokens = values.get("theme"), values.get("tokens")
    texts = {shop: token for shop, token in tokens.items() if _is_text(token)} if isinstance(tokens, dict) else None
    return ({"theme": theme} if _is_text(theme) else {}) | ({} if texts is None else {"tokens": texts})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isascii()
