"""The server is told to end, or a shopper hangs up, while a payment is under way: it is finished, once."""
from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from shopkeeper import Shop
from tests.api.caller import CARD, V1, Caller
from tests.api.process import Server, serving
from tests.factories import add_account, add_product
from tests.laws import LAWS, broken
from tests.payments.stripe_script import Answer, Request, StripeScript, playing
from tests.waiting import PATIENCE

CHARGE = "POST /v1/payment_intents/pi_1/confirm"


class SlowPortal:
    """Is `asked` to charge, and answers when it may `answer`."""

    def __init__(self, script: StripeScript) -> None:
        self._script, self._play = script, script.answer
        self.asked, self.answer = threading.Event(), threading.Event()
        script.answer = self._hesitate  # type: ignore[method-assign]

    @property
    def charges(self) -> int:
        return self._script.asked.count(CHARGE)

    def _hesitate(self, request: Request) -> Answer:
        answer = self._play(request)
        if request.what == CHARGE:
            self.asked.set()
            assert self.answer.wait(PATIENCE)
        return answer


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def token(database: Path) -> str:
    """Ada's, who has a mug in her cart."""
    with Shop.open(str(database)) as shop:
        mug = add_product(shop, "Plain Mug", stock=5).variants[0].id
        ada = add_account(shop)
        shop.cart.add(ada, mug)
    return ada.token


@pytest.fixture
def script() -> Iterator[StripeScript]:
    with playing() as script:
        yield script


@pytest.fixture
def portal(script: StripeScript) -> SlowPortal:
    return SlowPortal(script)


@pytest.fixture
def server(database: Path, token: str, script: StripeScript) -> Iterator[Server]:
    """Pays through the slow portal. (`token`: what is sold is there before.)"""
    assert token
    with serving(database, env={"SHOPKEEPER_STRIPE_KEY": "sk_test_1", "SHOPKEEPER_STRIPE_BASE": script.base}) as server:
        yield server


@pytest.fixture
def ada(server: Server, token: str) -> Iterator[Caller]:
    with httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        yield Caller(client, token)


def test_a_payment_under_way_is_finished_before_the_server_ends(
    server: Server, ada: Caller, portal: SlowPortal, database: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(ada.pay)
        assert portal.asked.wait(PATIENCE)
        server.process.terminate()
        server.wait_until(ready=False)
        assert not paying.done()
        portal.answer.set()
        answer = paying.result()
    assert (answer.status_code, answer.json()["status"], server.ended()) == (201, "placed", 0)
    assert (_orders(database), portal.charges) == (["placed"], 1)


def test_a_shopper_who_hangs_up_while_paying_has_paid_once(
    server: Server, ada: Caller, portal: SlowPortal, database: Path
) -> None:
    total = ada.cart()["total"]
    _pay_and_hang_up(server, ada, total, portal)
    portal.answer.set()
    while (answer := ada.pay(key="once", expected_total=total)).status_code == 409:
        assert answer.json()["code"] == "in_flight"
    assert (answer.status_code, answer.json()["status"]) == (201, "placed")
    assert ada.cart()["lines"] == []
    assert (_orders(database), portal.charges) == (["placed"], 1)


def test_a_server_that_ends_finishes_what_nobody_waits_for(
    server: Server, ada: Caller, portal: SlowPortal, database: Path
) -> None:
    _pay_and_hang_up(server, ada, ada.cart()["total"], portal)
    server.process.terminate()
    server.wait_until(ready=False)
    portal.answer.set()
    assert server.ended() == 0
    assert (_orders(database), portal.charges) == (["placed"], 1)


def _pay_and_hang_up(server: Server, ada: Caller, total: object, portal: SlowPortal) -> None:
    """The portal has been asked when the shopper goes."""
    line = HTTPConnection("127.0.0.1", server.port)
    body = json.dumps({"expected_total": total, "payment": CARD})
    line.request("POST", f"{V1}/payment/", body, {
        "Authorization": f"Bearer {ada.token}", "Content-Type": "application/json", "Idempotency-Key": "once"})
    assert portal.asked.wait(PATIENCE)
    line.close()


def _orders(database: Path) -> list[str]:
    """Where the orders in the books stand; every law holds."""
    with Shop.open(str(database), settle=False) as shop, shop._database.read() as connection:
        assert broken(connection, LAWS) == []
        return [row.status for row in connection.exec_driver_sql('SELECT status FROM "order"')]
