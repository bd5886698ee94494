"""Paying and cancelling over HTTP."""
from __future__ import annotations

import httpx
import pytest

from shopkeeper import Session, Shop
from shopkeeper.api.app import Options
from shopkeeper.api.parts import Part
from tests.api.caller import CARD, DECLINED, Caller, code_of
from tests.conftest import FakeClock
from tests.factories import add_account, set_price, set_stock
from tests.orders.buying import pay, stock_of
from tests.portals import Portal
from tests.served import served
from tests.waiting import PATIENCE, wait_until

HOME = {"name": "Ada Lovelace", "street": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4JH",
        "country": "United Kingdom"}


def test_what_is_paid_is_an_order(ada: Caller) -> None:
    ada.add(1, 2)
    answer = ada.pay(address=HOME)
    order = answer.json()
    assert (answer.status_code, order["status"], order["total"]["amount"]) == (201, "placed", 4000)
    assert (order["payment"]["brand"], order["payment"]["last4"], order["address"]) == ("Visa", "4242", HOME)
    assert ada.client.get(answer.headers["location"], headers={"Authorization": f"Bearer {ada.token}"}).json() == order
    history = ada.call("GET", "/order").json()
    assert (history["items"], history["total"], history["next_cursor"]) == ([order], 1, None)
    assert ada.cart()["count"] == 0


def test_the_same_key_gives_the_same_order(ada: Caller, portal: Portal) -> None:
    ada.add(1)
    total = ada.cart()["total"]
    first, again = ada.pay(), ada.pay(expected_total=total)
    assert (again.status_code, again.json()) == (201, first.json())
    assert portal.calls == 1
    assert code_of(ada.pay(expected_total=total, payment=DECLINED)) == (422, "idempotency_mismatch")


def test_without_a_key_nothing_is_paid(ada: Caller) -> None:
    ada.add(1)
    body = {"expected_total": ada.cart()["total"], "payment": CARD}
    assert code_of(ada.call("POST", "/payment/", body)) == (400, "missing_idempotency_key")
    assert code_of(ada.pay(key="k" * 201)) == (422, "invalid_input")
    assert ada.call("GET", "/order").json()["total"] == 0


def test_a_declined_card_leaves_the_cart(ada: Caller) -> None:
    ada.add(1)
    refused = ada.pay(payment=DECLINED)
    assert code_of(refused) == (402, "payment_declined")
    assert (refused.json()["detail"], ada.cart()["count"]) == ("Your card was declined.", 1)


def test_another_total_is_told(ada: Caller, shop: Shop) -> None:
    ada.add(1)
    total = ada.cart()["total"]
    set_price(shop, 1, "21.00")
    refused = ada.pay(expected_total=total)
    assert code_of(refused) == (409, "price_changed")
    assert refused.json()["details"] == {"total": {"amount": 2100, "currency": "USD"}}


def test_what_is_sold_out_or_empty_cannot_be_paid(ada: Caller, shop: Shop) -> None:
    assert code_of(ada.pay()) == (409, "empty_cart")
    ada.add(1, 2)
    set_stock(shop, 1, 1)
    assert code_of(ada.pay()) == (409, "out_of_stock")


def test_a_portal_that_does_not_answer_leaves_the_order_waiting(ada: Caller, portal: Portal) -> None:
    ada.add(1)
    total = ada.cart()["total"]
    portal.mood = "silent"
    waiting = ada.pay()
    assert (waiting.status_code, waiting.json()["status"]) == (202, "awaiting_payment")
    assert code_of(ada.pay(key="key-2")) == (409, "invalid_state")
    portal.mood = "well"
    settled = ada.pay(expected_total=total)
    assert (settled.status_code, settled.json()["status"], portal.calls) == (201, "placed", 1)


def test_looking_at_an_order_shows_what_became_of_its_payment(
    ada: Caller, portal: Portal, clock: FakeClock
) -> None:
    ada.add(1)
    portal.mood = "unreached"
    number = ada.pay().json()["number"]
    portal.mood = "well"
    clock.advance(61)
    order = ada.call("GET", f"/order/{number}").json()
    assert (order["status"], order["payment"]["state"]) == ("cancelled", "declined")
    assert ada.call("GET", "/order").json()["items"] == [order]


@pytest.mark.parametrize(("part", "reconciles"), [("payment", True), ("order", True), ("product", False)])
def test_a_server_that_takes_payments_ends_those_that_are_open_by_itself(
    shop: Shop, session: Session, portal: Portal, clock: FakeClock, part: Part, reconciles: bool
) -> None:
    shop.cart.add(session, 1, 2)
    portal.mood = "unreached"
    pay(shop, session)
    portal.mood = "well"
    clock.advance(61)
    with served(shop, Options(only=(part,), reconcile_interval_seconds=0.01)) as address:
        assert httpx.get(f"{address}/healthz", timeout=PATIENCE).status_code == 200
        if reconciles:
            wait_until(lambda: stock_of(shop, 1) == (5, 0), "the payment is still open")
    if not reconciles:
        assert stock_of(shop, 1) == (5, 2)


def test_the_same_payment_in_another_request_is_in_flight(ada: Caller, portal: Portal) -> None:
    ada.add(1)
    total, answers = ada.cart()["total"], []
    portal.meanwhile = lambda: answers.append(ada.pay(expected_total=total))
    assert ada.pay(expected_total=total).status_code == 201
    assert code_of(answers[0]) == (409, "in_flight")
    assert answers[0].headers["retry-after"] == "1"
    assert portal.calls == 1


@pytest.mark.parametrize("changed", [
    {"expected_total": 2000}, {"expected_total": {"amount": "2000", "currency": "USD"}},
    {"expected_total": {"amount": 2000, "currency": "usd"}}, {"payment": {}},
    {"payment": {**CARD, "token": "tok_visa"}},
    {"payment": {"card": {"number": 4242, "expiry": "12/30", "cvc": "123"}}},
    {"payment": {"card": {"number": "4242 4242 4242 4242", "expiry": "13/30", "cvc": "123"}}},
    {"payment": {"card": {"number": "4242 4242 4242 4241", "expiry": "12/30", "cvc": "1"}}},
    {"payment": {"card": {"number": "4242 4242 4242 4242", "expiry": "soon", "cvc": "123"}}},
    {"address": {"name": "Ada"}}, {"address": {**HOME, "city": "\n"}}, {"tip": 100},
])
def test_a_payment_is_taken_strictly(ada: Caller, changed: dict[str, object]) -> None:
    ada.add(1)
    refused = ada.pay(**changed)  # type: ignore[arg-type]  # on purpose
    assert code_of(refused) == (422, "invalid_input")
    assert refused.json()["details"]["fields"]
    assert ada.call("GET", "/order").json()["total"] == 0


def test_an_order_is_cancelled_once_whatever_is_retried(ada: Caller, portal: Portal) -> None:
    ada.add(1)
    number = ada.pay().json()["number"]
    assert code_of(ada.call("POST", f"/order/{number}/cancel")) == (400, "missing_idempotency_key")
    first, again = (ada.call("POST", f"/order/{number}/cancel", Idempotency_Key="c-1") for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()) == (200, first.json())
    assert code_of(ada.call("POST", f"/order/{number}/cancel", Idempotency_Key="c-2")) == (409, "invalid_state")
    assert list(portal.refunded.values()) == [2000]


def test_a_key_of_one_cancellation_cannot_cancel_another_order(ada: Caller) -> None:
    numbers = []
    for at in range(2):
        ada.add(1)
        numbers.append(ada.pay(key=f"key-{at}").json()["number"])
    assert ada.call("POST", f"/order/{numbers[0]}/cancel", Idempotency_Key="c").status_code == 200
    refused = ada.call("POST", f"/order/{numbers[1]}/cancel", Idempotency_Key="c")
    assert code_of(refused) == (422, "idempotency_mismatch")
    assert ada.call("GET", f"/order/{numbers[1]}").json()["status"] == "placed"


def test_anothers_order_is_not_there(ada: Caller, shop: Shop) -> None:
    ada.add(1)
    number = ada.pay().json()["number"]
    bob = Caller(ada.client, add_account(shop, "bob@example.com").token)
    assert code_of(bob.call("GET", f"/order/{number}")) == (404, "not_found")
    assert code_of(bob.call("POST", f"/order/{number}/cancel", Idempotency_Key="c")) == (404, "not_found")
    assert bob.call("GET", "/order").json()["items"] == []
    assert code_of(bob.call("GET", "/order?cursor=x")) == (422, "invalid_input")


def test_a_card_that_the_portal_knows_is_paid_with_by_its_token(ada: Caller) -> None:
    ada.add(1)
    order = ada.pay(payment={"token": "tok_visa"}).json()
    assert (order["status"], order["payment"]["brand"], order["payment"]["last4"]) == ("placed", "Card", "")
    ada.add(1)
    assert code_of(ada.pay(key="key-2", payment={"token": ""})) == (422, "invalid_input")
