"""The shop in parts behind nginx: parts die and come back, and nobody who buys is the worse for it."""
from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

import httpx
import pytest
from sqlalchemy import text

from shopkeeper import Shop
from shopkeeper.api.parts import PARTS
from shopkeeper.clock import system_clock
from tests.api.buyer import Buyer
from tests.api.caller import code_of
from tests.api.raw import exchange, request
from tests.factories import add_product
from tests.in_parts import NAMES, InParts, in_parts
from tests.laws import settled
from tests.waiting import PATIENCE, wait_until

MUG = 1
CLIENTS, ORDERS = 8, 1000
# Never both processes of a part; paying and carts, where most can be lost, each time.
TURNS = (("payment-1", "cart-1", "order-1"), ("payment-2", "cart-2", "order-2"),
         ("payment-1", "cart-1", "product-1"), ("payment-2", "cart-2", "product-2"),
         ("payment-1", "cart-1", "account-1"), ("payment-2", "cart-2", "account-2"))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InParts]:
    """A shop with mugs enough."""
    folder = tmp_path_factory.mktemp("parts")
    with Shop.open(str(folder / "shop.db")) as shop:
        add_product(shop, "Plain Mug", stock=100_000)
    with in_parts(folder / "shop.db", folder / "run") as parts:
        yield parts


@pytest.fixture
def client(parts: InParts) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=parts.address, timeout=PATIENCE) as client:
        yield client


def test_what_was_acknowledged_is_there_once_whatever_dies(
    parts: InParts, client: httpx.Client, tried: Callable[[str, int], None]
) -> None:
    buyers = [Buyer(client, MUG) for _ in range(CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        buying = [pool.submit(buyer.buy, ORDERS // CLIENTS) for buyer in buyers]
        killed = _kill_in_turn(parts, client, buying)
    took = time.perf_counter() - began
    for done in buying:
        done.result()
    for key, number in sum((buyer.seen for buyer in buyers), killed).items():
        tried(key, number)
    tried("orders in parts", ORDERS)
    tried("requests sent on by nginx", parts.sent_on())
    tried("payments that died on their way", sum(len(buyer.in_flight) for buyer in buyers))
    tried("orders a second", round(ORDERS / took))
    _settle_what_is_in_flight(parts, buyers)
    acknowledged = [number for buyer in buyers for number in buyer.acknowledged]
    with settled(parts.database, _a_minute_later) as shop, shop._database.read() as connection:
        placed = connection.scalars(text("SELECT number FROM \"order\" WHERE status = 'placed'")).all()
    assert Counter(placed) == Counter(acknowledged)
    assert not [what for buyer in buyers for what in buyer.seen if what.startswith("5")]


def test_a_payment_that_was_lost_is_sent_on(parts: InParts, client: httpx.Client) -> None:
    shoppers = [Buyer(client, MUG).with_a_mug() for _ in range(4)]
    answers = _while_one_dies(parts, client, "payment-1", [shopper.pay for shopper in shoppers])
    assert [answer.status_code for answer in answers] == [201] * 4
    assert [shopper.call("GET", "/order").json()["total"] for shopper in shoppers] == [1] * 4


def test_what_was_added_to_a_cart_is_not_added_again(parts: InParts, client: httpx.Client) -> None:
    shoppers = [Buyer(client, MUG).registered() for _ in range(4)]
    answers = _while_one_dies(parts, client, "cart-1", [partial(shopper.add, MUG) for shopper in shoppers])
    lost = [answer for answer in answers if answer.status_code != 200]
    assert lost
    assert {code_of(answer) for answer in lost} == {(503, "unavailable")}
    assert [shopper.cart()["count"] for shopper in shoppers] == [int(answer not in lost) for answer in answers]


def test_a_part_that_is_gone_is_missed_alone(parts: InParts, client: httpx.Client) -> None:
    shopper = Buyer(client, MUG).registered()
    with parts.without(client, "product-1", "product-2"):
        gone = client.get("/ecommerce/v1/product/query")
        assert (code_of(gone), gone.headers["retry-after"]) == ((503, "unavailable"), "1")
        assert shopper.add(MUG).status_code == 200
        said = parts.do("status").splitlines()
        assert {"product-1 does not run", "product-2 does not run"} == {line for line in said if "not" in line}
    assert client.get("/ecommerce/v1/product/query").status_code == 200


def test_what_nginx_answers_itself_looks_as_everything_does(client: httpx.Client) -> None:
    assert client.get("/").json()["parts"] == list(PARTS)
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert {f"/ecommerce/v1/{part}" for part in PARTS} <= {
        "/".join(path.split("/")[:4]) for path in client.get("/openapi.json").json()["paths"]}
    assert code_of(client.get("/nothing")) == (404, "not_found")
    assert code_of(client.post("/ecommerce/v1/cart/product", content=b" " * 65_537)) == (413, "body_too_large")
    assert code_of(client.get("/ecommerce/v1/cart/user", headers={"X": "x" * 40_000})) == (400, "malformed_request")
    for sent in (b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"):
        answer = exchange(str(client.base_url), sent)
        assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


def test_two_authorization_headers_are_refused_through_nginx(client: httpx.Client) -> None:
    token = Buyer(client, MUG).registered().token
    path = "/ecommerce/v1/cart/user"
    for _ in range(3):
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        twice = request("GET", path, token=token, headers="Authorization: Bearer x\r\n")
        answer = exchange(str(client.base_url), twice)
        assert answer.status in {400, 401}  # nginx refuses it itself from version 1.23 on
        assert answer.problem["status"] == answer.status


def test_both_logs_know_a_request_by_one_id_and_by_who_asked(parts: InParts, client: httpx.Client) -> None:
    answer = client.get("/ecommerce/v1/product/query?q=secret", headers={"X-Forwarded-For": "192.0.2.1",
                                                                         "X-Request-Id": "0" * 32})
    known_as = answer.headers.get_list("x-request-id")
    assert len(known_as) == 1
    wait_until(lambda: len(parts.logged(known_as[0])) == 2, "a log says nothing of it")
    lines = parts.logged(known_as[0])
    assert [json.loads(line)["client"] for line in lines] == ["127.0.0.1"] * 2
    assert "secret" not in "".join(lines)


def test_who_starts_it_twice_starts_it_once(parts: InParts) -> None:
    before = {name: parts.pid(name) for name in NAMES}
    assert parts.address in parts.do("start")
    assert {name: parts.pid(name) for name in NAMES} == before


def _while_one_dies(
    parts: InParts, client: httpx.Client, name: str, asking: Sequence[Callable[[], httpx.Response]]
) -> list[httpx.Response]:
    """What these are answered if a process dies when it was sent one of their requests and has not looked at it."""
    parts.freeze(name)
    with ThreadPoolExecutor(len(asking)) as pool:
        asked = [pool.submit(each) for each in asking]
        parts.wait_until_sent_to(name)
        with parts.without(client, name):
            wait(asked)
    return [each.result() for each in asked]


def _kill_in_turn(parts: InParts, client: httpx.Client, buying: list[Future[None]]) -> Counter[str]:
    """Kills processes and starts them again, one after the other, for as long as anybody buys."""
    killed: Counter[str] = Counter()
    turns = cycle(TURNS)
    while not all(each.done() for each in buying):
        names = next(turns)
        parts.kill(*names)
        killed.update(f"kills of {name[:-2]}" for name in names)
        parts.start_again(client, *names)
    return killed


def _settle_what_is_in_flight(parts: InParts, buyers: list[Buyer]) -> None:
    """Of what died on its way to the portal it is known after a minute that it never got there."""
    with settled(parts.database, _a_minute_later):
        for buyer in buyers:
            for payment in buyer.in_flight:
                assert buyer.pay(payment).status_code in {201, 402}


def _a_minute_later() -> datetime:
    return system_clock() + timedelta(seconds=61)
