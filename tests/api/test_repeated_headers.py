"""A header is read one way by every layer: what is refused is refused whether or not an answer is cached."""
from __future__ import annotations

import httpx
import pytest

from shopkeeper import Session, Shop
from shopkeeper.api.app import Options
from tests.api.caller import V1
from tests.api.raw import Answer, exchange, request
from tests.served import served
from tests.waiting import PATIENCE

CART, QUERY = f"{V1}/cart/user", f"{V1}/product/query?q=mug"


@pytest.mark.parametrize(("lines", "status", "code"), [
    ("Authorization: Bearer {token}\r\nAuthorization: Bearer x", 401, "session_expired"),
    ("Authorization: Bearer {token}\r\nauthorization: Bearer {token}", 401, "session_expired"),
    ("Authorization: Bearer x\r\nAuthorization: Bearer {token}", 401, "session_expired"),
    ("Authorization: Bearer {token}\r\nAuthorization:", 401, "session_expired"),
    ("{bearer}\r\nIf-None-Match: \"x\"\r\nIf-None-Match: *", 400, "malformed_request"),
    ("{bearer}\r\nContent-Encoding: gzip", 415, "unsupported_media_type"),
    ("{bearer}\r\nContent-Encoding: identity\r\nContent-Encoding: gzip", 400, "malformed_request"),
    ("{bearer}\r\nContent-Type: application/json\r\nContent-Type: text/plain", 400, "malformed_request"),
    ("{bearer}\r\nHost: elsewhere.example", 400, "malformed_request"),
    ("{bearer}\r\nIdempotency-Key: a\r\nIdempotency-Key: b", 400, "missing_idempotency_key"),
])
def test_repeated_header_is_refused_before_and_after_caching(
    shop: Shop, api: httpx.Client, session: Session, lines: str, status: int, code: str
) -> None:
    headers = lines.format(token=session.token, bearer=f"Authorization: Bearer {session.token}") + "\r\n"
    for path in (CART, QUERY):
        for answer in _before_and_after_caching(shop, api, session, path, headers):
            assert (answer.status, answer.problem["code"]) == (status, code)


@pytest.mark.parametrize("header", ["Authorization: Bearer {token}", "authorization: bearer {token}",
                                    "AUTHORIZATION:  BEARER   {token}  ", "Authorization: Bearer \t{token}"])
def test_scheme_case_and_blanks_name_the_same_caller(shop: Shop, api: httpx.Client, session: Session,
                                                     header: str) -> None:
    shop.cart.add(session, 1)
    headers = header.format(token=session.token) + "\r\n"
    for answer in _before_and_after_caching(shop, api, session, CART, headers):
        assert (answer.status, b'"count":1' in answer.body) == (200, True)


@pytest.mark.parametrize("header", ["Authorization: Basic {token}", "Authorization: {token}", "Authorization:Bearer",
                                    "Authorization: Bearer {token}, Bearer x", "Authorization: Bearer\t{token}"])
def test_header_without_a_bearer_token_opens_no_cart(shop: Shop, api: httpx.Client, session: Session,
                                                     header: str) -> None:
    headers = header.format(token=session.token) + "\r\n"
    for answer in _before_and_after_caching(shop, api, session, CART, headers):
        assert (answer.status, answer.problem["code"]) == (401, "session_expired")


@pytest.mark.parametrize("name", ["If-Match", "Content-Type", "Content-Encoding", "Idempotency-Key", "Host"])
def test_repeated_header_changes_no_cart(shop: Shop, api: httpx.Client, session: Session, name: str) -> None:
    value = {"If-Match": "*", "Content-Type": "application/json", "Content-Encoding": "identity"}.get(name, "shop")
    lines = f"{name}: {value}\r\n" * 2
    answer = exchange(str(api.base_url), request("POST", f"{V1}/cart/product", token=session.token, headers=lines,
                                                 body=b'{"variant_id": 1}'))
    assert (answer.status, shop.cart.view(session).count) == (400, 0)


@pytest.mark.parametrize("address", [
    f"{V1}/product/query?q=mug&q=hoodie", f"{V1}/product/query?limit=1&limit=1", f"{V1}/product/?limit=1&limit=2",
    f"{V1}/order?limit=1&limit=2", f"{V1}/product/query?in_stock=true&in_stock=false&option.size=M&option.size=S",
])
def test_repeated_parameter_is_refused_with_its_name(api: httpx.Client, session: Session, address: str) -> None:
    answer = api.get(address, headers={"Authorization": f"Bearer {session.token}"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    name = address.partition("?")[2].partition("=")[0]
    assert answer.json()["details"]["fields"] == {f"query.{name}": "Send this parameter once."}


def test_spelling_a_token_differently_earns_no_more_requests(shop: Shop, session: Session) -> None:
    with served(shop, Options(rate_per_token=1, rate_per_address=0)) as address:
        spellings = [f"{scheme}{' ' * blanks}" for scheme in ("Bearer", "bearer", "BEARER") for blanks in range(1, 5)]
        answers = [httpx.get(address + CART, timeout=PATIENCE, headers={"Authorization": spelling + session.token})
                   for spelling in spellings]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2


def _before_and_after_caching(shop: Shop, api: httpx.Client, session: Session, path: str, headers: str
                              ) -> list[Answer]:
    """The answers to a request right after a change, and when the answer to an ordinary request is cached."""
    shop.accounts.guest()
    first = exchange(str(api.base_url), request("GET", path, headers=headers))
    for _ in range(2):
        assert api.get(path, headers={"Authorization": f"Bearer {session.token}"}).status_code == 200
    return [first, exchange(str(api.base_url), request("GET", path, headers=headers))]
