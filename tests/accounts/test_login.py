"""Logging in, sessions and guests."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, event, func, select, update

from shopkeeper import AuthenticationFailed, LoginRequired, Session, SessionExpired, TooManyAttempts
from shopkeeper.accounts import passwords, throttle
from shopkeeper.accounts.service import Accounts
from shopkeeper.accounts.sessions import ACCOUNT_LIFETIME, GUEST_LIFETIME
from shopkeeper.accounts.tables import account, login_failure, session
from shopkeeper.database.engine import Database
from shopkeeper.settings import Settings
from tests.conftest import FakeClock

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def accounts(database: Database, clock: FakeClock) -> Accounts:
    return Accounts(database, Settings(database), clock)


@pytest.fixture
def ada(accounts: Accounts) -> Session:
    return accounts.register(EMAIL, PASSWORD, name="Ada")


def fail(accounts: Accounts, email: str = EMAIL) -> None:
    with pytest.raises(AuthenticationFailed):
        accounts.login(email, "wrong")


def fail_before(database: Database, clock: FakeClock, times: int, email: str = EMAIL) -> None:
    """As many failures, without the time that their hashes take."""
    with database.write() as connection:
        for _ in range(times):
            throttle.begin_attempt(connection, email, clock())


def is_alive(accounts: Accounts, one: Session) -> bool:
    try:
        return accounts.resume(one.token, renew=False) == one
    except SessionExpired:
        return False


# Logging in

def test_login_gives_a_session_of_its_own(accounts: Accounts, ada: Session) -> None:
    again = accounts.login(" ADA@example.com ", PASSWORD)
    assert again.account == ada.account
    assert again.token != ada.token
    assert is_alive(accounts, again)
    assert is_alive(accounts, ada)


@pytest.mark.usefixtures("ada")
def test_a_wrong_password_and_an_unknown_email_sound_the_same(accounts: Accounts) -> None:
    messages = set()
    for email, password in [(EMAIL, "wrong"), ("eve@example.com", PASSWORD), ("no email", PASSWORD), (EMAIL, "x" * 300),
                            (EMAIL, "\ud800"), ("\ud800@example.com", PASSWORD), ("", "")]:
        with pytest.raises(AuthenticationFailed) as refused:
            accounts.login(email, password)
        messages.add((refused.value.message, str(refused.value.details)))
    assert len(messages) == 1


def test_an_unknown_email_costs_a_hash_as_a_known_one_does(monkeypatch: pytest.MonkeyPatch, accounts: Accounts) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "hashed", hashed.append)
    fail(accounts, "eve@example.com")
    assert hashed == ["wrong"]


@pytest.mark.usefixtures("ada")
def test_login_renews_a_hash_of_former_parameters(accounts: Accounts, database: Database) -> None:
    former = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.write() as connection:
        connection.execute(update(account).values(password_hash=former))
    accounts.login(EMAIL, PASSWORD)
    with database.read() as connection:
        renewed = connection.scalars(select(account.c.password_hash)).one()
    assert renewed != former
    assert passwords.fits(PASSWORD, renewed)
    assert not passwords.outdated(renewed)


@pytest.mark.usefixtures("ada")
def test_no_hash_is_computed_inside_a_transaction(
    accounts: Accounts, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_transactions: list[object] = []
    seen: list[int] = []
    fits, hashed = passwords.fits, passwords.hashed

    def watched_fits(password: str, password_hash: str | None) -> bool:
        seen.append(len(open_transactions))
        return fits(password, password_hash)

    def watched_hashed(password: str) -> str:
        seen.append(len(open_transactions))
        return hashed(password)

    event.listen(database.engine, "begin", open_transactions.append)
    for end in ("commit", "rollback"):
        event.listen(database.engine, end, lambda _connection: open_transactions.pop())
    monkeypatch.setattr(passwords, "fits", watched_fits)
    monkeypatch.setattr(passwords, "hashed", watched_hashed)
    accounts.login(EMAIL, PASSWORD)
    accounts.register("eve@example.com", PASSWORD, name="Eve")
    assert seen == [0, 0]


# Guessing is slowed down

def test_the_first_failures_cost_nothing_then_the_wait_doubles_to_a_quarter_of_an_hour() -> None:
    waits = [throttle.delay(failures).total_seconds() for failures in range(1, 40)]
    assert waits[:8] == [0, 0, 0, 0, 0, 1, 2, 4]
    assert all(later <= max(2 * sooner, 1) for sooner, later in pairwise(waits))
    assert waits[-1] == 15 * 60


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_who_guesses_has_to_wait(accounts: Accounts, ada: Session, clock: FakeClock, email: str) -> None:
    for _ in range(6):
        fail(accounts, email)
    with pytest.raises(TooManyAttempts) as refused:
        accounts.login(email, PASSWORD)  # even with the right one: the hash is not looked at
    assert refused.value.retry_after == 1
    assert is_alive(accounts, ada)  # who is logged in stays so
    clock.advance(1)
    fail(accounts, email)
    with pytest.raises(TooManyAttempts) as refused:
        accounts.login(email, "wrong")
    assert refused.value.retry_after == 2


def test_a_try_that_was_refused_does_not_make_the_wait_longer(
    accounts: Accounts, clock: FakeClock, database: Database
) -> None:
    fail_before(database, clock, 6)
    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            accounts.login(EMAIL, "wrong")
    clock.advance(0.5)
    with pytest.raises(TooManyAttempts) as refused:
        accounts.login(EMAIL, "wrong")
    assert refused.value.retry_after == 1  # half a second, in whole ones
    clock.advance(0.5)
    fail(accounts)


@pytest.mark.usefixtures("ada")
def test_the_right_password_wipes_the_failures(accounts: Accounts, clock: FakeClock, database: Database) -> None:
    fail_before(database, clock, 5)
    accounts.login(EMAIL, PASSWORD)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(login_failure)) == 0


def test_another_email_does_not_wait(accounts: Accounts, ada: Session, clock: FakeClock, database: Database) -> None:
    fail_before(database, clock, 6, "eve@example.com")
    assert accounts.login(EMAIL, PASSWORD).account == ada.account


def test_failures_are_forgotten_after_a_quiet_day(accounts: Accounts, clock: FakeClock, database: Database) -> None:
    fail_before(database, clock, 6)
    clock.advance(timedelta(days=1, seconds=2).total_seconds())
    fail(accounts)
    with database.read() as connection:
        assert connection.scalars(select(login_failure.c.failures)).all() == [1]


# Sessions

def test_who_logs_out_is_out_everywhere_and_others_stay(accounts: Accounts, ada: Session, database: Database) -> None:
    other = accounts.login(EMAIL, PASSWORD)
    accounts.logout(ada)
    accounts.logout(ada)  # twice is no error
    with pytest.raises(SessionExpired):
        accounts.resume(ada.token)
    with database.read() as connection, pytest.raises(SessionExpired):
        accounts.shopper(connection, ada)
    assert is_alive(accounts, other)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 100_000])
def test_a_made_up_token_is_a_session_that_ended(accounts: Accounts, token: str) -> None:
    with pytest.raises(SessionExpired):
        accounts.resume(token)


def test_sessions_end_when_their_time_is_over(accounts: Accounts, ada: Session, clock: FakeClock) -> None:
    guest = accounts.guest()
    assert ada.expires_at == clock() + ACCOUNT_LIFETIME == clock() + timedelta(days=30)
    assert guest.expires_at == clock() + GUEST_LIFETIME == clock() + timedelta(days=90)
    clock.advance(timedelta(days=10).total_seconds())
    ada = accounts.resume(ada.token)
    clock.advance(timedelta(days=10).total_seconds())
    ada = accounts.resume(ada.token)
    clock.advance(timedelta(days=10).total_seconds() - 0.001)
    assert is_alive(accounts, ada)
    clock.advance(0.001)
    assert not is_alive(accounts, ada)
    assert is_alive(accounts, guest)


@pytest.mark.usefixtures("ada")
def test_login_sweeps_what_ended(accounts: Accounts, clock: FakeClock, database: Database) -> None:
    clock.advance(ACCOUNT_LIFETIME.total_seconds())
    accounts.login(EMAIL, PASSWORD)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(session)) == 1


def test_every_request_learns_its_shopper_with_one_statement(accounts: Accounts, ada: Session,
                                                             database: Database) -> None:
    statements: list[str] = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        whose = accounts.account_holder(connection, ada)
    assert whose.account == ada.account
    assert len(statements) == 1


def test_what_a_session_says_of_itself_is_not_believed(accounts: Accounts, ada: Session, database: Database) -> None:
    guest = accounts.guest()
    forged = Session(guest.token, ada.account, ada.expires_at)
    with database.read() as connection:
        assert accounts.shopper(connection, forged).account is None
        with pytest.raises(LoginRequired):
            accounts.account_holder(connection, forged)


# Guests

class Merges:
    """Remembers what `on_sign_in` was called with."""

    def __init__(self, accounts: Accounts) -> None:
        self.calls: list[tuple[int, int]] = []
        accounts.on_sign_in = self.merge

    def merge(self, connection: Connection, guest: int, account: int) -> None:
        assert connection.in_transaction()
        self.calls.append((guest, account))


def test_a_guest_has_no_account_and_is_told_to_log_in(accounts: Accounts, database: Database) -> None:
    guest = accounts.guest()
    assert guest.account is None
    assert is_alive(accounts, guest)
    with database.read() as connection:
        assert accounts.shopper(connection, guest).account is None
        with pytest.raises(LoginRequired):
            accounts.account_holder(connection, guest)


def test_a_guest_who_registers_or_logs_in_brings_the_cart_along(accounts: Accounts, database: Database) -> None:
    merges = Merges(accounts)
    sign_ins: list[Callable[[Session], Session]] = [
        lambda guest: accounts.register(EMAIL, PASSWORD, name="Ada", guest=guest),
        lambda guest: accounts.login(EMAIL, PASSWORD, guest=guest),
    ]
    for sign_in in sign_ins:
        guest = accounts.guest()
        with database.read() as connection:
            guest_id = accounts.shopper(connection, guest).id
        signed_in = sign_in(guest)
        assert signed_in.account is not None
        assert merges.calls[-1] == (guest_id, signed_in.account.id)
        assert not is_alive(accounts, guest)
    assert len(merges.calls) == 2


def test_who_is_no_live_guest_brings_nothing(accounts: Accounts, ada: Session, clock: FakeClock) -> None:
    merges = Merges(accounts)
    gone = accounts.guest()
    accounts.logout(gone)
    over = accounts.guest()
    clock.advance(GUEST_LIFETIME.total_seconds())
    alive = accounts.login(EMAIL, PASSWORD)
    for no_guest in (gone, over, alive, Session("made up", None, clock())):
        assert accounts.login(EMAIL, PASSWORD, guest=no_guest).account == ada.account
    assert merges.calls == []
    assert is_alive(accounts, alive)


def test_where_the_cart_cannot_come_along_nobody_is_signed_in(accounts: Accounts, database: Database) -> None:
    class Refused(Exception):
        pass

    def refuse(*_given: object) -> None:
        raise Refused

    guest = accounts.guest()
    accounts.on_sign_in = refuse
    with pytest.raises(Refused):
        accounts.register(EMAIL, PASSWORD, name="Ada", guest=guest)
    assert is_alive(accounts, guest)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(account)) == 0


@pytest.mark.usefixtures("ada")
def test_a_wrong_password_leaves_the_guest_a_guest(accounts: Accounts) -> None:
    merges = Merges(accounts)
    guest = accounts.guest()
    with pytest.raises(AuthenticationFailed):
        accounts.login(EMAIL, "wrong", guest=guest)
    assert is_alive(accounts, guest)
    assert merges.calls == []
