"""Slows down who guesses passwords: for each email, whether there is such an account or not, and for the whole shop.

The shop's own bucket is for those who try a few passwords at each of many emails. A failed try is a drop in it, and it
leaks a drop every ten seconds: a hundred can fail at once, and 8,640 a day. Where one login in ten fails, a shop
with 86,000 logins a day does not meet it. While it is full nobody logs in; who is logged in stays so.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, insert, select, update

from shopkeeper.accounts.tables import login_bucket, login_failure
from shopkeeper.errors import TooManyAttempts

_FREE = 5
_LONGEST = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(days=1)

_DROP = timedelta(seconds=10)
_FULL = 100 * _DROP


def begin_attempt(connection: Connection, email_key: str, now: datetime) -> None:
    """Counts a try as failed until `succeeded` says otherwise, so that many at once cannot slip through.

    Raises:
        TooManyAttempts: Those before it failed, and the time to wait is not over.
    """
    connection.execute(delete(login_failure).where(login_failure.c.blocked_until <= now - _FORGOTTEN_AFTER))
    before = connection.execute(select(login_failure).where(login_failure.c.email_key == email_key)).one_or_none()
    _check_wait(before.blocked_until if before else now, now, _LONGEST)
    _fill_bucket(connection, now)
    failures = before.failures + 1 if before else 1
    counted = {"failures": failures, "blocked_until": now + delay(failures)}
    if before:
        connection.execute(update(login_failure).where(login_failure.c.email_key == email_key).values(counted))
    else:
        connection.execute(insert(login_failure).values(email_key=email_key, **counted))


def succeeded(connection: Connection, email_key: str) -> None:
    """Forgets the failures of this email, and takes the last one out of the bucket."""
    connection.execute(delete(login_failure).where(login_failure.c.email_key == email_key))
    connection.execute(update(login_bucket).values(empty_at=_empty_at(connection) - _DROP))


def delay(failures: int) -> timedelta:
    """How long to wait after so many failures: none at first, then a second, doubling to a quarter of an hour."""
    if failures <= _FREE:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - _FREE - 1, 10)), _LONGEST)


def _fill_bucket(connection: Connection, now: datetime) -> None:
    empty_at = _empty_at(connection)
    level = empty_at - now
    if not timedelta() < level <= _FULL:
        empty_at = now
    _check_wait(empty_at - _FULL + _DROP, now, _DROP)
    connection.execute(update(login_bucket).values(empty_at=empty_at + _DROP))


def _empty_at(connection: Connection) -> datetime:
    found: datetime = connection.execute(select(login_bucket.c.empty_at)).scalar_one()
    return found


def _check_wait(until: datetime, now: datetime, longest: timedelta) -> None:
    # A longer wait than any is what a clock left that ran ahead: it must not lock everybody out until then.
    if now < until <= now + longest:
        raise TooManyAttempts(ceil((until - now).total_seconds()))
