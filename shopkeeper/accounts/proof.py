"""Proof that somebody knows an account's password. Wherever it is asked for, guessing is slowed down alike.

It takes two transactions, because a hash is slow and a write lock is precious: the first counts a failure, whatever
comes; then the hash is compared; the second, which does what the password was asked for, wipes the failures out.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from shopkeeper import log
from shopkeeper.accounts import passwords, throttle
from shopkeeper.accounts.model import Account
from shopkeeper.accounts.tables import account
from shopkeeper.database.engine import Database
from shopkeeper.errors import AuthenticationFailed, TooManyAttempts

_OF_EMAIL = select(account).where(account.c.email_key == bindparam("email_key"))
_HASH_OF = select(account.c.password_hash).where(account.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody knew the password of this account a moment ago."""

    account: Account
    email_key: str
    password_hash: str = field(repr=False)

    def confirm(self, connection: Connection, account_id: int) -> None:
        """In the transaction that it was asked for: it still holds of this account, and its failures are forgotten.

        Raises:
            AuthenticationFailed: The password was changed since, or the account deleted.
        """
        if connection.scalar(_HASH_OF, {"id": account_id}) != self.password_hash:
            raise AuthenticationFailed("The password was changed a moment ago. Try again.")
        throttle.succeeded(connection, self.email_key)


def prove(database: Database, email_key: str, password: str, now: datetime) -> Proof | None:
    """The proof, if this is the password of the account with this email; where there is none, it takes as long.

    Raises:
        TooManyAttempts: Others failed before; `retry_after` is how many seconds to wait.
    """
    try:
        with database.write() as connection:
            throttle.begin_attempt(connection, email_key, now)
            found = connection.execute(_OF_EMAIL, {"email_key": email_key}).one_or_none()
    except TooManyAttempts:
        log.warn("sign_in_held_up", email=log.digest(email_key))
        raise
    if not passwords.fits(password, found.password_hash if found else None) or not found:
        log.warn("sign_in_failed", email=log.digest(email_key))
        return None
    return Proof(Account(found.id, found.email, found.name, found.created_at), email_key, found.password_hash)
