"""Reports of what broke in the program itself: enough to mend it, and nothing that anybody typed.

Messages of errors, variables and source lines stand in no report, for any of them may quote a password, a card or a
query's parameters, and no pattern finds them all. What does: types, modules, functions, line numbers, versions, the
names of actions, and the codes that systems give their errors.
"""
from __future__ import annotations

import errno
import logging
import os
import platform
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from traceback import walk_tb
from typing import ClassVar

from shopkeeper import log
from shopkeeper.config import log_folder
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.errors import ShopError
from shopkeeper.files import private_descriptor, private_folder

_KEPT = 20
_ENDS = 40
_LIBRARIES = ("shopkeeper", "textual", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in it, and where it is: a path, or why there is none."""

    exit_code: ClassVar[int] = 70  # EX_SOFTWARE of sysexits.h: the program itself is broken

    id: str
    kind: str
    text: str
    place: str

    @property
    def told(self) -> str:
        """What somebody reads who was just thrown out of the shop."""
        return (f"Something in shopkeeper itself is broken ({self.kind}). Nothing half done is kept.\n"
                f"Report {self.id}: {self.place}\n"
                "It holds no password, no card and nothing else that was typed: you can pass it on.")


def report(error: BaseException, actions: Iterable[str] = ()) -> Report:
    """Writes a report of an error (0600), and a line into the log. Never fails: a report may have no file."""
    name, kind = secrets.token_hex(4), _kind(error)
    text = "\n".join([f"Shopkeeper: report {name}", *_versions(), "", *_told(error), "", "Last actions, newest last:",
                      *(f"  {each}" for each in actions), ""])
    try:
        place = str(_written(name, text))
    except OSError as refused:
        place = f"no file could be written ({refused.strerror})"
    log.event("crashed", level=logging.ERROR, id=name, kind=kind)
    return Report(name, kind, text, place)


def _versions() -> Iterator[str]:
    driver = sqlite_driver()
    yield f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} on {platform.platform()}"
    yield f"python {platform.python_version()}"
    yield from (f"{each} {_version(each)}" for each in _LIBRARIES)
    yield f"sqlite {driver.sqlite_version} ({driver.__name__})"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _told(error: BaseException) -> Iterator[str]:
    """The error and what led to it, the latest first."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        if seen:
            yield "after:"
        seen.add(id(following))
        yield " ".join([_kind(following), *_codes(following)])
        yield from _shortened([f"  {_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
                               for frame, line in walk_tb(following.__traceback__)])
        if isinstance(following, BaseExceptionGroup):
            for part in following.exceptions:
                yield from ("of which:", *_told(part))
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _codes(error: BaseException) -> Iterator[str]:
    if isinstance(error, ShopError):
        yield error.code
    if isinstance(error, OSError) and error.errno is not None:
        yield errno.errorcode.get(error.errno, str(error.errno))
    if sqlite := getattr(error, "sqlite_errorname", None):
        yield sqlite


def _shortened(stack: list[str]) -> list[str]:
    """Without the middle of one that is very deep."""
    deepest = 2 * _ENDS
    return stack if len(stack) <= deepest else [*stack[:_ENDS], f"  … {len(stack) - deepest} more …", *stack[-_ENDS:]]


def _place(file: str) -> str:
    """A file as it is imported: `tui/app.py`, and not where somebody keeps it."""
    roots = sorted((root for root in sys.path if root and file.startswith(f"{root}/")), key=len)
    return file.removeprefix(f"{roots[-1]}/") if roots else file


def _written(name: str, text: str) -> Path:
    folder = private_folder(log_folder())
    path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}.txt"
    with os.fdopen(private_descriptor(path, os.O_WRONLY | os.O_EXCL), "w", encoding="utf-8",
                   errors="backslashreplace") as file:
        file.write(text)
    for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
        with suppress(OSError):  # the new report stands all the same
            old.unlink(missing_ok=True)
    return path
