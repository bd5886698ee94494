"""Column types that mean the same in SQLite's STRICT tables and in PostgreSQL.

Every stored value is decoded here: what no service can have written raises `DamagedValue`, which names its column.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


class DamagedValue(Exception):
    """A stored value is not what its column holds: `column` is its table and name, `problem` says what is wrong."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"{column} {problem}")
        self.column = column
        self.problem = problem


class StoredType(TypeDecorator[T], Generic[T]):
    """A type whose values are checked when they are read. `table()` tells it its `column`."""

    cache_ok = True
    column = "a value"

    def decode(self, value: Any) -> T:
        """The value that is stored as `value`, which is not NULL. Raises DamagedValue."""
        raise NotImplementedError

    def damaged(self, problem: str) -> DamagedValue:
        """What to raise for a value that cannot be."""
        return DamagedValue(self.column, problem)

    def process_result_value(self, value: Any, _dialect: Dialect) -> T | None:
        return None if value is None else self.decode(value)


class Int(StoredType[int]):
    """A 64-bit integer: ids, minor units, counts."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())

    def decode(self, value: Any) -> int:
        if value.__class__ is not int:
            raise self.damaged("is not an integer")
        number: int = value
        return number

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], Any] | None:
        """Checks one class: a server checks its own values, and sums are other numbers there."""
        return None if dialect.name == "postgresql" else _only(int, self.decode)


class Str(StoredType[str]):
    """A text of any length."""

    impl = Text
    cache_ok = True

    def decode(self, value: Any) -> str:
        if value.__class__ is not str:
            raise self.damaged("is not a text")
        text: str = value
        return text

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], Any] | None:
        """Checks one class, as `Int`."""
        return None if dialect.name == "postgresql" else _only(str, self.decode)


class OneOf(StoredType[str]):
    """One of a few words."""

    impl = Text
    cache_ok = True

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def decode(self, value: Any) -> str:
        if value not in self.words:
            raise self.damaged(f"is not one of {', '.join(self.words)}")
        return str(value)


class Currency(StoredType[str]):
    """A currency's code, as ISO 4217 writes them."""

    impl = Text
    cache_ok = True

    def decode(self, value: Any) -> str:
        if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
            raise self.damaged("is not a currency")
        return value


class Json(StoredType[T]):
    """What is kept as JSON: `encode` makes plain values of it, and `decode_plain` makes it of plain values again.

    Where they do not fit, `decode_plain` raises ValueError, TypeError, KeyError or ArithmeticError.
    """

    impl = Text
    cache_ok = True

    def __init__(self, encode: Callable[[T], object], decode_plain: Callable[[Any], T]) -> None:
        super().__init__()
        self.encode = encode
        self.decode_plain = decode_plain

    def process_bind_param(self, value: T | None, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(self.encode(value), ensure_ascii=False)

    def decode(self, value: Any) -> T:
        try:
            plain = json.loads(value)
            json.dumps(plain, ensure_ascii=False).encode()  # JSON can spell what is no text
            return self.decode_plain(plain)
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
            raise self.damaged("is not the JSON that belongs there") from error


class Time(StoredType[datetime]):
    """A moment in UTC, kept as whole microseconds since 1970."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def decode(self, value: Any) -> datetime:
        if value.__class__ is not int or not 0 <= value < _LATEST:
            raise self.damaged("is not a moment")
        return _EPOCH + timedelta(microseconds=value)


def microseconds(moment: datetime) -> int:
    """The moment as it is kept: microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Flag(StoredType[bool]):
    """True or false, kept as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, _dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def decode(self, value: Any) -> bool:
        if value.__class__ is not int or value not in (0, 1):
            raise self.damaged("is neither 1 nor 0")
        return bool(value)


def _only(kind: type, decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A check as short as can be: every value of every row goes through it."""
    return lambda value: value if value.__class__ is kind or value is None else decode(value)
