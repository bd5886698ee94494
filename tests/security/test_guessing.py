"""Passwords cannot be guessed by trying: not one account's, not many accounts', and not from inside a session."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from shopkeeper import AuthenticationFailed, InvalidInput, Session, SessionExpired, Shop, TooManyAttempts
from shopkeeper.accounts import passwords, throttle
from shopkeeper.accounts.tables import login_bucket, login_failure
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account

EMAIL = "ada@example.com"
NEW = "another four word phrase"

ASKS: dict[str, Callable[[Shop, Session, str], object]] = {
    "login": lambda shop, _session, password: shop.accounts.login(EMAIL, password),
    "change_password": lambda shop, session, password: shop.accounts.change_password(session, password, NEW),
    "change_details": lambda shop, session, password: shop.accounts.change_details(
        session, name="Ada", email="countess@example.com", password=password),
    "delete_account": lambda shop, session, password: shop.privacy.delete_account(session, password),
}
"""Everything that asks for a password."""


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop, EMAIL)


def try_at(shop: Shop, clock: FakeClock, emails: range) -> None:
    """One failed login at each of so many emails, without the time that their hashes take."""
    with shop._database.write() as connection:
        for number in emails:
            throttle.begin_attempt(connection, f"somebody{number}@example.com", clock())


def refusal(shop: Shop, email: str = EMAIL) -> TooManyAttempts:
    with pytest.raises(TooManyAttempts) as refused:
        shop.accounts.login(email, PASSWORD)
    return refused.value


# One account

@pytest.mark.parametrize("ask", ASKS)
def test_whatever_asks_for_a_password_counts_the_wrong_ones(
    shop: Shop, ada: Session, clock: FakeClock, ask: str, tried: Callable[[str, int], None]
) -> None:
    with shop._database.write() as connection:
        for _ in range(5):  # without the time that their hashes take
            throttle.begin_attempt(connection, EMAIL, clock())
    with pytest.raises(AuthenticationFailed):
        ASKS[ask](shop, ada, "wrong")
    for other in ASKS.values():
        with pytest.raises(TooManyAttempts) as refused:
            other(shop, ada, PASSWORD)  # even with the right one
        assert (refused.value.retry_after, refused.value.message) == (1, "Too many tries. Try again in 1 second.")
    assert shop.accounts.resume(ada.token) == ada
    tried("wrong passwords", 6)


@pytest.mark.parametrize("ask", ASKS)
def test_whatever_asks_for_a_password_takes_the_right_one_and_forgets_the_wrong(
    shop: Shop, ada: Session, ask: str
) -> None:
    with pytest.raises(AuthenticationFailed):
        ASKS[ask](shop, ada, "wrong")
    ASKS[ask](shop, ada, PASSWORD)
    with shop._database.read() as connection:
        assert connection.execute(select(login_failure)).all() == []
        assert connection.scalar(select(login_bucket.c.empty_at)) == FakeClock().time + timedelta(seconds=10)


@pytest.mark.parametrize("ask", ASKS)
def test_a_wrong_password_is_counted_for_every_program_that_has_the_shop_open(
    shop: Shop, ada: Session, ask: str, tmp_path: Path, clock: FakeClock
) -> None:
    with pytest.raises(AuthenticationFailed):
        ASKS[ask](shop, ada, "wrong")
    with Shop.open(str(tmp_path / "shop.db"), clock=clock) as other, other._database.read() as connection:
        assert connection.scalars(select(login_failure.c.failures)).all() == [1]
        assert connection.scalar(select(login_bucket.c.empty_at)) == clock() + timedelta(seconds=10)


def test_both_counts_are_committed_together_before_the_password_is_looked_at(
    shop: Shop, ada: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    fits = passwords.fits

    def watched(password: str, password_hash: str | None) -> bool:
        said.append("hash")
        return fits(password, password_hash)

    monkeypatch.setattr(passwords, "fits", watched)
    event.listen(shop._database.engine, "commit", lambda _connection: said.append("commit"))
    event.listen(shop._database.engine, "before_cursor_execute",
                 lambda *given: said.append(given[2].split()[1]) if "login_" in given[2].split("WHERE")[0] else None)
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login(EMAIL, "wrong")
    assert said.count("commit") == 1
    assert said[-2:] == ["commit", "hash"]
    assert ada


def test_a_password_that_is_changed_while_the_old_one_is_looked_at_lets_nobody_in(
    shop: Shop, ada: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = passwords.fits

    def changed_meanwhile(password: str, password_hash: str | None) -> bool:
        monkeypatch.setattr(passwords, "fits", fits)
        shop.accounts.change_password(ada, PASSWORD, NEW)
        return fits(password, password_hash)

    monkeypatch.setattr(passwords, "fits", changed_meanwhile)
    with pytest.raises(AuthenticationFailed, match="changed a moment ago"):
        shop.accounts.login(EMAIL, PASSWORD)
    assert len(shop.accounts.sessions(shop.accounts.login(EMAIL, NEW))) == 2


def test_an_account_that_is_deleted_while_its_password_is_looked_at_lets_nobody_in(
    shop: Shop, ada: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = passwords.fits

    def deleted_meanwhile(password: str, password_hash: str | None) -> bool:
        monkeypatch.setattr(passwords, "fits", fits)
        shop.privacy.delete_account(ada, PASSWORD)
        return fits(password, password_hash)

    monkeypatch.setattr(passwords, "fits", deleted_meanwhile)
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login(EMAIL, PASSWORD)
    with shop._database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM session").scalar() == 0


# The whole shop

def test_who_tries_many_emails_has_to_wait_and_with_them_all_who_log_in(
    shop: Shop, ada: Session, clock: FakeClock, tried: Callable[[str, int], None]
) -> None:
    try_at(shop, clock, range(100))
    for email in (EMAIL, "somebody0@example.com", "nobody@example.com"):
        assert refusal(shop, email).retry_after == 10
    assert shop.accounts.resume(ada.token) == ada  # who is logged in stays so
    clock.advance(4)
    assert refusal(shop).retry_after == 6
    clock.advance(6)
    assert shop.accounts.login(EMAIL, PASSWORD).account == ada.account
    tried("wrong passwords", 100)


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second"), (2, "2 seconds"), (99, "99 seconds"),
                                                (100, "2 minutes"), (120, "2 minutes"), (900, "15 minutes")])
def test_when_to_try_again_is_said_in_words(seconds: int, words: str) -> None:
    assert TooManyAttempts(seconds).message == f"Too many tries. Try again in {words}."


def test_who_was_refused_makes_nobody_wait_longer(shop: Shop, ada: Session, clock: FakeClock) -> None:
    try_at(shop, clock, range(100))
    for _ in range(50):
        refusal(shop, "somebody1@example.com")
    clock.advance(10)
    assert shop.accounts.login(EMAIL, PASSWORD).account == ada.account


def test_an_hour_of_guessing_comes_to_less_than_460_tries(
    shop: Shop, clock: FakeClock, tried: Callable[[str, int], None]
) -> None:
    tries = 0
    with shop._database.write() as connection:
        for _ in range(60):
            for number in range(tries, tries + 200):
                try:
                    throttle.begin_attempt(connection, f"somebody{number}@example.com", clock())
                except TooManyAttempts:
                    break
                tries += 1
            clock.advance(60)
    assert tries == 100 + 59 * 6
    tried("wrong passwords", tries)


def test_honest_shoppers_do_not_meet_the_bucket(
    shop: Shop, clock: FakeClock, tried: Callable[[str, int], None]
) -> None:
    logins = 0
    with shop._database.write() as connection:
        for _ in range(200):  # one login a second, of which one in ten goes wrong at first
            clock.advance(1)
            if logins % 10 == 0:
                throttle.begin_attempt(connection, f"somebody{logins}@example.com", clock())
            throttle.begin_attempt(connection, f"somebody{logins}@example.com", clock())
            throttle.succeeded(connection, f"somebody{logins}@example.com")
            logins += 1
    tried("honest logins", logins)


def test_a_clock_that_ran_ahead_locks_nobody_out(shop: Shop, ada: Session, clock: FakeClock) -> None:
    with shop._database.write() as connection:
        connection.execute(update(login_bucket).values(empty_at=clock() + timedelta(days=900)))
        throttle.begin_attempt(connection, EMAIL, clock() + timedelta(days=900))
        connection.execute(update(login_failure).values(blocked_until=clock() + timedelta(days=900)))
    assert shop.accounts.login(EMAIL, PASSWORD).account == ada.account
    try_at(shop, clock, range(100))  # and the bucket fills as ever
    assert refusal(shop).retry_after == 10


# The session alone is not enough

def test_without_the_password_a_session_changes_neither_password_nor_email(shop: Shop, ada: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        shop.accounts.change_details(ada, name="Eve", email="eve@example.com")
    assert refused.value.fields == {"password": "Type your password to change the email."}
    for ask in ("change_password", "change_details", "delete_account"):
        with pytest.raises(AuthenticationFailed, match="not your password"):
            ASKS[ask](shop, ada, "wrong")
    assert shop.accounts.login(EMAIL, PASSWORD).account == ada.account


def test_a_dead_session_does_not_get_as_far_as_a_password(shop: Shop, ada: Session) -> None:
    shop.accounts.logout(ada)
    for ask in ("change_password", "change_details", "delete_account"):
        with pytest.raises(SessionExpired):
            ASKS[ask](shop, ada, PASSWORD)
    with shop._database.read() as connection:
        assert connection.execute(select(login_failure)).all() == []
