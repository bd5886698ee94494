"""Accounts: register, log in, log out, resume, guests; and what one does with an account of one's own."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from shopkeeper import log
from shopkeeper.accounts import details, passwords, sessions
from shopkeeper.accounts.model import Account, Session, SessionInfo, Shopper
from shopkeeper.accounts.proof import Proof, prove
from shopkeeper.accounts.sessions import Live
from shopkeeper.accounts.tables import account, shopper
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import AuthenticationFailed, EmailTaken, InvalidInput, LoginRequired, NotFound, SessionExpired
from shopkeeper.settings import Settings


class Accounts:
    """Who is shopping. `on_sign_in(connection, guest_id, account_id)` is called in the sign-in's transaction."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self.on_sign_in: Callable[[Connection, int, int], None] = lambda _connection, _guest, _account: None

    def password_problem(self, password: str, *, email: str, name: str) -> str:
        """What is wrong with a new password and what to do about it, or an empty string: advice while one types."""
        return passwords.problem(password, email=email, name=name, shop=self._settings.name)

    def register(self, email: str, password: str, *, name: str, guest: Session | None = None) -> Session:
        """A new account, logged in. What a live `guest` put into the cart comes along, and that session ends.

        Raises:
            InvalidInput: With a message for each of `email`, `password` and `name` that cannot be accepted.
            EmailTaken: There is an account with this email, in whatever case.
        """
        email, name = details.normal_email(email), details.normal_name(name)
        _refuse({"email": details.email_problem(email),
                 "password": self.password_problem(password, email=email, name=name),
                 "name": details.name_problem(name)})
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
        email, now = details.normal_email(email), self._clock()
        proof = None if details.email_problem(email) else prove(
            self._database, details.email_key(email), password, now)
        if proof is None:
            raise AuthenticationFailed("Email and password do not belong together. Check both and try again.")
        renewed = passwords.hashed(password) if passwords.outdated(proof.password_hash) else None
        with self._database.write() as connection:
            proof.confirm(connection, proof.account.id)
            sessions.sweep(connection, now)
            if renewed:
                _keep_hash(connection, proof.account.id, renewed)
            begun = self._sign_in(connection, proof.account, guest, now)
        log.event("signed_in", account=proof.account.id)
        return begun

    def guest(self) -> Session:
        """A session without an account: it can browse and fill a cart, not check out."""
        now = self._clock()
        with self._database.write() as connection:
            return sessions.start(connection, Shopper(_new_shopper(connection, now), None), now)

    def resume(self, token: str, *, renew: bool = True) -> Session:
        """The session with this token. Once a day it gets another one: keep the one that is answered.

        `renew=False` is for who cannot keep another: the token stays what it is.

        Raises:
            SessionExpired: It was logged out, its time is over, or there never was one.
        """
        now = self._clock()
        with self._database.read() as connection:
            live = self._live(connection, token)
        keep = live.keeps_token(now) or not renew
        if not (keep and live.is_noted(now)):
            with self._database.write() as connection:
                live = self._live(connection, token)
                sessions.note(connection, token, live, now)
                token = token if keep else sessions.renew(connection, token, now)
        return Session(token, live.shopper.account, live.expires_at)

    def logout(self, session: Session) -> None:
        """Ends the session: its token is dead everywhere. The cart stays. Ending it twice is no error."""
        with self._database.write() as connection:
            sessions.end(connection, session.token)
        log.event("signed_out", account=session.account.id if session.account else None)

    # An account of one's own

    def sessions(self, session: Session) -> tuple[SessionInfo, ...]:
        """Where the account is logged in, the last used first. Raises SessionExpired, LoginRequired."""
        with self._database.read() as connection:
            mine = self.account_holder(connection, session)
            return sessions.all_of(connection, mine.id, session.token, self._clock())

    def end_session(self, session: Session, session_id: str) -> None:
        """Ends one of the account's sessions, as `sessions` calls it; its own, too.

        Raises:
            SessionExpired, LoginRequired: Only an account has a list of sessions.
            NotFound: It has no such session, or none any more.
        """
        with self._database.write() as connection:
            if not sessions.end_one_of(connection, self.account_holder(connection, session).id, session_id):
                raise NotFound("This session has ended already.")

    def logout_everywhere(self, session: Session) -> None:
        """Ends all sessions of the account, this one too. Raises SessionExpired, LoginRequired."""
        with self._database.write() as connection:
            sessions.end_all_of(connection, self.account_holder(connection, session).id)

    def change_password(self, session: Session, current: str, new: str) -> Session:
        """Another password: the account's other sessions end, and this one gets the token that is answered.

        Raises:
            SessionExpired, LoginRequired: Only an account has a password.
            InvalidInput: `new` cannot be accepted; the message says why.
            AuthenticationFailed: `current` is not the password.
            TooManyAttempts: After some failures one has to wait; `retry_after` is how many seconds.
        """
        mine = self._own(session)
        same = "This is the same password. Choose another." if new == current else ""
        _refuse({"new": same or self.password_problem(new, email=mine.email, name=mine.name)})
        proof = self.proof(session, current)
        password_hash = passwords.hashed(new)
        with self._database.write() as connection:
            mine = self.confirmed(connection, session, proof)
            _keep_hash(connection, mine.id, password_hash)
            sessions.end_others_of(connection, mine.id, session.token)
            token = sessions.renew(connection, session.token, self._clock())
            return Session(token, mine, self._live(connection, token).expires_at)

    def change_details(self, session: Session, *, name: str, email: str, password: str = "") -> Account:
        """The account with another name, and with another email if it is another: that takes the password.

        Raises:
            SessionExpired, LoginRequired: Only an account has them.
            InvalidInput: With a message for each of `name`, `email` and `password` that cannot be accepted.
            AuthenticationFailed: The email is another, and `password` is not the password.
            TooManyAttempts: After some failures one has to wait; `retry_after` is how many seconds.
            EmailTaken: There is another account with this email, in whatever case.
        """
        email, name = details.normal_email(email), details.normal_name(name)
        moves = email != self._own(session).email
        _refuse({"email": details.email_problem(email), "name": details.name_problem(name),
                 "password": "Type your password to change the email." if moves and not password else ""})
        proof = self.proof(session, password) if moves else None
        with self._database.write() as connection:
            mine = self.confirmed(connection, session, proof) if proof else self._holder(connection, session)
            changed = replace(mine, name=name, email=email if proof else mine.email)
            with _taken_if_refused():
                connection.execute(update(account).where(account.c.id == mine.id).values(
                    name=changed.name, email=changed.email, email_key=details.email_key(changed.email)))
        return changed

    # For other rooms, and mostly within their transactions

    def shopper(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is. Raises SessionExpired."""
        return self._live(connection, session.token).shopper

    def visitor(self, connection: Connection, session: Session) -> Shopper:
        """As `shopper`, in a transaction that writes: it is noted that the session is used."""
        live, now = self._live(connection, session.token), self._clock()
        if not live.is_noted(now):
            sessions.note(connection, session.token, live, now)
        return live.shopper

    def account_holder(self, connection: Connection, session: Session) -> Shopper:
        """Whose session this is, if it is an account's. Raises SessionExpired, LoginRequired."""
        whose = self.shopper(connection, session)
        if whose.account is None:
            raise LoginRequired("Log in first, or register.")
        return whose

    def proof(self, session: Session, password: str) -> Proof:
        """Proof that who holds the session knows the account's password. Guessing is slowed down as at login.

        Raises:
            SessionExpired, LoginRequired: Only an account has a password.
            AuthenticationFailed: It is another.
            TooManyAttempts: After some failures one has to wait; `retry_after` is how many seconds.
        """
        key = details.email_key(self._own(session).email)
        proof = prove(self._database, key, password, self._clock())
        if proof is None:
            raise AuthenticationFailed("This is not your password. Check it and try again.")
        return proof

    def confirmed(self, connection: Connection, session: Session, proof: Proof) -> Account:
        """Whose session this is, in the transaction that a proof was asked for.

        Raises:
            SessionExpired, LoginRequired: The session ended meanwhile.
            AuthenticationFailed: The password was changed meanwhile.
        """
        mine = self._holder(connection, session)
        proof.confirm(connection, mine.id)
        return mine

    def remove(self, connection: Connection, gone: Account) -> None:
        """Ends an account and its sessions. Its shopper stays, for the orders."""
        sessions.end_all_of(connection, gone.id)
        connection.execute(delete(account).where(account.c.id == gone.id))

    # Steps

    def _own(self, session: Session) -> Account:
        with self._database.read() as connection:
            return self._holder(connection, session)

    def _holder(self, connection: Connection, session: Session) -> Account:
        holder = self.account_holder(connection, session).account
        assert holder is not None  # by its name
        return holder

    def _live(self, connection: Connection, token: str) -> Live:
        found = sessions.find(connection, token, self._clock())
        if found is None:
            raise SessionExpired("This session has ended. Log in again.")
        return found

    def _sign_in(self, connection: Connection, account: Account, guest: Session | None, now: datetime) -> Session:
        was = sessions.find(connection, guest.token, now) if guest else None
        if was and was.shopper.account is None:
            self.on_sign_in(connection, was.shopper.id, account.id)
            sessions.end_all_of(connection, was.shopper.id)
        return sessions.start(connection, Shopper(account.id, account), now)


def _refuse(problems: Mapping[str, str]) -> None:
    found = {field: problem for field, problem in problems.items() if problem}
    if found:
        raise InvalidInput(fields=found)


def _new_shopper(connection: Connection, now: datetime) -> int:
    return int(connection.execute(insert(shopper).values(created_at=now).returning(shopper.c.id)).scalar_one())


def _add(connection: Connection, new: Account, password_hash: str) -> None:
    with _taken_if_refused():
        connection.execute(insert(account).values(
            id=new.id, email=new.email, email_key=details.email_key(new.email), name=new.name,
            password_hash=password_hash, created_at=new.created_at))


def _keep_hash(connection: Connection, account_id: int, password_hash: str) -> None:
    connection.execute(update(account).where(account.c.id == account_id).values(password_hash=password_hash))


@contextmanager
def _taken_if_refused() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:  # of the constraints, only the unique email depends on what was given
        raise EmailTaken("There is an account with this email. Log in, or use another email.") from error
