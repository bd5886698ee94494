"""Many who are slow: they wait for nothing, and the others do not notice."""
from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from shopkeeper import Shop
from shopkeeper.api import connections, limits
from shopkeeper.api.connections import Connection
from tests.api.caller import V1, Caller, code_of
from tests.api.process import Server, serving
from tests.api.raw import connected, request
from tests.factories import add_account, add_product
from tests.portals import Portal
from tests.waiting import PATIENCE

MORE_THAN_UVICORN_SERVES = 2100


@pytest.fixture(scope="module")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slow") / "shop.db"
    with Shop.open(str(path)) as shop:
        add_product(shop, "Plain Mug", stock=5)
    return path


@pytest.fixture(scope="module")
def server(shop_file: Path) -> Iterator[Server]:
    with serving(shop_file, "--rate", "0") as server:
        yield server


@pytest.mark.parametrize(("who", "sent"), [
    ("silent", b""),
    ("head", b"GET / HTTP/1.1\r\nHost: sh"),
    ("body", request("POST", f"{V1}/cart/product", length=60_000) + b"{"),
    ("idle", request("GET", "/healthz")),
], ids=lambda told: told if isinstance(told, str) else "")
def test_who_sends_no_request_keeps_nobody_out(server: Server, shop_file: Path, who: str, sent: bytes) -> None:
    with Shop.open(str(shop_file)) as shop:
        token = add_account(shop, f"{who}@example.com").token
    with _many(server.address, sent), httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        shopper = Caller(client, token)
        assert client.get("/healthz").status_code == 200
        assert shopper.add(1).status_code == 200
        assert shopper.pay().status_code == 201


def test_who_does_not_read_the_answers_gets_no_more_of_them(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SLOWEST_READER", 0.1)
    gone, lost = threading.Event(), Connection.connection_lost

    def connection_lost(connection: Connection, error: Exception | None) -> None:
        lost(connection, error)
        gone.set()

    monkeypatch.setattr(Connection, "connection_lost", connection_lost)
    with connected(str(api.base_url)) as line:
        line.sendall(request("GET", "/openapi.json") * 400)
        assert gone.wait(PATIENCE)


def test_more_requests_than_can_be_worked_on_are_told_to_come_again(
    ada: Caller, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AT_ONCE", 1)
    ada.add(1)
    refused: list[httpx.Response] = []
    portal.meanwhile = lambda: refused.append(ada.client.get(f"{V1}/product/plain-mug"))
    assert ada.pay().status_code == 201
    assert (code_of(refused[0]), refused[0].headers["retry-after"]) == ((503, "unavailable"), "1")
    assert ada.client.get(f"{V1}/product/plain-mug").status_code == 200


@contextmanager
def _many(address: str, sent: bytes) -> Iterator[None]:
    """So many connections on which this is sent, and nothing more."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, MORE_THAN_UVICORN_SERVES + 500), most))
    try:
        with ExitStack() as lines:
            for _ in range(MORE_THAN_UVICORN_SERVES):
                lines.enter_context(connected(address)).sendall(sent)
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
