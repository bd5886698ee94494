"""Privacy: what the shop keeps of an account, as a file for its owner; and the account's end."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shopkeeper.accounts.model import Session
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.service import Carts
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidState
from shopkeeper.orders.anonymity import make_anonymous, number_under_way
from shopkeeper.orders.books import orders_of
from shopkeeper.output_files import write_file
from shopkeeper.privacy.plain_json import dumped
from shopkeeper.settings import Settings


class Privacy:
    """What an account may ask of the shop about itself."""

    def __init__(
        self, database: Database, settings: Settings, clock: Clock, accounts: Accounts, carts: Carts
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._accounts = accounts
        self._carts = carts

    def export(self, session: Session) -> str:
        """All that the shop keeps of the account, as JSON: who it is, its sessions, cart, orders and payments.

        Of what is kept as a digest there is nothing to read, and nothing is told: passwords, tokens, requests. Nor how
        often somebody failed to log in, which is forgotten after a day.

        Raises:
            SessionExpired, LoginRequired: Only of an account anything is kept.
        """
        logins = self._accounts.sessions(session)
        with self._database.read() as connection:
            mine = self._accounts.account_holder(connection, session)
            return dumped({
                "shop": self._settings.read(connection).name,
                "exported_at": self._clock(),
                "account": mine.account,
                "sessions": [{"created_at": each.created_at, "last_seen_at": each.last_seen_at,
                              "expires_at": each.expires_at} for each in logins],
                "cart": self._carts.read(connection, mine.id),
                "orders": [replace(each, digest="") for each in orders_of(connection, mine.id)],
            })

    def export_to(self, session: Session, path: Path) -> None:
        """Writes what `export` says into a file (0600). Raises as `export`, and InvalidInput: it cannot be written."""
        text = self.export(session)
        with write_file(path, private=True) as file:
            file.write(text)

    def delete_account(self, session: Session, password: str) -> None:
        """Deletes the account: name, email, password, sessions and cart. The email can be registered anew.

        Its orders stay for the books, but nobody can tell any more whose they were: the address is gone, so what was
        not sent yet can be sent no more.

        Raises:
            SessionExpired, LoginRequired: There is no account to delete.
            AuthenticationFailed: This is not its password.
            TooManyAttempts: After some failures one has to wait; `retry_after` is how many seconds.
            InvalidState: One of its payments or refunds is under way.
        """
        proof = self._accounts.proof(session, password)
        with self._database.write() as connection:
            mine = self._accounts.confirmed(connection, session, proof)
            under_way = number_under_way(connection, mine.id, self._clock())
            if under_way is None:
                make_anonymous(connection, mine.id)
                self._carts.discard(connection, mine.id)
                self._accounts.remove(connection, mine)
        if under_way is not None:
            raise InvalidState(f"A payment or refund of order {under_way} is under way. Try again once it is decided.",
                               number=under_way)
