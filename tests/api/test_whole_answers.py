"""An answer leaves the server with one call to the system, and a buyer copes with one that broke off all the same."""
from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from shopkeeper import Shop
from tests.api.buyer import Buyer
from tests.api.caller import V1, Caller
from tests.api.process import serving
from tests.factories import add_account, add_product
from tests.served import served
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def token(shop_file: Path) -> str:
    with Shop.open(str(shop_file)) as shop:
        add_product(shop, "Plain Mug", stock=5)
        return add_account(shop).token


def test_each_answer_is_one_system_call(shop_file: Path, token: str, tmp_path: Path) -> None:
    assert shutil.which("strace"), "strace is not installed: `apt-get install strace`, as .ci/run does."
    log = tmp_path / "calls"
    strace = ["strace", "--daemonize", "--decode-fds=socket", "--trace=write,writev,sendto,sendmsg", f"--output={log}"]
    with serving(shop_file, tracer=strace) as server, httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        wait_until(lambda: _answers(log) != [], "strace saw no answer")
        earlier = len(_answers(log))
        ada = Caller(client, token)
        added = ada.add(1)
        answers = [
            added, ada.call("GET", "/cart/user"), ada.call("GET", "/cart/user", If_None_Match=added.headers["etag"]),
            ada.add(99), ada.pay(), ada.call("POST", "/account/logout"), client.get(f"{V1}/product/query"),
            client.head(f"{V1}/product/query"), client.post(f"{V1}/account/login"), client.get("/openapi.json"),
        ]
        assert max(len(answer.content) for answer in answers) > 64 * 1024
        requests = len(answers) + 1  # who pays looks into the cart first
        wait_until(lambda: len(_answers(log)) >= earlier + requests, "strace saw fewer answers than the client")
    calls = _answers(log)[earlier:]
    assert [call for call in calls if "HTTP/1.1 " not in call] == []
    assert len(calls) == requests


class BreakingTransport(httpx.HTTPTransport):
    """A network on which every third answer breaks off: the request was carried out all the same."""

    answers = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        self.answers += 1
        if self.answers % 3 == 0:
            answer.read()
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        return answer


def test_broken_answers_are_asked_again_and_nothing_is_bought_twice(shop: Shop) -> None:
    mug = shop.catalog.product("plain-mug").variants[0].id
    network = BreakingTransport()
    with served(shop) as address, httpx.Client(base_url=address, timeout=PATIENCE, transport=network) as client:
        buyer = Buyer(client, mug)
        buyer.buy(4)
    assert buyer.seen["broken answers"] > 4
    assert len(set(buyer.acknowledged)) == 4
    assert shop.catalog.product("plain-mug").variants[0].available == 5 - 4


def _answers(log: Path) -> list[str]:
    """The calls that wrote to a connection."""
    return [line for line in log.read_text().splitlines() if "<TCP" in line]
