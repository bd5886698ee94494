"""Accounts: register, log in, log out, resume, guests."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from shopkeeper import log
from shopkeeper.accounts import details, passwords, sessions, throttle
from shopkeeper.accounts.model import Account, Session, Shopper
from shopkeeper.accounts.tables import account, shopper
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import AuthenticationFailed, EmailTaken, InvalidInput, LoginRequired, SessionExpired


class Accounts:
    """Who is shopping. `on_sign_in(connection, guest_id, account_id)` is called in the sign-in's transaction."""

    password_problem = staticmethod(passwords.problem)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.on_sign_in: Callable[[Connection, int, int], None] = lambda _connection, _guest, _account: None

    def register(self, email: str, password: str, *, name: str, guest: Session | None = None) -> Session:
        """A new account, logged in. What a live `guest` put into the cart comes along, and that session ends.

        Raises:
            InvalidInput: With a message for each of `email`, `password` and `name` that cannot be accepted.
            EmailTaken: There is an account with this email, in whatever case.
        """
        email, name = details.normal_email(email), details.normal_name(name)
        problems = {"email": details.email_problem(email),
                    "password": passwords.problem(password, email=email, name=name),
                    "name": details.name_problem(name)}
        if any(problems.values()):
            raise InvalidInput(fields={field: problem for field, problem in problems.items() if problem})
        password_hash = passwords.hashed(password)  # slow, and so before the transaction
        now = self._clock()
        with self._database.write() as connection:
            new = Account(_new_shopper(connection, now), email, name, now)
            _add(connection, new, password_hash)
            begun = self._sign_in(connection, new, guest, now)
        log.event("registered", account=new.id)
        return begun

    def login(self, email: str, password: str, *, guest: Session | None = None) -> Session:
        """A session of an account. What a live `guest` put into the cart comes along, and that session ends.

        Raises:
            AuthenticationFailed: There is no such email, or its password is another: which, is not told.
            TooManyAttempts: After some failures one has to wait; `retry_after` is how many seconds.
        """
        email = details.normal_email(email)
        key, now = details.email_key(email), self._clock()
        if details.email_problem(email):
            log.warn("sign_in_failed", email=log.digest(key))
            raise _no_match()
        with self._database.write() as connection:
            throttle.begin_attempt(connection, key, now)
            found = connection.execute(select(account).where(account.c.email_key == key)).one_or_none()
        if not passwords.fits(password, found.password_hash if found else None) or not found:
            log.warn("sign_in_failed", email=log.digest(key))
            raise _no_match()
        renewed = passwords.hashed(password) if passwords.outdated(found.password_hash) else None
        with self._database.write() as connection:
            throttle.succeeded(connection, key)
            sessions.sweep(connection, now)
            if renewed:
                connection.execute(update(account).where(account.c.id == found.id).values(password_hash=renewed))
            known = Account(found.id, found.email, found.name, found.created_at)
            begun = self._sign_in(connection, known, guest, now)
        log.event("signed_in", account=known.id)
        return begun

    def guest(self) -> Session:
        """A session without an account: it can browse and fill a cart, not check out."""
        now = self._clock()
        with self._database.write() as connection:
            return sessions.start(connection, Shopper(_new_shopper(connection, now), None), now)

    def resume(self, token: str) -> Session:
        """The session with this token.

        Raises:
            SessionExpired: It was logged out, its time is over, or there never was one.
        """
        with self._database.read() as connection:
            whose, expires_at = self._live(connection, token)
        return Session(token, whose.account, expires_at)

    def logout(self, session: Session) -> None:
        """Ends the session: its token is dead everywhere. The cart stays. Ending it twice is no error."""
        with self._database.write() as connection:
            sessions.end(connection, session.token)
        log.event("signed_out", account=session.account.id if session.account else None)

    def shopper(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is. Raises SessionExpired."""
        return self._live(connection, session.token)[0]

    def account_holder(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is, if it is an account's. Raises SessionExpired, LoginRequired."""
        whose = self.shopper(connection, session)
        if whose.account is None:
            raise LoginRequired("Log in first, or register.")
        return whose

    def _live(self, connection: Connection, token: str) -> tuple[Shopper, datetime]:
        found = sessions.find(connection, token, self._clock())
        if found is None:
            raise SessionExpired("This session has ended. Log in again.")
        return found

    def _sign_in(self, connection: Connection, account: Account, guest: Session | None, now: datetime) -> Session:
        was = sessions.find(connection, guest.token, now) if guest else None
        if was and was[0].account is None:
            self.on_sign_in(connection, was[0].id, account.id)
            sessions.end_all_of(connection, was[0].id)
        return sessions.start(connection, Shopper(account.id, account), now)


def _new_shopper(connection: Connection, now: datetime) -> int:
    return int(connection.execute(insert(shopper).values(created_at=now).returning(shopper.c.id)).scalar_one())


def _add(connection: Connection, new: Account, password_hash: str) -> None:
    try:
        connection.execute(insert(account).values(
            id=new.id, email=new.email, email_key=details.email_key(new.email), name=new.name,
            password_hash=password_hash, created_at=new.created_at))
    except IntegrityError as error:  # of the constraints, only the unique email depends on what was given
        raise EmailTaken("There is an account with this email. Log in, or use another email.") from error


def _no_match() -> AuthenticationFailed:
    return AuthenticationFailed("Email and password do not belong together. Check both and try again.")
