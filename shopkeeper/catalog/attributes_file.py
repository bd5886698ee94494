"""The attributes file (TOML): what the shop's attributes are called, their types, units, and the order of choices.

```toml
[size]
label = "Size"
type = "choice"            # text, number, boolean, choice or color
aliases = ["Sizes"]
choices = ["S", "M", { label = "L", hex = "#1f1f23" }]
```
"""
from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Connection

from shopkeeper.catalog import lengths
from shopkeeper.catalog.colors import hex_of
from shopkeeper.catalog.model import AttributeType, Choice
from shopkeeper.catalog.vocabulary import Vocabulary, alias_key
from shopkeeper.errors import ImportFailed, Problem
from shopkeeper.files import given
from shopkeeper.text import clean, fold

_TYPES = get_args(AttributeType)
_KEYS = {"label", "type", "unit", "aliases", "choices"}
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LARGEST = 2**20
_MOST = 10_000
# The parser's time grows with the square of a name's parts; none of ours has more than two.
_MANY_PARTS = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}""")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the file."""

    code: str
    label: str
    type: AttributeType
    unit: str
    aliases: tuple[str, ...]
    choices: tuple[Choice, ...]


def read(path: Path) -> list[Entry]:
    """The attributes that the file describes.

    Raises:
        ImportFailed: It cannot be read, or says something that has no meaning; the message names the attribute.
    """
    with given(path, at_most=_LARGEST) as file:
        data = file.read(_LARGEST)
    try:
        tables = tomllib.loads(_text_of(data))
    except ValueError as error:  # wrong TOML, and text that is not UTF-8
        raise ImportFailed(f"{path} is no TOML file: {error}.") from error
    except RecursionError as error:
        raise ImportFailed(f"{path} is no attributes file: its brackets stand too deep in each other.") from error
    try:
        return [_entry(code, table) for code, table in tables.items()]
    except ValueError as error:
        raise _refused(path, str(error)) from error


def save(connection: Connection, path: Path, entries: list[Entry]) -> None:
    """Adds the attributes to the vocabulary, or brings those that are there up to date. What is not named stays.

    Raises:
        ImportFailed: A name means another attribute already.
    """
    vocabulary = Vocabulary(connection)
    for entry in entries:
        try:
            _save(vocabulary, entry)
        except ValueError as error:
            raise _refused(path, str(error)) from error


def _save(vocabulary: Vocabulary, entry: Entry) -> None:
    found = vocabulary.find(entry.code)
    if found is None:
        found = vocabulary.add(entry.code, entry.label, type=entry.type, unit=entry.unit)
    elif found.code != entry.code:
        raise ValueError(f"[{entry.code}] means the attribute {found.code} already; give it a name of its own")
    for name in (entry.label, *entry.aliases):
        meant = vocabulary.find(name)
        if meant is None:
            vocabulary.add_alias(found, name)
        elif meant.id != found.id:
            raise ValueError(f"[{entry.code}]: {name!r} means the attribute {meant.code} already")
    vocabulary.change(found, label=entry.label, type=entry.type, unit=entry.unit)
    vocabulary.list_choices(found, list(entry.choices))


def _text_of(data: bytes) -> str:
    text = data.decode("utf-8-sig")
    parts = _MANY_PARTS.search(text)
    if parts:
        raise ValueError(f"there is a name of too many parts (at line {text.count(chr(10), 0, parts.start()) + 1})")
    return text


def _entry(code: str, table: Any) -> Entry:
    if not _CODE.fullmatch(code) or len(code) > lengths.NAME or not isinstance(table, dict):
        raise ValueError(f"{code!r:.80} is no attribute; write a table with a name such as [brewing_temperature]")
    unknown = sorted(table.keys() - _KEYS)
    if unknown:
        raise ValueError(f"[{code}] has {unknown[0]!r}, but there are only {', '.join(sorted(_KEYS))}")
    kind = table.get("type", "text")
    if kind not in _TYPES:
        raise ValueError(f"[{code}]: type is one of {', '.join(_TYPES)}, not {kind!r}")
    label = _text(code, "label", table.get("label", code.replace("_", " ").capitalize()))
    unit = _text(code, "unit", table["unit"]) if "unit" in table else ""
    aliases = tuple(_text(code, "aliases", each) for each in _list(code, "aliases", table))
    choices = tuple(_choice(code, kind, each) for each in _list(code, "choices", table))
    twice = [label for label, times in Counter(fold(each.label) for each in choices).items() if times > 1]
    if twice:
        raise ValueError(f"[{code}]: the choice {twice[0]!r} stands there twice")
    return Entry(code, label, kind, unit, tuple({alias_key(each): each for each in aliases}.values()), choices)


def _choice(code: str, kind: AttributeType, value: Any) -> Choice:
    if not isinstance(value, dict):
        value = {"label": value}
    if not value.keys() <= {"label", "hex"}:
        raise ValueError(f"[{code}]: a choice is a text or {{ label = \"…\", hex = \"#rrggbb\" }}")
    label = _text(code, "choices", value.get("label"))
    given = value.get("hex")
    if given is not None and not (isinstance(given, str) and _HEX.fullmatch(given)):
        raise ValueError(f"[{code}]: {given!r} is no color; write it like #1f1f23")
    return Choice(label, given or (hex_of(label) if kind == "color" else None))


def _list(code: str, key: str, table: dict[str, Any]) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"[{code}]: {key} is a list")
    if len(value) > _MOST:
        raise ValueError(f"[{code}]: {key} has {len(value):,} entries; at most {_MOST:,} can be")
    return value


def _text(code: str, key: str, value: Any) -> str:
    text = clean(value) if isinstance(value, str) else ""
    if not 1 <= len(text) <= lengths.NAME:
        raise ValueError(f"[{code}]: {key} takes a text of 1 to {lengths.NAME} characters, not {value!r:.80}")
    return text


def _refused(path: Path, message: str) -> ImportFailed:
    return ImportFailed(f"{path.name}: {message}. Nothing was changed.", [Problem(0, "", message)])
