"""Stripe speaks first: a signed message is a hint to ask, and nothing that is not signed is believed."""
from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from shopkeeper import BadSignature, GatewayUnavailable, InvalidState, NotFound, PaymentDeclined, Session, Shop
from shopkeeper.payments.stripe_gateway import StripeGateway
from shopkeeper.payments.tables import stripe_intent
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import pay, stock_of
from tests.payments.localstripe import KEY, SECRET
from tests.payments.stripe_script import StripeScript, intent

OURS = "pay:attempt-000001:1"


@pytest.fixture
def shop(shop_file: Path, clock: FakeClock, script: StripeScript, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", KEY)
    monkeypatch.setenv("SHOPKEEPER_STRIPE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("SHOPKEEPER_STRIPE_BASE", script.base)
    with Shop.open(str(shop_file), clock=clock) as shop:
        yield shop


@pytest.fixture
def waiting(shop: Shop, script: StripeScript) -> Session:
    """An account whose two mugs were paid for, which Stripe did not say."""
    session = add_account(shop)
    shop.cart.add(session, add_product(shop, "Plain Mug", stock=5).variants[0].id, 2)
    script.answers |= {"POST /v1/payment_intents/pi_1/confirm": "cut", "GET /v1/payment_intents/pi_1": "cut"}
    assert pay(shop, session).status == "awaiting_payment"
    script.answers["GET /v1/payment_intents/pi_1"] = (200, intent("succeeded"))
    return session


def message(shop: Shop, key: str = OURS, *, shop_id: str | None = None, about: str = "payment_intent") -> bytes:
    """What Stripe posts when a payment went through."""
    metadata = {"shopkeeper_key": f"{shop_id or shop.settings.shop_id}:{key}"}
    return json.dumps({"id": "evt_1", "object": "event", "type": f"{about}.succeeded",
                       "data": {"object": {"object": about, "id": "pi_1", "metadata": metadata}}}).encode()


def signed(payload: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    """The header, by the scheme of https://docs.stripe.com/webhooks#verify-manually."""
    at = int(time.time()) - age
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + payload, sha256).hexdigest()}"


def test_a_message_settles_the_payment_that_it_is_about(shop: Shop, waiting: Session, script: StripeScript) -> None:
    payload = message(shop)
    for _ in range(2):  # Stripe may say a thing twice
        shop.checkout.hear(payload, signed(payload))
    assert [each.status for each in shop.orders.history(waiting).items] == ["placed"]
    assert stock_of(shop, 1) == (3, 0)
    assert script.asked.count("POST /v1/payment_intents/pi_1/confirm") == 1


def test_a_message_is_a_hint_and_stripe_is_asked(shop: Shop, waiting: Session, script: StripeScript) -> None:
    script.answers["GET /v1/payment_intents/pi_1"] = (200, intent("processing"))
    payload = message(shop)
    shop.checkout.hear(payload, signed(payload))
    assert shop.orders.history(waiting).items[0].status == "awaiting_payment"


def test_a_charge_that_is_heard_of_after_its_order_was_given_up_is_given_back(
    shop: Shop, waiting: Session, script: StripeScript, clock: FakeClock
) -> None:
    with shop._database.write() as connection:  # as if the charge had been under way unwritten all the time
        row = connection.execute(stripe_intent.select()).one()
        connection.execute(stripe_intent.delete())
    clock.advance(61)
    shop.checkout.settle()
    with pytest.raises(PaymentDeclined, match="never reached"):
        pay(shop, waiting)
    with shop._database.write() as connection:
        connection.execute(stripe_intent.insert().values(row._mapping))
    payload = message(shop)
    shop.checkout.hear(payload, signed(payload))
    assert script.asked[-1] == "POST /v1/refunds"
    assert [order.status for order in shop.orders.history(waiting).items] == ["cancelled"]
    assert stock_of(shop, 1) == (5, 0)


@pytest.mark.parametrize("header", [
    "", "nonsense", "t=1,v1=", "t=soon,v1=abc", "v1=abc", "t=1,v1=\u20ac",
])
def test_what_is_not_signed_is_refused(shop: Shop, waiting: Session, header: str) -> None:
    with pytest.raises(BadSignature, match="not from Stripe"):
        shop.checkout.hear(message(shop), header)
    assert shop.orders.history(waiting).items[0].status == "awaiting_payment"


def test_what_is_signed_by_others_changed_or_old_is_refused(shop: Shop, waiting: Session) -> None:
    payload = message(shop)
    for sent, header in ((payload, signed(payload, secret="whsec_other")), (payload + b" ", signed(payload)),
                         (payload, signed(payload, age=600)), (b"\xff", signed(payload))):
        with pytest.raises(BadSignature):
            shop.checkout.hear(sent, header)
    assert shop.orders.history(waiting).items[0].status == "awaiting_payment"


def test_what_is_not_about_this_shop_changes_nothing(shop: Shop, waiting: Session, script: StripeScript) -> None:
    asked = list(script.asked)
    nobodys = json.dumps({"object": "event", "data": {"object": {"object": "payment_intent", "metadata": None}}})
    for payload in (message(shop, shop_id="another"), message(shop, about="refund"), nobodys.encode(),
                    b'{"object": "v2.core.event"}'):
        shop.checkout.hear(payload, signed(payload))
    assert script.asked == asked
    assert shop.orders.history(waiting).items[0].status == "awaiting_payment"


def test_a_payment_that_the_books_do_not_know_is_told(shop: Shop) -> None:
    payload = message(shop, "pay:attempt-000099:1")
    with pytest.raises(NotFound, match="pay:attempt-000099:1"):
        shop.checkout.hear(payload, signed(payload))


def test_without_a_secret_no_message_is_believed(tmp_path: Path, clock: FakeClock, script: StripeScript,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", KEY)
    monkeypatch.setenv("SHOPKEEPER_STRIPE_BASE", script.base)
    with (Shop.open(str(tmp_path / "shop.db"), clock=clock) as shop,
          pytest.raises(GatewayUnavailable, match="SHOPKEEPER_STRIPE_WEBHOOK_SECRET")):
        shop.checkout.hear(message(shop), signed(message(shop), secret=""))


def test_the_demo_portal_sends_no_messages(tmp_path: Path) -> None:
    with (Shop.open(str(tmp_path / "shop.db")) as shop, pytest.raises(InvalidState, match="sends no messages")):
        shop.checkout.hear(b"{}", "")


def test_a_key_is_told_by_its_message(shop: Shop) -> None:
    gateway = shop.checkout._settlement._gateway
    assert isinstance(gateway, StripeGateway)
    payload = message(shop)
    assert gateway.heard(payload, signed(payload)) == OURS
