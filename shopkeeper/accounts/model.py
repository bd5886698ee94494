"""Who is shopping."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who registered."""

    id: int
    email: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A shopper at the door: of an account, or of a guest (`account is None`).

    The token is a secret of 256 bits; it stands in no log and in no `repr`.
    """

    token: str = field(repr=False)
    account: Account | None
    expires_at: datetime

    @classmethod
    def of_token(cls, token: str) -> Session:
        """What a token stands for before anybody looked into it: services do, whenever they are called."""
        return cls(token, None, datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as its account may look at it; nobody can shop with this.

    `last_seen_at` is right to the hour. It ends at `expires_at`, or before if nobody uses it.
    """

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Shopper:
    """Whose cart and orders these are, as the rooms above know them."""

    id: int
    account: Account | None
