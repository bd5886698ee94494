"""Sessions: a secret token at the shopper's side, its digest in the database."""
from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from shopkeeper.accounts.model import Account, Session, Shopper
from shopkeeper.accounts.tables import account, session

ACCOUNT_LIFETIME = timedelta(days=30)
GUEST_LIFETIME = timedelta(days=90)

_LIVE = (
    select(session.c.shopper_id, session.c.expires_at, account.c.id, account.c.email, account.c.name,
           account.c.created_at)
    .select_from(session.outerjoin(account, account.c.id == session.c.shopper_id))
    .where(session.c.token_hash == bindparam("token_hash"), session.c.expires_at > bindparam("now"))
)


def start(connection: Connection, shopper: Shopper, now: datetime) -> Session:
    """A new session of this shopper."""
    token = secrets.token_urlsafe(32)
    expires_at = now + (ACCOUNT_LIFETIME if shopper.account else GUEST_LIFETIME)
    connection.execute(insert(session).values(token_hash=_digest(token), shopper_id=shopper.id, created_at=now,
                                              expires_at=expires_at))
    return Session(token, shopper.account, expires_at)


def find(connection: Connection, token: str, now: datetime) -> tuple[Shopper, datetime] | None:
    """Whose token this is and when it expires, if it lives. One statement: every request asks this."""
    row = connection.execute(_LIVE, {"token_hash": _digest(token), "now": now}).one_or_none()
    if row is None:
        return None
    holder = None if row.id is None else Account(row.id, row.email, row.name, row.created_at)
    return Shopper(row.shopper_id, holder), row.expires_at


def end(connection: Connection, token: str) -> None:
    """Ends the session with this token, if there is one."""
    connection.execute(delete(session).where(session.c.token_hash == _digest(token)))


def end_all_of(connection: Connection, shopper_id: int) -> None:
    """Ends every session of this shopper."""
    connection.execute(delete(session).where(session.c.shopper_id == shopper_id))


def end_all_of_accounts(connection: Connection) -> None:
    """Ends every session but those of guests."""
    connection.execute(delete(session).where(session.c.shopper_id.in_(select(account.c.id))))


def sweep(connection: Connection, now: datetime) -> None:
    """Removes the sessions whose time is over."""
    connection.execute(delete(session).where(session.c.expires_at <= now))


def _digest(token: str) -> str:
    # A token is random enough to need no slow hash: whoever reads the database cannot turn the digest back.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
