"""Slows down who guesses passwords: per email, whether there is such an account or not."""
from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, insert, select, update

from shopkeeper import log
from shopkeeper.accounts.tables import login_failure
from shopkeeper.errors import TooManyAttempts

_FREE = 5
_LONGEST = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(days=1)


def begin_attempt(connection: Connection, email_key: str, now: datetime) -> None:
    """Counts a try as failed until `succeeded` says otherwise, so that many at once cannot slip through.

    Raises:
        TooManyAttempts: Those before it failed, and the time to wait is not over.
    """
    connection.execute(delete(login_failure).where(login_failure.c.blocked_until <= now - _FORGOTTEN_AFTER))
    before = connection.execute(select(login_failure).where(login_failure.c.email_key == email_key)).one_or_none()
    if before and before.blocked_until > now:
        log.warn("sign_in_held_up", email=log.digest(email_key))
        raise TooManyAttempts(ceil((before.blocked_until - now).total_seconds()))
    failures = before.failures + 1 if before else 1
    counted = {"failures": failures, "blocked_until": now + delay(failures)}
    if before:
        connection.execute(update(login_failure).where(login_failure.c.email_key == email_key).values(counted))
    else:
        connection.execute(insert(login_failure).values(email_key=email_key, **counted))


def succeeded(connection: Connection, email_key: str) -> None:
    """Forgets the failures of this email."""
    connection.execute(delete(login_failure).where(login_failure.c.email_key == email_key))


def delay(failures: int) -> timedelta:
    """How long to wait after so many failures: none at first, then a second, doubling to a quarter of an hour."""
    if failures <= _FREE:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - _FREE - 1, 10)), _LONGEST)
