"""Two terminals of one user share a session, and do not log each other out by surprise."""
from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Session, SessionExpired, Shop
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.waiting import PATIENCE
from tui.shared_session import SharedSession
from tui.state import TerminalState

DAY = 24 * 60 * 60


def terminal(shop: Shop, folder: Path) -> SharedSession:
    """A terminal that was just opened."""
    opened = SharedSession(shop, TerminalState(folder))
    opened.resume()
    return opened


def kept(shop: Shop, folder: Path) -> str | None:
    """The token that the next terminal will find."""
    return TerminalState(folder).token(shop.settings.shop_id)


def holder(shop: Shop, opened: SharedSession) -> str:
    """As whom a terminal gets through to the shop."""
    def ask() -> str:
        session = opened.or_guest()
        shop.cart.view(session)
        return session.account.email if session.account else "guest"

    return opened.within(ask)


@pytest.fixture
def first(shop: Shop, tmp_path: Path) -> SharedSession:
    """A terminal in which Ada is logged in."""
    opened = terminal(shop, tmp_path)
    opened.keep(add_account(shop))
    return opened


def test_the_next_terminal_is_logged_in_as_the_first_was(shop: Shop, tmp_path: Path, first: SharedSession) -> None:
    assert terminal(shop, tmp_path).now == first.now


def test_a_token_that_changed_in_one_terminal_does_not_log_the_other_out(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession
) -> None:
    clock.advance(DAY)
    second = terminal(shop, tmp_path)
    assert first.now and second.now and first.now.token != second.now.token
    with pytest.raises(SessionExpired):
        shop.cart.view(first.now)
    assert holder(shop, first) == holder(shop, second) == "ada@example.com"
    assert first.now == second.now
    assert kept(shop, tmp_path) == second.now.token


def test_nobody_becomes_a_guest_while_the_session_is_looked_for(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(DAY)
    terminal(shop, tmp_path)
    looks, others, seen = threading.Event(), list[threading.Thread](), list[str]()
    resume = first.resume

    def resume_while_another_asks() -> None:
        others.append(threading.Thread(target=lambda: (looks.set(), seen.append(holder(shop, first)))))
        others[0].start()
        assert looks.wait(PATIENCE)
        others[0].join(0.05)  # time to become a guest in, which nothing tells of
        resume()

    monkeypatch.setattr(first, "resume", resume_while_another_asks)
    assert holder(shop, first) == "ada@example.com"
    others[0].join(PATIENCE)
    assert seen == ["ada@example.com"]


def test_what_two_verbs_find_out_at_once_is_looked_for_once(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(DAY)
    terminal(shop, tmp_path)
    looked, resume, both = list[int](), first.resume, threading.Barrier(2, timeout=PATIENCE)
    monkeypatch.setattr(first, "resume", lambda: (looked.append(1), resume()))

    def ask() -> str:
        session, asked = first.or_guest(), first.now is old
        if asked:
            both.wait()
        shop.cart.view(session)
        return session.account.email if session.account else "guest"

    old, seen = first.now, list[str]()
    threads = [threading.Thread(target=lambda: seen.append(first.within(ask))) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    assert (seen, len(looked)) == (["ada@example.com"] * 2, 1)


def test_a_new_token_is_waited_for_and_not_looked_for(
    shop: Shop, tmp_path: Path, first: SharedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, others, seen = list[int](), list[threading.Thread](), list[str]()
    monkeypatch.setattr(first, "resume", lambda: looked.append(1))

    def change_password_while_another_asks(session: Session) -> Session:
        renewed = shop.accounts.change_password(session, PASSWORD, "a better horse battery staple")
        others.append(threading.Thread(target=lambda: seen.append(holder(shop, first))))
        others[0].start()
        others[0].join(0.05)  # time to look in, which nothing tells of
        return renewed

    first.renew_by(change_password_while_another_asks)
    others[0].join(PATIENCE)
    assert (seen, looked) == (["ada@example.com"], [])
    assert first.now and kept(shop, tmp_path) == first.now.token


def test_what_is_done_with_a_dead_token_is_done_once(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession
) -> None:
    mug = add_product(shop).variants[0].id
    clock.advance(DAY)
    terminal(shop, tmp_path)
    assert first.within(lambda: shop.cart.add(first.or_guest(), mug)).count == 1


def test_two_terminals_that_open_at_once_are_both_logged_in(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession
) -> None:
    clock.advance(DAY)
    opened: list[SharedSession] = []
    start = threading.Barrier(4)

    def open_one() -> None:
        start.wait()
        opened.append(terminal(shop, tmp_path))

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [holder(shop, each) for each in (*opened, first)] == ["ada@example.com"] * 5


def test_who_logs_out_with_a_dead_token_is_out_all_the_same(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession
) -> None:
    clock.advance(DAY)
    second = terminal(shop, tmp_path)
    first.end()
    assert kept(shop, tmp_path) is None
    with pytest.raises(SessionExpired):
        holder(shop, second)
    assert terminal(shop, tmp_path).now is None


def test_a_terminal_does_not_go_on_as_somebody_else(shop: Shop, tmp_path: Path, first: SharedSession) -> None:
    assert first.now is not None
    second = terminal(shop, tmp_path)
    second.keep(add_account(shop, "bob@example.com", name="Bob"))
    shop.accounts.logout_everywhere(first.now)
    with pytest.raises(SessionExpired):
        holder(shop, first)
    assert first.now is None
    assert holder(shop, second) == "bob@example.com"
    assert terminal(shop, tmp_path).now == second.now


def test_who_logs_out_leaves_another_login_kept(shop: Shop, tmp_path: Path, first: SharedSession) -> None:
    second = terminal(shop, tmp_path)
    second.keep(add_account(shop, "bob@example.com", name="Bob"))
    first.end()
    assert terminal(shop, tmp_path).now == second.now


def test_a_guest_in_one_terminal_does_not_put_out_who_is_logged_in_in_the_other(shop: Shop, tmp_path: Path) -> None:
    guests = terminal(shop, tmp_path)
    logged_in = terminal(shop, tmp_path)
    logged_in.keep(add_account(shop))
    assert holder(shop, guests) == "guest"
    assert terminal(shop, tmp_path).now == logged_in.now


def test_a_guest_who_begins_while_an_account_logs_out_is_found_again(
    shop: Shop, tmp_path: Path, first: SharedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    guests: list[Session] = []
    beginning = threading.Thread(target=lambda: guests.append(first.or_guest()))
    logout = shop.accounts.logout

    def log_out_while_a_guest_begins(session: Session) -> None:
        beginning.start()
        beginning.join(timeout=0.5)
        logout(session)

    monkeypatch.setattr(shop.accounts, "logout", log_out_while_a_guest_begins)
    first.end()
    beginning.join()
    assert [guest.account for guest in guests] == [None]
    assert kept(shop, tmp_path) == guests[0].token


def test_a_guest_is_found_again(shop: Shop, tmp_path: Path, clock: FakeClock) -> None:
    guest = terminal(shop, tmp_path).or_guest()
    clock.advance(60 * DAY)
    assert terminal(shop, tmp_path).now == guest


def test_a_changed_password_puts_out_other_terminals_but_not_those_that_share_the_session(
    shop: Shop, tmp_path: Path, first: SharedSession
) -> None:
    assert first.now is not None
    second = terminal(shop, tmp_path)
    elsewhere = shop.accounts.login("ada@example.com", PASSWORD)
    second.keep(shop.accounts.change_password(first.now, PASSWORD, "another four word phrase"))
    assert holder(shop, first) == "ada@example.com"
    with pytest.raises(SessionExpired):
        shop.cart.view(elsewhere)


def test_where_no_token_can_be_kept_it_stays_what_it_is(
    shop: Shop, tmp_path: Path, clock: FakeClock, first: SharedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(DAY)
    before = first.now

    def refuse(*_given: object) -> None:
        raise PermissionError

    monkeypatch.setattr(TerminalState, "change_token", refuse)
    assert terminal(shop, tmp_path).now == before


def test_an_ended_session_is_forgotten(shop: Shop, tmp_path: Path, first: SharedSession) -> None:
    assert isinstance(first.now, Session)
    shop.accounts.logout(first.now)
    assert terminal(shop, tmp_path).now is None
    assert kept(shop, tmp_path) is None


def test_who_changes_the_password_goes_on_and_keeps_the_new_token(
    shop: Shop, tmp_path: Path, first: SharedSession
) -> None:
    second = terminal(shop, tmp_path)
    first.renew_by(lambda session: shop.accounts.change_password(session, PASSWORD, "another four word phrase"))
    assert first.now is not None
    assert kept(shop, tmp_path) == first.now.token
    assert holder(shop, first) == holder(shop, second) == "ada@example.com"


def test_who_changes_the_password_leaves_another_login_kept(shop: Shop, tmp_path: Path, first: SharedSession) -> None:
    second = terminal(shop, tmp_path)
    second.keep(add_account(shop, "bob@example.com", name="Bob"))
    first.renew_by(lambda session: shop.accounts.change_password(session, PASSWORD, "another four word phrase"))
    assert terminal(shop, tmp_path).now == second.now
    assert holder(shop, first) == "ada@example.com"


@pytest.mark.parametrize("too_late", [False, True])
def test_where_no_token_can_be_kept_a_password_is_changed_and_a_session_ended_all_the_same(
    shop: Shop, first: SharedSession, monkeypatch: pytest.MonkeyPatch, too_late: bool
) -> None:
    def refuse(_state: TerminalState, _shop_id: str, change: Callable[[str | None], str | None]) -> None:
        if too_late:
            change(None)
        raise PermissionError

    monkeypatch.setattr(TerminalState, "change_token", refuse)
    first.renew_by(lambda session: shop.accounts.change_password(session, PASSWORD, "another four word phrase"))
    assert holder(shop, first) == "ada@example.com"
    assert shop.accounts.login("ada@example.com", "another four word phrase").account is not None
    first.end_by(shop.accounts.logout_everywhere)
    assert first.now is None


def test_a_terminal_opens_with_its_session_while_another_that_changes_it_is_stopped(
    shop: Shop, tmp_path: Path, first: SharedSession
) -> None:
    with (tmp_path / "terminal.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = SharedSession(shop, TerminalState(tmp_path, lock_timeout_seconds=0))
        second.resume()
    assert second.now == first.now
