"""Anything may arrive: it is refused with a code, changes nothing and brings nothing to light."""
from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import repeat

import httpx
import pytest

from shopkeeper import Session, Shop
from shopkeeper.api import connections, limits
from tests.api.caller import V1, Caller
from tests.api.raw import PATIENCE, Answer, connected, exchange, read_answer, request
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.laws import check_laws
from tests.portals import Portal
from tests.served import served

GOOD = b'{"variant_id": 1}'
CHUNKED = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
INTERNAL = re.compile(rb"Traceback|File \"|\.py|/tmp|/usr|/home|SELECT|INSERT|sqlite|sqlalchemy|pydantic|starlette|"
                      rb"Error\b|Exception|0x[0-9a-f]{6}", re.IGNORECASE)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all: nothing that is sent here changes it."""
    with Shop.open(str(tmp_path_factory.mktemp("bad") / "shop.db"), gateway=Portal(), clock=FakeClock()) as shop:
        add_product(shop, "Plain Mug", stock=5)
        add_product(shop, "Zip Hoodie", price="58.00", stock=3)
        yield shop


@pytest.fixture(scope="module")
def session(shop: Shop) -> Session:
    """Ada, with a hoodie in the cart."""
    ada = add_account(shop)
    shop.cart.add(ada, 2)
    return ada


@pytest.fixture(scope="module")
def address(shop: Shop) -> Iterator[str]:
    with served(shop) as address:
        yield address


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_is_changed(shop: Shop, session: Session) -> Iterator[None]:
    """Whatever a test sends: nothing was put into the cart, nothing ordered, and the shop is as it should be."""
    yield
    assert [line.variant_id for line in shop.cart.view(session).lines] == [2]
    assert shop.orders.history(session).total == 0
    check_laws(shop)


def refused(answer: Answer, *expected: object) -> None:
    """It is a problem as it should be, and nothing of the inside shows."""
    problem = answer.problem
    assert (answer.status, problem["code"]) == expected, answer.body
    assert problem["id"] == answer.headers["x-request-id"]
    assert INTERNAL.search(answer.body) is None, answer.body


@pytest.mark.parametrize("body", [
    b"{", b"{'variant_id': 1}", b'{"variant_id": 1,}', b'{"variant_id": 1} x', b"nul\x00l", b'{"variant_id": 01}',
    b'{"variant_id": NaN}', b'{"variant_id": Infinity}', b'{"variant_id": -Infinity}',
    b'{"variant_id": ' + b"9" * 5000 + b"}", b"1" * 60_000, b"[" * 60_000, b"[" * 30_000 + b"]" * 30_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"variant_id": 1, "variant_id": 1}', b'{"variant_id": 1, "quantity": 1, "quantity": 2}',
    b'{"variant_id": 1, "\xff": 1}', b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"),
    GOOD.decode().encode("utf-32"), b"\xff\xfe\x00",
], ids=lambda body: repr(body[:40]))
def test_what_is_no_json_is_refused(address: str, session: Session, body: bytes) -> None:
    refused(exchange(address, request("POST", f"{V1}/cart/product", token=session.token, body=body)),
            400, "malformed_request")


@pytest.mark.parametrize("body", [
    b"null", b"true", b'"text"', b"[]", b"{}", b"0", b'{"variant_id": null}', b'{"variant_id": "1"}',
    b'{"variant_id": 1' + b"0" * 400 + b"}", b'{"variant_id": 1e400}', b'{"variant_id": -1e400}',
    b'{"variant_id": 1.0}', b'{"variant_id": 1e0}', b'{"variant_id": -1}', b'{"variant_id": [1]}',
    b'{"variant_id": {"$gt": 0}}', b'{"variant_id": "\\u0000"}', b'{"variant_id": "\\ud800"}',
    b'{"variant_id": 1, "\\ud800": 1}', b'{"variant_id": 1, "\\u0000": 1}', b'{"variant_id": 1, "price": 0}',
    b'{"variant_id": 1, "__class__": 1}', b'{"variant_id": "' + b"x" * 60_000 + b'"}',
    b'{"variant_id": 1, "' + b"x" * 60_000 + b'": 1}', b'{"variant_id": "1; DROP TABLE cart"}',
], ids=lambda body: repr(body[:40]))
def test_what_is_no_wish_is_refused(address: str, session: Session, body: bytes) -> None:
    answer = exchange(address, request("POST", f"{V1}/cart/product", token=session.token, body=body))
    refused(answer, 422, "invalid_input")
    assert answer.problem["details"]["fields"]


@pytest.mark.parametrize(("path", "body"), [
    ("/account/register", b'{"email": "eve@example.com", "password": "correct horse battery", "name": "\\ud800"}'),
    ("/account/register", b'{"email": "\\ud800@example.com", "password": "correct horse battery", "name": "Eve"}'),
    ("/account/register", b'{"email": "eve@example.com", "password": "correct horse \\ud800", "name": "Eve"}'),
    ("/account/register", b'{"email": "eve@example.com", "password": "correct horse \\u0000", "name": "Eve"}'),
    ("/account/register", b'{"email": "eve\\u0000@example.com", "password": "correct horse battery", "name": "E"}'),
    ("/account/login", b'{"email": "\\ud800", "password": "\\ud800"}'),
    ("/payment/", b'{"expected_total": {"amount": 5800, "currency": "USD"}, "payment": {"token": "\\ud800"}}'),
    ("/payment/", b'{"expected_total": {"amount": 5800, "currency": "\\ud800"}, "payment": {"token": "tok_visa"}}'),
    ("/payment/", b'{"expected_total": {"amount": 5800, "currency": "USD"}, "payment": {"token": "tok\\u0000"}}'),
    ("/payment/", b'{"expected_total": {"amount": 5800, "currency": "USD"}, "payment": {"token": "x", "card": {}}}'),
    ("/payment/", b'{"expected_total": {"amount": 58.0, "currency": "USD"}, "payment": {"token": "tok_visa"}}'),
    ("/payment/", b'{"expected_total": {"amount": -5800, "currency": "USD"}, "payment": {"token": "tok_visa"}}'),
    ("/payment/", b'{"expected_total": 5800, "payment": {"token": "tok_visa"}}'),
    ("/payment/", b'{"expected_total": {"amount": 5800, "currency": "USD"}, "payment": {"token": "tok_visa"},'
                  b' "address": {"name": "\\u0000", "street": "a", "city": "b", "postal_code": "c", "country": "d"}}'),
], ids=lambda value: repr(value[-60:]) if isinstance(value, bytes) else value)
def test_text_that_no_database_takes_is_refused(address: str, session: Session, path: str, body: bytes) -> None:
    refused(exchange(address, request("POST", V1 + path, token=session.token, body=body,
                                      headers="Idempotency-Key: k\r\n")), 422, "invalid_input")


@pytest.mark.parametrize("headers", [
    "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: \r\n",
    "Content-Type: application/json, text/plain\r\n", "Content-Type: multipart/form-data; boundary=x\r\n",
    "Content-Encoding: gzip\r\n", "Content-Encoding: br, gzip\r\n",
])
def test_only_plain_json_is_taken(address: str, session: Session, headers: str) -> None:
    body = gzip.compress(GOOD) if "Encoding: gzip" in headers else GOOD
    refused(exchange(address, request("POST", f"{V1}/cart/product", token=session.token, body=body, headers=headers)),
            415, "unsupported_media_type")


@pytest.mark.parametrize("given", [
    b"Bearer", b"", b"Basic YTpi", b"Bearer " + b"x" * 43, b"Bearer " + b"x" * 60_000, b"Bearer \xff",
    b"Bearer %s, Bearer %s", b"Bearer %s\r\nAuthorization: Bearer %s", b"Bearer %s%s", b"Bearer ' OR 1=1 --",
], ids=lambda given: repr(given[:40]))
def test_what_is_no_token_opens_nothing(address: str, session: Session, given: bytes) -> None:
    token = session.token.encode()
    headers = b"Authorization: " + given.replace(b"%s", token) + b"\r\n"
    refused(exchange(address, request("POST", f"{V1}/cart/product", body=GOOD, headers=headers)),
            401, "session_expired")


def test_a_token_in_an_address_is_none(address: str, session: Session) -> None:
    path = f"{V1}/cart/user?token={session.token}&access_token={session.token}"
    refused(exchange(address, request("GET", path)), 401, "login_required")


@pytest.mark.parametrize(("path", "expected"), [
    ("/%00", (404, "not_found")), ("/../../etc/passwd", (404, "not_found")), ("/%2e%2e/etc/passwd", (404, "not_found")),
    ("//elsewhere.example/", (404, "not_found")), ("/\\", (404, "not_found")), ("/" + "%2f" * 1000, (404, "not_found")),
    (f"{V1}/product/%00", (404, "not_found")), (f"{V1}/product/%ff", (404, "not_found")),
    (f"{V1}/product/..%2f..%2fetc", (404, "not_found")), (f"{V1}/product/%ED%A0%80", (404, "not_found")),
    (f"{V1}/product/" + "x" * 60_000, (422, "invalid_input")),
    (f"{V1}/order/%00", (404, "not_found")), (f"{V1}/order/%ff", (404, "not_found")),
    (f"{V1}/order/" + "9" * 40, (404, "not_found")), (f"{V1}/order/" + "9" * 41, (422, "invalid_input")),
    (f"{V1}/order?cursor=%D9%A1", (422, "invalid_input")), (f"{V1}/order?cursor=-1", (422, "invalid_input")),
    (f"{V1}/order?cursor=" + "9" * 30, (422, "invalid_input")), (f"{V1}/order?limit=1e2", (422, "invalid_input")),
    (f"{V1}/product/?cursor=" + "A" * 40, (422, "invalid_input")),
    (f"{V1}/product/?limit=%D9%A1", (422, "invalid_input")), (f"{V1}/product/?q=mug", (422, "invalid_input")),
    (f"{V1}/order?status=placed", (422, "invalid_input")),
    (f"{V1}/product/query?" + "&".join(f"option.a{at}=x" for at in range(501)), (422, "invalid_input")),
    (f"{V1}/product/query?" + "a=1&" * 10_000, (422, "invalid_input")),
    (f"{V1}/product/query?%ff=1", (422, "invalid_input")), (f"{V1}/product/query?%00=1", (422, "invalid_input")),
    (f"{V1}/product/query?price_min=" + "9" * 5000, (422, "invalid_input")),
    (f"{V1}/product/query?price_min=NaN", (422, "invalid_input")),
    (f"{V1}/product/query?cursor=%00", (422, "invalid_input")),
    *((f"{V1}/product/{name}={number}", (422, "invalid_input"))
      for name in ("?limit", "query?limit", "query?price_min", "query?price_max")
      for number in ("1_0", "%2B5", "+5", "5%20", "5.0", "5.", "5e0", "0x5", "%EF%BC%95", "%D9%A5", "%C2%B2", "-0",
                     "")),
    (f"{V1}/order?limit=1_0", (422, "invalid_input")), (f"{V1}/order?cursor=1_0", (422, "invalid_input")),
], ids=lambda value: value[:60] if isinstance(value, str) else "")
def test_addresses_of_any_kind_are_answered(address: str, session: Session, path: str, expected: tuple[int, str]
                                            ) -> None:
    refused(exchange(address, request("GET", path, token=session.token)), *expected)


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=%ED%A0%80", "q=%22%28*", "option.%00=x", "option.=x",
                                   "option.size=%00", "category=%00", "q=" + "a+" * 499])
def test_what_nobody_sells_is_looked_for_all_the_same(address: str, query: str) -> None:
    assert exchange(address, request("GET", f"{V1}/product/query?{query}")).status == 200


@pytest.mark.parametrize("text", ["%00", "%ff", "%ff%fe", "%ED%A0%80", "%CC%81", "%2D", "%20%2A%20", "%E2%80%8B", "%1B",
                                  "%"])
def test_a_query_without_a_word_finds_nothing(api: httpx.Client, text: str) -> None:
    assert api.get(f"{V1}/product/query?q={text}").json()["total"] == 0
    assert api.get(f"{V1}/product/query?q=%20").json()["total"] == 2


def test_a_cursor_of_another_query_is_none(api: httpx.Client) -> None:
    cursor = api.get(f"{V1}/product/", params={"limit": 1}).json()["next_cursor"]
    for wrong in ({"q": "mug", "cursor": cursor}, {"sort": "name", "cursor": cursor[:-1]},
                  {"sort": "name", "cursor": "0" * 16 + cursor[16:]}):
        assert api.get(f"{V1}/product/query", params=wrong).json()["code"] == "invalid_input"


def test_what_is_anothers_is_not_there(shop: Shop, api: httpx.Client) -> None:
    bob = Caller(api, add_account(shop, "bob@example.com").token)
    assert bob.call("PATCH", "/cart/product", {"variant_id": 2, "quantity": 1}).json()["code"] == "not_found"
    assert bob.call("POST", "/cart/product/remove", {"variant_id": 2}).json()["lines"] == []


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_it_does_not_know_are_told(address: str, method: str) -> None:
    refused(exchange(address, request(method, f"{V1}/product/")), 405, "method_not_allowed")


@pytest.mark.parametrize("sent", [
    b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 60, b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", request("BREW", "/"), request("", "/"), request("GET", "/a b"),
    request("GET", f"{V1}/product/\xff"), request("GET", "/?" + "x" * 66_000),
    request("GET", "/", headers="X\r\n"), request("GET", "/", headers=": x\r\n"),
    request("GET", "/", headers=b"X: a\x00b\r\n"), request("GET", "/", headers="X: a\r\n b\r\n"),
    request("GET", "/", headers="Content-Length: -1\r\n"), request("GET", "/", headers="Content-Length: 1e3\r\n"),
    request("GET", "/", headers="Content-Length: 5\r\nContent-Length: 6\r\n"),
    request("GET", "/", headers="Transfer-Encoding: gzip\r\n"),
    request("POST", f"{V1}/cart/product", headers=CHUNKED + "Content-Length: 3\r\n") + b"3\r\nabc\r\n0\r\n\r\n",
    request("POST", f"{V1}/cart/product", headers=CHUNKED) + b"zz\r\n",
], ids=lambda sent: repr(sent[:60]))
def test_what_is_no_http_is_not_answered_as_if_it_were(address: str, sent: bytes) -> None:
    answer = exchange(address, sent)
    assert (answer.status, answer.body) == (400, b"Invalid HTTP request received.")


def test_a_head_without_end_is_not_read_to_the_end(address: str) -> None:
    headers = [b"X-%d: %s\r\n" % (at, b"x" * 1000) for at in range(1000)]
    answer = exchange(address, b"GET / HTTP/1.1\r\n", *headers)
    assert (answer.status, answer.body) == (400, b"The head of this request is too large.")


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: shop\r\nX: "])
def test_nobody_waits_for_a_head_that_does_not_come(address: str, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "SLOWEST_HEAD", 0.2)
    with connected(address) as line, suppress(ConnectionResetError):  # it may be closed before this is sent
        line.sendall(sent)
        assert line.recv(100) == b""


@pytest.mark.parametrize("body", [b"x" * 70_000, b'{"variant_id": 1, "note": "' + b"x" * 65_536 + b'"}'])
def test_a_large_body_is_not_read(address: str, session: Session, body: bytes) -> None:
    path, token = f"{V1}/cart/product", session.token
    refused(exchange(address, request("POST", path, token=token, body=body)), 413, "body_too_large")
    refused(exchange(address, request("POST", path, token=token, length=10**15)), 413, "body_too_large")


def test_a_body_without_end_is_not_read_to_the_end(address: str, session: Session) -> None:
    head = request("POST", f"{V1}/cart/product", token=session.token, headers=CHUNKED)
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    refused(exchange(address, head, *repeat(chunk, 10_000)), 413, "body_too_large")


def test_a_body_that_does_not_come_is_not_waited_for(address: str, session: Session,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_BODY", 0.2)
    longer = request("POST", f"{V1}/cart/product", token=session.token, body=GOOD, length=len(GOOD) + 1)
    refused(exchange(address, longer), 408, "body_too_slow")
    head = request("POST", f"{V1}/cart/product", token=session.token, headers=CHUNKED)
    refused(exchange(address, head, b"1\r\n{\r\n"), 408, "body_too_slow")


def test_who_hangs_up_while_sending_has_sent_nothing(address: str, session: Session, api: httpx.Client) -> None:
    with connected(address) as line:
        line.sendall(request("POST", f"{V1}/cart/product", token=session.token, body=GOOD, length=len(GOOD) + 1))
    assert api.get("/healthz").status_code == 200


def test_a_length_that_is_too_short_makes_no_second_request(address: str, session: Session) -> None:
    inside = request("POST", f"{V1}/cart/product", token=session.token, body=GOOD)
    outside = request("POST", f"{V1}/account/login", body=b"{}" + inside, length=2)
    with connected(address) as line, line.makefile("rb") as heard:
        line.sendall(outside.replace(session.token.encode(), b"nobodys"))
        assert [read_answer(heard).status for _ in range(2)] == [422, 401]


def test_requests_in_one_go_are_answered_one_by_one(address: str, session: Session) -> None:
    with connected(address) as line, line.makefile("rb") as heard:
        line.sendall(request("GET", "/healthz") + request("POST", f"{V1}/cart/product", token=session.token, body=b"{")
                     + request("GET", f"{V1}/cart/user", token=session.token) + request("GET", "/nowhere"))
        assert [read_answer(heard).status for _ in range(4)] == [200, 400, 200, 404]


@pytest.mark.parametrize("headers", [
    b"If-None-Match: \xff\r\n", b"If-None-Match: " + b'"x",' * 5000 + b"\r\n", b"Cookie: " + b"x" * 50_000 + b"\r\n",
    b"X-Forwarded-For: \xff, no address\r\n", b"Expect: nonsense\r\n", b"Accept: \xff\r\n", b"Range: bytes=0-\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n",
    b"".join(b"X-%d: x\r\n" % at for at in range(2000)),
], ids=lambda headers: repr(headers[:40]))
def test_headers_that_say_nothing_to_the_shop_are_passed_over(address: str, headers: bytes) -> None:
    answer = exchange(address, request("GET", f"{V1}/product/plain-mug", headers=headers))
    assert (answer.status, b"Plain Mug" in answer.body) == (200, True)


@pytest.mark.parametrize("tag", [b"\xff", b"", b'"1.0"', b'W/"0.0000000000000000"', b'"9.0000000000000000"',
                                 b'"1.0000000000000000", "2.0000000000000000"', b"1" * 60_000])
def test_what_is_no_tag_of_this_cart_changes_nothing(address: str, session: Session, tag: bytes) -> None:
    answer = exchange(address, request("POST", f"{V1}/cart/product", token=session.token, body=GOOD,
                                       headers=b"If-Match: " + tag + b"\r\n"))
    refused(answer, 412, "cart_changed")
