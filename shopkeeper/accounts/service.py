"""Accounts: register, log in, resume, guests."""
from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from shopkeeper.accounts.model import Session, Shopper
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database


class Accounts:
    """Who is shopping. `on_sign_in(connection, guest_id, account_id)` is called in the sign-in's transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.on_sign_in: Callable[[Connection, int, int], None] = lambda _connection, _guest, _account: None

    def shopper(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is. Raises SessionExpired."""
        raise NotImplementedError

    def account_holder(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is, if it is an account's. Raises SessionExpired, LoginRequired."""
        raise NotImplementedError
