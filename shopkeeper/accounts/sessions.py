"""Sessions: a secret token at the shopper's side, its digest in the database.

A session ends when it is not used for a while, and after some time even so. To note each use would make a write of
every read: it is noted when a session is resumed and when it changes something, and once an hour at most.

An account's token changes once a day, when the session is resumed: a copy of it that somebody took is worth no more
than that. A guest's token stays what it is. It is all that leads to the guest's cart, and leads to nothing else; a
crash between a new token and the file that keeps it would lose the cart.

Clocks run ahead or behind, and are set right. An account's session that was noted in the future counts as noted now.
A guest's is not shortened, for its cart would go with it: one that a clock lets end lives again once that is set right.
"""
from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, or_, select, text, update

from shopkeeper.accounts.model import Account, Session, SessionInfo, Shopper
from shopkeeper.accounts.tables import account, session
from shopkeeper.clock import is_recent

ACCOUNT_LIFETIME = timedelta(days=30)
ACCOUNT_IDLE = timedelta(days=14)
GUEST_LIFETIME = timedelta(days=90)  # used or not

_NOTED_EVERY = timedelta(hours=1)
_TOKEN_LIFETIME = timedelta(days=1)

_LIVE = (
    select(session.c.shopper_id, session.c.expires_at, session.c.seen_at, session.c.token_at, account.c.id,
           account.c.email, account.c.name, account.c.created_at)
    .select_from(session.outerjoin(account, account.c.id == session.c.shopper_id))
    .where(session.c.token_hash == bindparam("token_hash"), session.c.idle_until > bindparam("now"))
)

_LATEST_END = select(func.max(session.c.idle_until))
_OF_ACCOUNT = exists().where(account.c.id == session.c.shopper_id)
# The cart belongs to a room above; the question is asked of the database, not of that room.
_WITHOUT_CART = text("NOT EXISTS (SELECT 1 FROM cart WHERE cart.shopper_id = session.shopper_id)")


class Live(NamedTuple):
    """A session that lives: whose it is, until when at most, when it was last seen, and since when it has its token."""

    shopper: Shopper
    expires_at: datetime
    seen_at: datetime
    token_at: datetime

    def is_noted(self, now: datetime) -> bool:
        """Whether this use need not be written down."""
        return is_recent(self.seen_at, now, _NOTED_EVERY)

    def keeps_token(self, now: datetime) -> bool:
        """Whether its token is young enough, or a guest's."""
        return self.shopper.account is None or is_recent(self.token_at, now, _TOKEN_LIFETIME)


def start(connection: Connection, shopper: Shopper, now: datetime) -> Session:
    """A new session of this shopper."""
    token = secrets.token_urlsafe(32)
    expires_at = now + ACCOUNT_LIFETIME if shopper.account else _guest_expiry(connection, now)
    connection.execute(insert(session).values(
        token_hash=_digest(token), id=secrets.token_hex(8), shopper_id=shopper.id, created_at=now, token_at=now,
        seen_at=now, idle_until=_idle_until(shopper, expires_at, now), expires_at=expires_at))
    return Session(token, shopper.account, expires_at)


def find(connection: Connection, token: str, now: datetime) -> Live | None:
    """The session with this token, if it lives. One statement: every request asks this."""
    row = connection.execute(_LIVE, {"token_hash": _digest(token), "now": now}).one_or_none()
    if row is None:
        return None
    holder = None if row.id is None else Account(row.id, row.email, row.name, row.created_at)
    expires_at = min(row.expires_at, now + ACCOUNT_LIFETIME) if holder else row.expires_at
    return Live(Shopper(row.shopper_id, holder), expires_at, row.seen_at, row.token_at)


def note(connection: Connection, token: str, live: Live, now: datetime) -> None:
    """Notes that a session is used now."""
    connection.execute(update(session).where(session.c.token_hash == _digest(token)).values(
        seen_at=now, idle_until=_idle_until(live.shopper, live.expires_at, now), expires_at=live.expires_at))


def renew(connection: Connection, token: str, now: datetime) -> str:
    """Gives a session another token, which is answered; the one before is dead."""
    new = secrets.token_urlsafe(32)
    connection.execute(update(session).where(session.c.token_hash == _digest(token)).values(
        token_hash=_digest(new), token_at=now))
    return new


def all_of(connection: Connection, shopper_id: int, token: str, now: datetime) -> tuple[SessionInfo, ...]:
    """The sessions of this account that live, the last used first; `token` is that of the current one."""
    living = (select(session).where(session.c.shopper_id == shopper_id, session.c.idle_until > now)
              .order_by(session.c.seen_at.desc(), session.c.created_at.desc(), session.c.id))
    current = _digest(token)
    return tuple(SessionInfo(row.id, min(row.created_at, now), min(row.seen_at, now),
                             min(row.expires_at, now + ACCOUNT_LIFETIME), row.token_hash == current)
                 for row in connection.execute(living))


def end(connection: Connection, token: str) -> None:
    """Ends the session with this token, if there is one."""
    connection.execute(delete(session).where(session.c.token_hash == _digest(token)))


def end_one_of(connection: Connection, shopper_id: int, id_: str) -> bool:
    """Ends the session of this shopper that is called so; false where there is none."""
    ended = connection.execute(delete(session).where(session.c.shopper_id == shopper_id, session.c.id == id_))
    return bool(ended.rowcount)


def end_others_of(connection: Connection, shopper_id: int, token: str) -> None:
    """Ends every session of this shopper but the one with this token."""
    connection.execute(delete(session).where(
        session.c.shopper_id == shopper_id, session.c.token_hash != _digest(token)))


def end_all_of(connection: Connection, shopper_id: int) -> None:
    """Ends every session of this shopper."""
    connection.execute(delete(session).where(session.c.shopper_id == shopper_id))


def end_all_of_accounts(connection: Connection) -> None:
    """Ends every session but those of guests."""
    connection.execute(delete(session).where(session.c.shopper_id.in_(select(account.c.id))))


def sweep(connection: Connection, now: datetime) -> None:
    """Remove the sessions whose time is over, and shorten those of accounts that a clock gave too long a time.

    A guest's session that leads to a cart stays: what one look at one clock says is no reason to lose a cart.
    """
    connection.execute(delete(session).where(session.c.idle_until <= now, or_(_OF_ACCOUNT, _WITHOUT_CART)))
    too_long = session.c.idle_until > now + ACCOUNT_IDLE
    connection.execute(update(session).where(_OF_ACCOUNT, too_long).values(
        idle_until=now + ACCOUNT_IDLE, expires_at=now + ACCOUNT_LIFETIME))


def _guest_expiry(connection: Connection, now: datetime) -> datetime:
    """Return when a new guest's session ends: not before the others, if this clock runs behind them."""
    latest: datetime | None = connection.scalar(_LATEST_END)
    return max(now + GUEST_LIFETIME, latest or now)


def _idle_until(shopper: Shopper, expires_at: datetime, now: datetime) -> datetime:
    return min(now + ACCOUNT_IDLE, expires_at) if shopper.account else expires_at


def _digest(token: str) -> str:
    # A token is random enough to need no slow hash: whoever reads the database cannot turn the digest back.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
