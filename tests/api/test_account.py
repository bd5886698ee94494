"""Accounts over HTTP."""
from __future__ import annotations

import httpx
import pytest

from shopkeeper import Session
from tests.api.caller import V1, Caller, code_of
from tests.conftest import FakeClock
from tests.factories import PASSWORD

ADA = {"email": "ada@example.com", "password": PASSWORD}


def test_who_registers_gets_a_token_and_an_account(api: httpx.Client) -> None:
    answer = api.post(f"{V1}/account/register", json={**ADA, "name": "Ada"})
    assert answer.status_code == 201
    assert answer.json()["account"]["name"] == "Ada"
    assert answer.headers["cache-control"] == "no-store"
    assert Caller(api, answer.json()["token"]).call("GET", "/cart/user").status_code == 200


def test_what_cannot_be_accepted_is_told_field_by_field(api: httpx.Client) -> None:
    answer = api.post(f"{V1}/account/register", json={"email": "ada", "password": "short", "name": ""})
    assert code_of(answer) == (422, "invalid_input")
    assert set(answer.json()["details"]["fields"]) == {"email", "password", "name"}


@pytest.mark.usefixtures("session")
def test_an_email_is_taken_once(api: httpx.Client) -> None:
    answer = api.post(f"{V1}/account/register", json={**ADA, "email": "ADA@example.com", "name": "A"})
    assert code_of(answer) == (409, "email_taken")


def test_who_logs_in_gets_a_token(api: httpx.Client, session: Session) -> None:
    answer = api.post(f"{V1}/account/login", json=ADA)
    assert (answer.status_code, answer.json()["account"]["email"]) == (200, "ada@example.com")
    assert answer.json()["token"] != session.token


@pytest.mark.usefixtures("session")
def test_a_wrong_password_and_an_unknown_email_are_told_alike(api: httpx.Client) -> None:
    wrong = api.post(f"{V1}/account/login", json={**ADA, "password": "something else entirely"})
    unknown = api.post(f"{V1}/account/login", json={"email": "bob@example.com", "password": PASSWORD})
    assert code_of(wrong) == code_of(unknown) == (401, "authentication_failed")
    assert wrong.json()["detail"] == unknown.json()["detail"]
    assert wrong.headers["www-authenticate"] == "Bearer"


@pytest.mark.usefixtures("session")
def test_who_guesses_is_told_when_to_try_again(api: httpx.Client, clock: FakeClock) -> None:
    answers = [api.post(f"{V1}/account/login", json={**ADA, "password": "something else entirely"}) for _ in range(7)]
    assert code_of(answers[-1]) == (429, "too_many_attempts")
    seconds = int(answers[-1].headers["retry-after"])
    assert seconds == answers[-1].json()["details"]["retry_after"] > 0
    clock.advance(seconds)
    assert api.post(f"{V1}/account/login", json=ADA).status_code == 200


def test_who_logs_out_has_a_dead_token_and_keeps_the_cart(api: httpx.Client, ada: Caller) -> None:
    ada.add(1)
    assert ada.call("POST", "/account/logout").status_code == 204
    assert code_of(ada.call("GET", "/cart/user")) == (401, "session_expired")
    back = Caller(api, api.post(f"{V1}/account/login", json=ADA).json()["token"])
    assert back.cart()["count"] == 1


@pytest.mark.usefixtures("session")
def test_a_guests_cart_comes_along(api: httpx.Client) -> None:
    answer = api.post(f"{V1}/account/guest")
    assert (answer.status_code, answer.json()["account"]) == (201, None)
    guest = Caller(api, answer.json()["token"])
    guest.add(1, 2)
    token = guest.call("POST", "/account/login", ADA).json()["token"]
    assert Caller(api, token).cart()["count"] == 2
    assert code_of(guest.call("GET", "/cart/user")) == (401, "session_expired")


def test_a_guest_cannot_pay(api: httpx.Client) -> None:
    guest = Caller(api, api.post(f"{V1}/account/guest").json()["token"])
    guest.add(1)
    assert code_of(guest.pay()) == (401, "login_required")


def test_who_logs_out_twice_is_not_told_off(api: httpx.Client, ada: Caller) -> None:
    for token in (ada.token, ada.token, "nobodys", "nobodys"):
        assert Caller(api, token).call("POST", "/account/logout").status_code == 204
    assert code_of(api.post(f"{V1}/account/logout")) == (401, "login_required")


@pytest.mark.usefixtures("session")
def test_a_guest_whose_time_is_over_can_log_in_all_the_same(api: httpx.Client) -> None:
    assert [Caller(api, "nobodys").call("POST", "/account/login", ADA).status_code for _ in range(2)] == [200, 200]
