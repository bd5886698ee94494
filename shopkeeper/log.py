"""The log: one JSON object a line, in files of its owner's that take turns.

A program that uses the shop as a library gets the same events from the logger `shopkeeper`, and nothing is written
until it says where. Facts are names and numbers: never a password, a token, a card, a query's parameters or what
stood in a form.
"""
from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

Fact = str | int | bool | None

NAME = "shopkeeper.log"

_LONGEST = 500  # characters of a fact
_FACTS = "facts"

_logger = logging.getLogger("shopkeeper")
_logger.addHandler(logging.NullHandler())  # without it, warnings of a shop without a log would go to stderr


def event(name: str, *, level: int = logging.INFO, **facts: Fact) -> None:
    """Notes that something happened. Never fails: a log that cannot be written stops nobody."""
    _logger.log(level, name, extra={_FACTS: facts})


def warn(name: str, **facts: Fact) -> None:
    """Notes what the owner may want to look into."""
    event(name, level=logging.WARNING, **facts)


def digest(secret: str) -> str:
    """Tells apart what must not be read, such as the email of a login that failed."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def begin(folder: Path) -> None:
    """Writes the log into this folder from now on: the file is made when there is something to write."""
    from shopkeeper.log_file import LogFile

    end()
    handler = LogFile(folder / NAME)
    handler.setFormatter(_Lines())
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    _logger.propagate = False  # what a library prints to stderr would be painted over the screen


def end() -> None:
    """Writes no log from now on."""
    for handler in [each for each in _logger.handlers if not isinstance(each, logging.NullHandler)]:
        _logger.removeHandler(handler)
        with suppress(OSError):  # what could not be written is lost
            handler.close()
    _logger.propagate = True


class _Lines(logging.Formatter):
    """A record as a line. JSON in ASCII: whatever a fact holds, it begins no line and steers no terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {name: _short(fact) for name, fact in getattr(record, _FACTS, {}).items()}
        line = {"at": at, "level": record.levelname.lower(), "event": record.msg, "process": record.process} | facts
        return json.dumps(line).replace("\x7f", "\\u007f")  # the one control character that JSON lets through


def _short(fact: Fact) -> Fact:
    return f"{fact[:_LONGEST]}…" if isinstance(fact, str) and len(fact) > _LONGEST else fact
