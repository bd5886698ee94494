"""Product CSV: what a cell says, or a `ValueError` that ends the sentence “The price …”: “is blank”."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal, TypeVar

from shopkeeper.catalog.html_text import decoded, text_of
from shopkeeper.catalog.pictures import picture as address_of
from shopkeeper.money import Money
from shopkeeper.numbers import parse_whole
from shopkeeper.text import clean
from shopkeeper.text import fold as folded

Status = Literal["active", "draft", "archived"]
Policy = Literal["deny", "continue"]
T = TypeVar("T")

_LONGEST_DESCRIPTION = 250_000
_MOST = 1_000_000_000
_DEAREST = 1_000_000_000_000  # minor units: a cart full of it still fits the database's integers
_DEEPEST = 10
_UNLISTED = "unlisted"
# This shop has no products that are sold, but in no list: as drafts they are not published by mistake.
_STATUSES: Mapping[str, Status] = {"": "active", "active": "active", "draft": "draft", "archived": "archived",
                                   _UNLISTED: "draft"}
_POLICIES: Mapping[str, Policy] = {"": "deny", "deny": "deny", "false": "deny", "continue": "continue",
                                   "true": "continue"}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def plain(text: str) -> str:
    """A line of text: entities decoded, blanks collapsed, what cannot be seen gone."""
    return clean(decoded(text)) if text else ""


# A file says the same again and again: labels, makers, flags, prices. Never for long texts: all of it is in memory.
_again = lru_cache(maxsize=4096)
name, fold, _clean = _again(plain), _again(folded), _again(clean)


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return not _clean(text)


def is_none(text: str) -> bool:
    """Whether it is the name of no type, category or the like."""
    return fold(text) in {"", "uncategorized"}


@_again
def path(text: str) -> tuple[str, ...]:
    """The names of a category and of those above it, from the root; none of `Uncategorized`."""
    names = tuple(filter(None, map(clean, name(text).split(">"))))
    if len(names) > _DEEPEST:
        raise ValueError(f"has {len(names)} levels; at most {_DEEPEST} can be")
    return () if is_none(" ".join(names)) else names


def is_unlisted(text: str) -> bool:
    """Whether it is the status of products that are sold to those who know their address, and in no list."""
    return fold(text) == _UNLISTED


def tags(text: str) -> tuple[str, ...]:
    """Tags apart by commas, each once in whatever case."""
    found: dict[str, str] = {}
    for tag in map(clean, plain(text).split(",")):
        found.setdefault(fold(tag), tag)
    return tuple(filter(None, found.values()))


def picture(cell: str) -> str:
    """The address of a picture."""
    return address_of(clean(cell)) if cell else ""


def description(html: str) -> str:
    """Text of what may be HTML."""
    if len(html) > _LONGEST_DESCRIPTION:
        raise ValueError(f"has {len(html):,} characters; at most {_LONGEST_DESCRIPTION:,} can be")
    return text_of(html)


@_again
def price(cell: str, currency: str) -> int:
    """Minor units."""
    text = clean(cell)
    if not text:
        raise ValueError("is blank")
    parsed = Money.parse(text, currency)
    if parsed.minor > _DEAREST:
        raise ValueError(f"is more than {Money(_DEAREST, currency)}")
    return parsed.minor


@_again
def quantity(cell: str) -> int | None:
    """How many there are; `None`: it does not say."""
    text = clean(cell)
    if not text:
        return None
    return _whole(text, -_MOST)


def position(cell: str) -> int:
    """The place of a picture; without one, behind all others."""
    text = clean(cell)
    return _whole(text, 0) if text else _MOST


def _whole(text: str, least: int) -> int:
    whole, _, fraction = text.partition(".")  # spreadsheets write 5.0
    return parse_whole(text if fraction.strip("0") else whole, least, _MOST)


def _one_of(values: Mapping[str, T], named: str) -> Callable[[str], T]:
    @_again
    def parse(cell: str) -> T:
        text = clean(cell)
        known = fold(text)
        if known not in values:
            raise ValueError(f"{text!r} is not {named}")
        return values[known]

    return parse


def _flag(default: T) -> Callable[[str], bool | T]:
    return _one_of({"": default, **_FLAGS}, "TRUE or FALSE")


status = _one_of(_STATUSES, "active, draft or archived")
policy = _one_of(_POLICIES, "deny or continue")
is_published, is_gift_card = _flag(True), _flag(False)
_SHIPPING = {default: _flag(default) for default in (True, False, None)}


def shipping(otherwise: bool | None) -> Callable[[str], bool | None]:
    """Return what reads whether a variant is shipped; `otherwise` where the cell does not say."""
    return _SHIPPING[otherwise]
