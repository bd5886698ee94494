"""What a card's number and the account's keys must not get into."""
from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.gateway import GatewayError
from shopkeeper.payments.model import Card
from shopkeeper.payments.stripe_gateway import StripeGateway
from tests.conftest import FakeClock
from tests.payments.localstripe import KEY, SECRET
from tests.payments.stripe_script import Answer, StripeScript
from tests.waiting import PATIENCE

NUMBER, CVC = "4242424242424242", "987"

PAY = f"""
import logging, sys
from datetime import UTC, datetime
from pathlib import Path
logging.basicConfig(level=logging.DEBUG)
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from shopkeeper.money import Money
from shopkeeper.payments.model import Card
from shopkeeper.payments.stripe_gateway import StripeGateway
database = Database.open(sys.argv[1])
migrate(database)
gateway = StripeGateway(database, lambda: datetime.now(UTC), shop_id="shop-1", key="{KEY}", base=sys.argv[2])
print(gateway.charge(Card("{NUMBER}", 11, 2031, "{CVC}"), Money(1000, "USD"), key="pay:1:1").state)
"""


def test_the_librarys_own_debugging_shows_no_card_and_leaves_no_trace_at_home(
    tmp_path: Path, script: StripeScript
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    ended = subprocess.run(
        [sys.executable, "-c", PAY, tmp_path / "shop.db", script.base], capture_output=True, text=True,
        timeout=PATIENCE, check=True, env=environment | {"STRIPE_LOG": "debug", "HOME": str(home)})
    assert ended.stdout == "succeeded\n"
    assert "payment_intents" in ended.stderr  # it does log
    assert not [secret for secret in (NUMBER, CVC, KEY) if secret in ended.stderr]
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize("answer", [
    "cut",
    (500, {"error": {"type": "api_error", "message": f"{NUMBER} {CVC} {KEY}"}}),
    (400, {"error": {"type": "invalid_request_error", "message": f"{NUMBER} {CVC} {KEY}", "param": NUMBER}}),
    (402, {"error": {"type": "card_error", "code": "card_declined", "message": f"{NUMBER} {CVC} {KEY}"}}),
], ids=["cut", "500", "400", "402"])
def test_what_stripe_quotes_is_not_passed_on(
    database: Database, clock: FakeClock, script: StripeScript, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    gateway = StripeGateway(database, clock, shop_id="shop-1", key=KEY, webhook_secret=SECRET, base=script.base)
    script.answers["POST /v1/payment_methods"] = answer
    with caplog.at_level(logging.DEBUG):
        try:
            told = repr(gateway.charge(Card(NUMBER, 11, 2031, CVC), Money(1000, "USD"), key="pay:1:1"))
        except GatewayError as error:
            told = "".join(traceback.format_exception(error))
    seen = told + repr(gateway) + str(vars(gateway)) + "".join(each.getMessage() for each in caplog.records
                                                              if each.name != "stripe" or each.levelno < logging.INFO)
    assert not [secret for secret in (NUMBER, CVC, KEY) if secret in seen]
