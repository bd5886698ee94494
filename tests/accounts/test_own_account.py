"""What one does with an account of one's own: another password, name and email."""
from __future__ import annotations

import pytest

from shopkeeper import AuthenticationFailed, EmailTaken, InvalidInput, LoginRequired, Session, Shop
from tests.factories import PASSWORD, add_account

EMAIL = "ada@example.com"
NEW = "another four word phrase"


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop, EMAIL)


def test_the_new_password_is_the_one_that_counts(shop: Shop, ada: Session) -> None:
    shop.accounts.change_password(ada, PASSWORD, NEW)
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login(EMAIL, PASSWORD)
    assert shop.accounts.login(EMAIL, NEW).account == ada.account


def test_who_does_not_know_the_password_does_not_change_it(shop: Shop, ada: Session) -> None:
    with pytest.raises(AuthenticationFailed, match="not your password"):
        shop.accounts.change_password(ada, "wrong", NEW)
    assert shop.accounts.resume(ada.token) == ada
    assert shop.accounts.login(EMAIL, PASSWORD)


def test_a_name_is_changed_without_a_password(shop: Shop, ada: Session) -> None:
    changed = shop.accounts.change_details(ada, name="  Ada \n King ", email=f" {EMAIL} ")
    assert (changed.name, changed.email) == ("Ada King", EMAIL)
    assert shop.accounts.resume(ada.token).account == changed


def test_an_email_is_changed_with_the_password_and_logs_in_from_then_on(shop: Shop, ada: Session) -> None:
    changed = shop.accounts.change_details(ada, name="Ada", email="Countess@Example.com", password=PASSWORD)
    assert ada.account is not None
    assert (changed.id, changed.email, changed.created_at) == (
        ada.account.id, "Countess@Example.com", ada.account.created_at)
    assert shop.accounts.login("countess@example.com", PASSWORD).account == changed
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login(EMAIL, PASSWORD)
    assert add_account(shop, EMAIL).account != changed  # the old one is free


def test_an_email_in_other_letters_is_another_for_the_eye_and_the_same_for_login(shop: Shop, ada: Session) -> None:
    with pytest.raises(InvalidInput):
        shop.accounts.change_details(ada, name="Ada", email="ADA@example.com")
    assert shop.accounts.change_details(ada, name="Ada", email="ADA@example.com", password=PASSWORD)
    assert shop.accounts.login(EMAIL, PASSWORD)


def test_anothers_email_is_taken_and_nothing_is_changed(shop: Shop, ada: Session) -> None:
    add_account(shop, "bob@example.com", name="Bob")
    with pytest.raises(EmailTaken):
        shop.accounts.change_details(ada, name="Bob", email="BOB@example.com", password=PASSWORD)
    assert shop.accounts.resume(ada.token) == ada


def test_every_wrong_detail_is_told_at_once(shop: Shop, ada: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        shop.accounts.change_details(ada, name="\u202e", email="nowhere")
    assert set(refused.value.fields) == {"name", "email", "password"}
    assert shop.accounts.resume(ada.token) == ada


def test_an_email_that_another_terminal_changed_meanwhile_is_not_changed_back(
    shop: Shop, ada: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shop.accounts._own

    def changed_meanwhile(session: Session) -> object:
        before = own(session)
        monkeypatch.setattr(shop.accounts, "_own", own)
        shop.accounts.change_details(ada, name="Ada", email="countess@example.com", password=PASSWORD)
        return before

    monkeypatch.setattr(shop.accounts, "_own", changed_meanwhile)
    changed = shop.accounts.change_details(ada, name="Augusta", email=EMAIL)  # a new name, and the email as it was
    assert (changed.name, changed.email) == ("Augusta", "countess@example.com")
    assert shop.accounts.resume(ada.token).account == changed


def test_a_guest_has_nothing_to_change(shop: Shop) -> None:
    guest = shop.accounts.guest()
    for verb in (lambda: shop.accounts.change_password(guest, PASSWORD, NEW),
                 lambda: shop.accounts.change_details(guest, name="Ada", email=EMAIL),
                 lambda: shop.accounts.sessions(guest), lambda: shop.accounts.logout_everywhere(guest)):
        with pytest.raises(LoginRequired):
            verb()
