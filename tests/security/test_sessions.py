"""Sessions: a token cannot be guessed or read out of the database, does not last, and can be taken back."""
from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from shopkeeper import LoginRequired, NotFound, Session, SessionExpired, SessionInfo, Shop
from shopkeeper.accounts.sessions import ACCOUNT_IDLE, ACCOUNT_LIFETIME, GUEST_LIFETIME
from shopkeeper.accounts.tables import session
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product

EMAIL = "ada@example.com"
NEW = "another four word phrase"
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop, EMAIL)


def is_alive(shop: Shop, one: Session) -> bool:
    try:
        return shop.cart.view(one).count == 0
    except SessionExpired:
        return False


def another(shop: Shop, one: Session) -> Session:
    """One more session of the same account, without the time that a hash takes."""
    from shopkeeper.accounts import sessions
    from shopkeeper.accounts.model import Shopper

    assert one.account is not None
    with shop._database.write() as connection:
        return sessions.start(connection, Shopper(one.account.id, one.account), shop._clock())


def writes(shop: Shop) -> list[str]:
    """What is written from here on, statement by statement."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("UPDATE", "INSERT", "DELETE")):
            said.append(statement)

    event.listen(shop._database.engine, "before_cursor_execute", note)
    return said


# Tokens

def test_a_token_has_256_bits_and_the_database_its_digest_only(shop: Shop, ada: Session, tmp_path: Path) -> None:
    tokens = [ada.token, shop.accounts.guest().token]
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "=")) == 32
    with shop._database.read() as connection:
        kept = connection.scalars(select(session.c.token_hash)).all()
    assert set(kept) == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    shop.close()
    assert not any(token.encode() in (tmp_path / "shop.db").read_bytes() for token in tokens)


def test_a_thousand_tokens_have_nothing_in_common(shop: Shop, ada: Session, tried: Callable[[str, int], None]) -> None:
    with shop._database.write() as connection:
        from shopkeeper.accounts import sessions
        from shopkeeper.accounts.model import Shopper

        assert ada.account
        whose = Shopper(ada.account.id, ada.account)
        tokens = [sessions.start(connection, whose, shop._clock()).token for _ in range(1000)]
    for length in (8, 16):
        assert len({token[:length] for token in tokens}) == len({token[-length:] for token in tokens}) == 1000
    tried("tokens", 1000)


def test_neither_the_digest_nor_the_public_id_of_a_session_opens_it(shop: Shop, ada: Session) -> None:
    (info,) = shop.accounts.sessions(ada)
    with shop._database.read() as connection:
        digest = connection.execute(select(session.c.token_hash)).scalar_one()
    for no_token in (digest, info.id, info.id.upper(), f" {ada.token}", ada.token[:-1]):
        with pytest.raises(SessionExpired):
            shop.accounts.resume(no_token)
    assert info.id not in ada.token and info.id not in digest


# They end

def test_a_session_that_nobody_uses_ends(shop: Shop, ada: Session, clock: FakeClock) -> None:
    assert timedelta(days=14) == ACCOUNT_IDLE
    clock.advance(ACCOUNT_IDLE.total_seconds() - 0.001)
    assert is_alive(shop, ada)
    clock.advance(0.001)
    assert not is_alive(shop, ada)
    with pytest.raises(SessionExpired):
        shop.accounts.resume(ada.token)


@pytest.mark.parametrize("use", ["resume", "cart"])
def test_a_session_that_is_used_lives_on_but_not_for_ever(
    shop: Shop, ada: Session, clock: FakeClock, use: str
) -> None:
    def used(one: Session) -> Session:
        if use == "resume":
            return shop.accounts.resume(one.token)
        shop.cart.clear(one)
        return one

    began, days = clock(), 0
    while is_alive(shop, ada):
        ada = used(ada)
        clock.advance(DAY)
        days += 1
    assert days == 30
    assert clock() - began == ACCOUNT_LIFETIME


def test_a_guests_session_ends_at_its_time_used_or_not(shop: Shop, clock: FakeClock) -> None:
    guest, used = shop.accounts.guest(), shop.accounts.guest()
    for _ in range(GUEST_LIFETIME.days):
        assert is_alive(shop, guest)
        shop.cart.clear(used)
        clock.advance(DAY)
    assert not is_alive(shop, guest)
    assert not is_alive(shop, used)


def test_that_a_session_is_used_is_written_once_an_hour(shop: Shop, ada: Session, clock: FakeClock) -> None:
    said = writes(shop)
    for _ in range(60):
        clock.advance(HOUR / 60 - 1)
        shop.accounts.resume(ada.token)
        shop.cart.clear(ada)
    assert said == []
    clock.advance(60)
    shop.cart.clear(ada)
    assert len(said) == 1
    shop.accounts.resume(ada.token)
    shop.cart.clear(ada)
    assert len(said) == 1
    (info,) = shop.accounts.sessions(ada)
    assert info.last_seen_at == clock()


def test_looking_writes_nothing(shop: Shop, ada: Session, clock: FakeClock) -> None:
    clock.advance(5 * DAY)
    said = writes(shop)
    shop.cart.view(ada)
    shop.orders.history(ada)
    shop.accounts.sessions(ada)
    shop.privacy.export(ada)
    assert said == []


# Clocks that are wrong

YEARS = 4 * 365 * DAY


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("wrong_by", [YEARS, -YEARS])
def test_a_wrong_clock_loses_no_guests_cart(shop: Shop, clock: FakeClock, wrong_by: float) -> None:
    mug = add_product(shop).variants[0].id
    before = shop.accounts.guest()
    shop.cart.add(before, mug)
    clock.advance(wrong_by)
    meanwhile = shop.accounts.guest()
    shop.cart.add(meanwhile, mug, 2)
    if wrong_by < 0:
        shop.cart.add(before, mug)
    for _ in range(3):
        shop.accounts.login(EMAIL, PASSWORD)
        clock.advance(DAY)
    clock.advance(-wrong_by)
    shop.accounts.login(EMAIL, PASSWORD)
    assert shop.cart.view(before).count == (2 if wrong_by < 0 else 1)
    assert shop.cart.view(meanwhile).count == 2


@pytest.mark.usefixtures("ada")
def test_a_session_of_an_account_from_the_future_counts_as_begun_now(shop: Shop, clock: FakeClock) -> None:
    clock.advance(YEARS)
    future = shop.accounts.login(EMAIL, PASSWORD)
    clock.advance(-YEARS)
    resumed = shop.accounts.resume(future.token)
    assert resumed.token != future.token
    assert resumed.expires_at == clock() + ACCOUNT_LIFETIME
    info = next(each for each in shop.accounts.sessions(resumed) if each.current)
    assert (info.created_at, info.last_seen_at, info.expires_at) == (clock(), clock(), clock() + ACCOUNT_LIFETIME)
    clock.advance(ACCOUNT_IDLE.total_seconds())
    assert not is_alive(shop, resumed)


@pytest.mark.usefixtures("ada")
def test_a_session_from_the_future_that_nobody_uses_ends_as_others_do(
    shop: Shop, clock: FakeClock
) -> None:
    clock.advance(YEARS)
    future = shop.accounts.login(EMAIL, PASSWORD)
    clock.advance(-YEARS)
    shop.accounts.login(EMAIL, PASSWORD)
    clock.advance(ACCOUNT_IDLE.total_seconds())
    assert not is_alive(shop, future)


# Their tokens change

def test_a_token_changes_once_a_day_and_the_one_before_is_dead(shop: Shop, ada: Session, clock: FakeClock) -> None:
    clock.advance(DAY - 1)
    assert shop.accounts.resume(ada.token).token == ada.token
    clock.advance(1)
    renewed = shop.accounts.resume(ada.token)
    assert renewed.token != ada.token
    assert (renewed.account, renewed.expires_at) == (ada.account, ada.expires_at)
    assert not is_alive(shop, ada)
    with pytest.raises(SessionExpired):
        shop.accounts.resume(ada.token)
    assert shop.accounts.resume(renewed.token) == renewed
    assert len(shop.accounts.sessions(renewed)) == 1


def test_who_cannot_keep_another_token_keeps_the_one_there_is(shop: Shop, ada: Session, clock: FakeClock) -> None:
    clock.advance(3 * DAY)
    assert shop.accounts.resume(ada.token, renew=False) == ada


def test_a_guests_token_stays_for_the_cart_hangs_on_it(shop: Shop, clock: FakeClock) -> None:
    guest = shop.accounts.guest()
    clock.advance(3 * DAY)
    assert shop.accounts.resume(guest.token) == guest


def test_signing_in_gives_another_token_than_the_guests(shop: Shop) -> None:
    guest = shop.accounts.guest()
    signed_in = shop.accounts.register(EMAIL, PASSWORD, name="Ada", guest=guest)
    assert signed_in.token != guest.token
    assert not is_alive(shop, guest)


# They are listed, and ended

def test_an_account_sees_its_sessions_the_last_used_first(shop: Shop, ada: Session, clock: FakeClock) -> None:
    began = clock()
    clock.advance(HOUR)
    other = another(shop, ada)
    clock.advance(HOUR)
    shop.cart.clear(ada)
    listed = shop.accounts.sessions(other)
    assert listed == (
        SessionInfo(listed[0].id, began, clock(), began + ACCOUNT_LIFETIME, current=False),
        SessionInfo(listed[1].id, other.expires_at - ACCOUNT_LIFETIME, other.expires_at - ACCOUNT_LIFETIME,
                    other.expires_at, current=True))
    assert [each.current for each in shop.accounts.sessions(ada)] == [True, False]


def test_sessions_that_ended_are_not_listed(shop: Shop, ada: Session, clock: FakeClock) -> None:
    clock.advance(ACCOUNT_IDLE.total_seconds() - 1)
    other = another(shop, ada)
    clock.advance(1)
    assert [each.current for each in shop.accounts.sessions(other)] == [True]


def test_one_session_is_ended_from_another(shop: Shop, ada: Session) -> None:
    other = another(shop, ada)
    (id_,) = [each.id for each in shop.accounts.sessions(other) if not each.current]
    shop.accounts.end_session(other, id_)
    assert not is_alive(shop, ada)
    assert is_alive(shop, other)
    with pytest.raises(NotFound):
        shop.accounts.end_session(other, id_)


def test_nobody_ends_another_accounts_session(shop: Shop, ada: Session) -> None:
    bob = add_account(shop, "bob@example.com")
    (info,) = shop.accounts.sessions(ada)
    with pytest.raises(NotFound):
        shop.accounts.end_session(bob, info.id)
    with pytest.raises(LoginRequired):
        shop.accounts.end_session(shop.accounts.guest(), info.id)
    assert is_alive(shop, ada)


def test_logging_out_everywhere_ends_all_and_only_the_accounts_own(shop: Shop, ada: Session) -> None:
    others = [another(shop, ada) for _ in range(3)]
    bob, guest = add_account(shop, "bob@example.com"), shop.accounts.guest()
    shop.accounts.logout_everywhere(ada)
    assert not any(is_alive(shop, each) for each in (ada, *others))
    assert is_alive(shop, bob) and is_alive(shop, guest)
    with pytest.raises(SessionExpired):
        shop.accounts.logout_everywhere(ada)


def test_another_password_ends_the_other_sessions_and_gives_this_one_another_token(
    shop: Shop, ada: Session, clock: FakeClock
) -> None:
    mug = add_product(shop).variants[0].id
    shop.cart.add(ada, mug)
    other = another(shop, ada)
    clock.advance(HOUR)
    (before,) = [each for each in shop.accounts.sessions(ada) if each.current]
    renewed = shop.accounts.change_password(ada, PASSWORD, NEW)
    for dead in (ada, other):
        with pytest.raises(SessionExpired):
            shop.cart.view(dead)
    assert shop.cart.view(renewed).count == 1
    (after,) = shop.accounts.sessions(renewed)
    assert (after.id, after.created_at, after.expires_at) == (before.id, before.created_at, before.expires_at)
    assert renewed == shop.accounts.resume(renewed.token)
    assert shop.accounts.login(EMAIL, NEW)
