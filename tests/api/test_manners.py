"""The manners of the API: what it does not say, whom it makes wait, whom it lets in from a browser."""
from __future__ import annotations

import json
import logging
from pathlib import Path

import httpx
import pytest

from shopkeeper import Shop
from shopkeeper.api.app import Options
from tests.api.caller import CARD, V1, Caller, code_of
from tests.factories import PASSWORD, add_account
from tests.served import served
from tests.waiting import wait_until

SECRET = "SELECT secret FROM /root/shop.db WHERE token = "


def test_what_breaks_inside_is_told_by_an_id_and_no_word(shop: Shop, ada: Caller, monkeypatch: pytest.MonkeyPatch,
                                                         caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(shop.cart, "view", broken)
    answer = ada.call("GET", "/cart/user")
    assert code_of(answer) == (500, "internal_error")
    assert not any(word in answer.text for word in ("SELECT", "RuntimeError", "Traceback", "/root", ".py"))
    told = [record for record in caplog.records if answer.json()["id"] in record.getMessage()]
    assert SECRET not in caplog.text
    report = Path(json.loads(told[0].getMessage())["report"]).read_text("utf-8")
    assert "RuntimeError" in report
    assert SECRET not in report
    monkeypatch.undo()
    assert ada.call("GET", "/cart/user").status_code == 200


def test_no_secret_is_logged(api: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "shopkeeper.api")
    session = api.post(f"{V1}/account/register", json={"email": "ada@example.com", "password": PASSWORD, "name": "Ada"})
    ada = Caller(api, session.json()["token"])
    ada.add(1)
    assert ada.pay("a-key").status_code == 201
    api.get(f"{V1}/product/query", params={"q": "something private"})
    api.get(f"{V1}/cart/user", params={"token": ada.token})
    wait_until(lambda: len(logged(caplog)) == 6, "the access log lacks a line")  # it is written after the answer
    lines = [json.loads(line) for line in logged(caplog)]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", f"{V1}/account/register", 201), ("POST", f"{V1}/cart/product", 200), ("GET", f"{V1}/cart/user", 200),
        ("POST", f"{V1}/payment/", 201), ("GET", f"{V1}/product/query", 200), ("GET", f"{V1}/cart/user", 401)]
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    for secret in (ada.token, PASSWORD, "ada@example.com", CARD["card"]["number"], "4242424242424242", "private"):
        assert secret not in ours


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the access log."""
    return [record.getMessage() for record in caplog.records if record.name == "shopkeeper.api"]


def test_who_asks_too_often_waits_and_nobody_else(shop: Shop, ada: Caller) -> None:
    bob = add_account(shop, "bob@example.com")
    with served(shop, Options(rate_per_token=1, rate_per_address=0)) as address:
        ada.client.base_url = address
        answers = [ada.call("GET", "/cart/user") for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert code_of(answers[-1]) == (429, "rate_limited")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert Caller(ada.client, bob.token).call("GET", "/cart/user").status_code == 200


def test_an_address_that_asks_too_often_waits_whatever_its_tokens(shop: Shop, api: httpx.Client) -> None:
    with served(shop, Options(rate_per_token=0, rate_per_address=1)) as address:
        api.base_url = address
        answers = [api.get(f"{V1}/product/", headers={"Authorization": f"Bearer {at}"}) for at in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert code_of(answers[-1]) == (429, "rate_limited")
        assert api.get(f"{V1}/product/", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 200
        assert api.get("/healthz").status_code == 200


def test_no_website_may_call_unless_it_is_named(shop: Shop, api: httpx.Client) -> None:
    origin, other = {"Origin": "https://shop.example"}, {"Origin": "https://elsewhere.example"}
    asks = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}
    cart = f"{V1}/cart/product"
    assert "access-control-allow-origin" not in api.get(f"{V1}/product/", headers=origin).headers
    assert code_of(api.options(cart, headers={**origin, **asks})) == (405, "method_not_allowed")
    with served(shop, Options(cors=("https://shop.example",))) as address:
        api.base_url = address
        assert api.get(f"{V1}/product/", headers=origin).headers["access-control-allow-origin"] == "https://shop.example"
        assert api.options(cart, headers={**origin, **asks}).status_code == 200
        assert "access-control-allow-origin" not in api.get(f"{V1}/product/", headers=other).headers
        assert api.get("/nowhere", headers=origin).headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-origin" not in api.options(cart, headers={**other, **asks}).headers


def test_the_page_for_people_needs_nothing_from_outside(api: httpx.Client) -> None:
    page = api.get("/docs")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "/ecommerce/v1/payment/" in page.text
    assert not any(outside in page.text for outside in ("<script", "src=", "http://", "https://", "<link"))


def test_a_server_whose_database_was_overwritten_lives_and_says_so(api: httpx.Client, shop: Shop) -> None:
    shop._database.engine.dispose()
    for beside in ("", "-wal", "-shm"):
        Path(f"{shop._database.path}{beside}").write_bytes(b"something else" * 1000)
    assert api.get("/healthz").status_code == 200
    for address in ("/readyz", f"{V1}/product/"):
        assert code_of(api.get(address)) == (503, "database_replaced")
