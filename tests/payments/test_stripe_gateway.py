"""Stripe, where it is strict, slow or broken: each call answered from a script."""
from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.gateway import Charge, GatewayError
from shopkeeper.payments.model import Card
from shopkeeper.payments.stripe_gateway import StripeGateway
from shopkeeper.payments.tables import stripe_intent
from tests.conftest import FakeClock
from tests.payments.localstripe import KEY
from tests.payments.stripe_script import Answer, StripeScript, intent

TEN = Money(1000, "USD")
CARD = Card("4242 4242 4242 4242", 11, 2031, "987")

METHOD = "POST /v1/payment_methods"
CREATE = "POST /v1/payment_intents"
CONFIRM = "POST /v1/payment_intents/pi_1/confirm"
CANCEL = "POST /v1/payment_intents/pi_1/cancel"
RETRIEVE = "GET /v1/payment_intents/pi_1"
REFUNDS = "GET /v1/refunds"
REFUND = "POST /v1/refunds"


@pytest.fixture
def gateway(script: StripeScript, database: Database, clock: FakeClock) -> StripeGateway:
    return StripeGateway(database, clock, shop_id="shop-1", key=KEY, base=script.base)


def error(kind: str = "invalid_request_error", **more: str) -> dict[str, object]:
    return {"error": {"type": kind, "message": "As the script says."} | more}


def charge(gateway: StripeGateway, amount: Money = TEN) -> Charge:
    return gateway.charge(CARD, amount, key="pay:SK-000001:1")


def lookup(gateway: StripeGateway) -> Charge | None:
    return gateway.lookup("pay:SK-000001:1")


# What is sent

def test_a_card_becomes_a_method_an_intent_and_a_charge(gateway: StripeGateway, script: StripeScript) -> None:
    assert charge(gateway) == Charge("succeeded", "pi_1")
    assert script.asked == [METHOD, CREATE, CONFIRM]
    method, create, _ = script.requests
    assert {name: method.form[f"card[{name}]"] for name in ("number", "exp_month", "exp_year", "cvc")} == {
        "number": "4242424242424242", "exp_month": "11", "exp_year": "2031", "cvc": "987"}
    assert create.form == {"amount": "1000", "currency": "usd", "payment_method": "pm_1",
                           "allowed_payment_method_types[0]": "card",
                           "metadata[shopkeeper_key]": "shop-1:pay:SK-000001:1"}


def test_keys_carry_the_shops_id(gateway: StripeGateway, script: StripeScript) -> None:
    answer = charge(gateway)
    gateway.refund(answer.reference, TEN, key="refund:SK-000001")
    sent = {each.what: each.headers["Idempotency-Key"] for each in script.requests if each.what.startswith("POST")}
    assert [sent[what] for what in (CREATE, CONFIRM, REFUND)] == [
        "shop-1:pay:SK-000001:1", "shop-1:pay:SK-000001:1:confirm", "shop-1:refund:SK-000001"]


def test_an_amount_that_stripe_cannot_charge_exactly_is_not_charged_at_all(
    gateway: StripeGateway, script: StripeScript
) -> None:
    answer = charge(gateway, Money(5124, "KWD"))
    assert (answer.state, "not charged" in answer.reason, script.asked) == ("declined", True, [])


# What it answers

@pytest.mark.parametrize(("code", "decline_code", "words"), [
    ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ("expired_card", None, "Your card has expired."),
    ("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ("card_declined", "stolen_card", "Your card was declined."),
    ("card_declined", "a_new_code", "Your card was declined."),
])
def test_a_decline_is_told_in_plain_words(
    gateway: StripeGateway, script: StripeScript, code: str, decline_code: str | None, words: str
) -> None:
    codes = {"code": code} | ({"decline_code": decline_code} if decline_code else {})
    script.answers[CONFIRM] = (402, error("card_error", **codes))
    script.answers[RETRIEVE] = (200, intent("requires_payment_method", last_payment_error=codes))
    assert charge(gateway) == Charge("declined", "pi_1", words)
    assert lookup(gateway) == Charge("declined", "pi_1", words)


@pytest.mark.parametrize("call", [METHOD, CREATE])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_payment_that_stripe_does_not_take_is_declined_before_it_can_charge(
    gateway: StripeGateway, script: StripeScript, call: str, status: int
) -> None:
    script.answers[call] = (status, error(code="not_this_way"))
    answer = charge(gateway)
    assert (answer.state, "Your card was not charged" in answer.reason) == ("declined", True)
    assert CONFIRM not in script.asked
    assert lookup(gateway) is None


def test_a_card_that_is_no_card_is_declined(gateway: StripeGateway, script: StripeScript) -> None:
    script.answers[METHOD] = (402, error("card_error", code="incorrect_number"))
    assert charge(gateway) == Charge("declined", "", "Your card number is incorrect.")


@pytest.mark.parametrize(("status", "becomes"), [
    ("succeeded", "succeeded"), ("processing", "unknown"), ("requires_capture", "unknown"),
    ("requires_confirmation", "unknown"), ("canceled", "declined"), ("requires_action", "declined"),
])
def test_a_look_up_tells_how_an_intent_stands(
    gateway: StripeGateway, script: StripeScript, status: str, becomes: str
) -> None:
    charge(gateway)
    script.answers[RETRIEVE] = (200, intent(status))
    answer = lookup(gateway)
    assert answer is not None
    assert (answer.state, answer.reference) == (becomes, "pi_1")
    assert script.asked.count(CONFIRM) == 1


def test_a_card_whose_bank_wants_to_ask_is_declined_and_its_intent_canceled(
    gateway: StripeGateway, script: StripeScript
) -> None:
    script.answers[CONFIRM] = (200, intent("requires_action"))
    answer = charge(gateway)
    assert (answer.state, "asks for a confirmation" in answer.reason) == ("declined", True)
    assert script.asked[-1] == CANCEL


# What it does not answer

@pytest.mark.parametrize("call", [METHOD, CREATE, CONFIRM])
@pytest.mark.parametrize("answer", ["cut", (500, {}), (429, {}), (409, {})], ids=["cut", "500", "429", "409"])
def test_silence_is_no_answer_at_any_step(
    gateway: StripeGateway, script: StripeScript, call: str, answer: Answer
) -> None:
    script.answers[call] = answer
    with pytest.raises(GatewayError):
        charge(gateway)
    assert script.asked[-1] == call
    script.answers[RETRIEVE] = (200, intent("succeeded"))
    assert lookup(gateway) == (Charge("succeeded", "pi_1") if call == CONFIRM else None)


def test_a_confirmation_that_stripe_refuses_is_looked_up_not_guessed(
    gateway: StripeGateway, script: StripeScript
) -> None:
    script.answers[CONFIRM] = (400, error(code="payment_intent_unexpected_state"))
    with pytest.raises(GatewayError):
        charge(gateway)


def test_an_intent_that_nobody_confirmed_is_canceled_before_it_is_given_up(
    gateway: StripeGateway, script: StripeScript, clock: FakeClock
) -> None:
    script.answers |= {CONFIRM: "cut", RETRIEVE: (200, intent("requires_confirmation"))}
    with pytest.raises(GatewayError):
        charge(gateway)
    clock.advance(59)
    assert lookup(gateway) == Charge("unknown", "pi_1")
    clock.advance(1)
    assert lookup(gateway) == Charge("declined", "pi_1", "The payment was not finished. Your card was not charged.")
    assert script.asked.count(CANCEL) == 1


def test_an_intent_from_the_future_is_given_up_a_minute_after_the_clock_is_set_right(
    gateway: StripeGateway, script: StripeScript, clock: FakeClock
) -> None:
    script.answers[CONFIRM] = "cut"
    script.answers[RETRIEVE] = (200, intent("requires_confirmation"))
    clock.advance(1e8)
    with pytest.raises(GatewayError):
        charge(gateway)
    clock.advance(-1e8)
    assert lookup(gateway) == Charge("unknown", "pi_1")
    clock.advance(60)
    answer = lookup(gateway)
    assert answer is not None and answer.state == "declined"


def test_an_intent_that_cannot_be_canceled_any_more_is_not_given_up(
    gateway: StripeGateway, script: StripeScript, clock: FakeClock
) -> None:
    script.answers |= {CONFIRM: "cut", RETRIEVE: (200, intent("requires_confirmation")),
                       CANCEL: (400, error(code="payment_intent_unexpected_state"))}
    with pytest.raises(GatewayError):
        charge(gateway)
    clock.advance(60)
    with pytest.raises(GatewayError):
        lookup(gateway)


@pytest.mark.parametrize("status", [401, 404])
def test_what_another_account_does_not_know_is_not_given_up(
    gateway: StripeGateway, script: StripeScript, status: int
) -> None:
    charge(gateway)
    script.answers[RETRIEVE] = (status, error(code="resource_missing"))
    with pytest.raises(GatewayError):
        lookup(gateway)


def test_a_known_key_is_looked_up_and_nothing_is_sent_anew(gateway: StripeGateway, script: StripeScript) -> None:
    first = charge(gateway)
    assert charge(gateway) == first
    assert script.asked == [METHOD, CREATE, CONFIRM, RETRIEVE]


def test_a_key_that_stripe_knows_with_another_card_is_no_decline(gateway: StripeGateway, script: StripeScript) -> None:
    script.answers[CREATE] = (400, error("idempotency_error"))  # another call with this key is under way
    with pytest.raises(GatewayError):
        charge(gateway)


def test_of_two_calls_with_one_key_one_confirms(
    gateway: StripeGateway, script: StripeScript, database: Database, clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare: Callable[..., str] = gateway._prepare

    def overtaken(*given: object) -> str:
        with database.write() as connection:
            connection.execute(insert(stripe_intent).values(key="pay:SK-000001:1", reference="pi_1", at=clock()))
        return prepare(*given)

    monkeypatch.setattr(gateway, "_prepare", overtaken)
    script.answers[RETRIEVE] = (200, intent("processing"))
    assert charge(gateway) == Charge("unknown", "pi_1")
    assert CONFIRM not in script.asked


# Refunds

def listed(**refund: object) -> tuple[int, dict[str, object]]:
    made = {"id": "re_1", "object": "refund", "metadata": {"shopkeeper_key": "shop-1:refund:1"}} | refund
    return 200, {"object": "list", "data": [made], "has_more": False, "url": "/v1/refunds"}


def test_a_refund_that_was_made_is_not_made_again_however_long_ago(
    gateway: StripeGateway, script: StripeScript
) -> None:
    script.answers[REFUNDS] = listed(status="succeeded")
    assert gateway.refund("pi_1", TEN, key="refund:1") == Charge("succeeded", "pi_1")
    assert script.asked == [REFUNDS]
    gateway.refund("pi_1", TEN, key="refund:2")
    assert script.asked[-1] == REFUND


@pytest.mark.parametrize(("status", "becomes"), [
    ("pending", "unknown"), ("requires_action", "unknown"), ("failed", "declined"), ("canceled", "declined"),
])
def test_a_refund_is_made_once_the_money_is_back(
    gateway: StripeGateway, script: StripeScript, status: str, becomes: str
) -> None:
    script.answers[REFUND] = (200, {"id": "re_1", "object": "refund", "status": status})
    assert gateway.refund("pi_1", TEN, key="refund:1").state == becomes
    script.answers[REFUNDS] = listed(status=status)
    assert gateway.refund("pi_1", TEN, key="refund:1").state == becomes


def test_a_refund_that_stripe_refuses_is_declined_and_says_why(gateway: StripeGateway, script: StripeScript) -> None:
    script.answers[REFUND] = (400, error(code="charge_already_refunded"))
    answer = gateway.refund("pi_1", TEN, key="refund:1")
    assert (answer.state, "charge_already_refunded" in answer.reason) == ("declined", True)


@pytest.mark.parametrize("call", [REFUNDS, REFUND])
@pytest.mark.parametrize("answer", ["cut", (500, {}), (401, error())], ids=["cut", "500", "401"])
def test_a_refund_without_an_answer_is_asked_for_again(
    gateway: StripeGateway, script: StripeScript, call: str, answer: Answer
) -> None:
    script.answers[call] = answer
    with pytest.raises(GatewayError):
        gateway.refund("pi_1", TEN, key="refund:1")
