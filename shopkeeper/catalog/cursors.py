"""Where a page begins; and cursors: where one ended, as a token that only goes with the query it came from."""
from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

from shopkeeper.catalog.model import Query
from shopkeeper.catalog.words import words
from shopkeeper.errors import InvalidInput
from shopkeeper.text import hides

SortKey = tuple[int | str, ...]
"""What a product is sorted by, its id last: no two products have the same."""

_DIGEST = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a page begins: behind the sort key `after`; else so that `around` is on it; else at position `start`.

    Positions count from 0. `around` is a product's id: its page is the one that whole pages from the first one lead to.
    If the product is not in the result, `start` holds.
    """

    after: SortKey | None = None
    start: int = 0
    around: int | None = None


def encode(query: Query, last: SortKey) -> str:
    """The token for what comes after `last` in this query's result."""
    payload = urlsafe_b64encode(json.dumps(last).encode()).decode().rstrip("=")
    return _digest(query, payload) + payload


def decode(query: Query, token: str) -> SortKey:
    """What `encode` was given.

    Raises:
        InvalidInput: The token is damaged or came from another query.
    """
    digest, payload = token[:_DIGEST], token[_DIGEST:]
    last = _read(payload) if digest == _digest(query, payload) else ()
    if tuple(map(type, last)) != _shape(query) or not all(map(_can_be, last)):
        raise InvalidInput(fields={"cursor": "This is not where a page of this search ended."
                                             " Begin again with the first page."})
    return last


def _read(payload: str) -> SortKey:
    try:
        last = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):  # the digest is no secret: whoever makes a token up can have it right
        return ()
    return tuple(last) if isinstance(last, list) else ()


def _shape(query: Query) -> tuple[type, ...]:
    """The types of what this query's result is sorted by."""
    if query.sort == "newest":
        return (int, int)
    by_number = query.sort in {"price", "-price"} or (query.sort == "relevance" and words(query.text))
    return (int, str, int) if by_number else (str, int)


def _can_be(value: int | str) -> bool:
    return not hides(value) if isinstance(value, str) else abs(value) < 2**63


def _digest(query: Query, payload: str) -> str:
    options = {code.casefold(): sorted(label.casefold() for label in labels) for code, labels in query.options.items()}
    asked = [
        words(query.text),
        query.category,
        sorted(options.items()),
        [None if price is None else price.minor for price in (query.price_min, query.price_max)],
        query.in_stock,
        query.sort,
        payload,
    ]
    return blake2b(json.dumps(asked).encode(), digest_size=_DIGEST // 2).hexdigest()
