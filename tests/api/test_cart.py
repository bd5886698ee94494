"""The cart over HTTP."""
from __future__ import annotations

import pytest

from shopkeeper import Session, Shop
from shopkeeper.api.app import Options
from tests.api.caller import Caller, code_of
from tests.served import served


def test_a_cart_is_filled_changed_and_emptied(ada: Caller) -> None:
    assert ada.cart()["lines"] == []
    assert ada.add(1, 2).json()["total"] == {"amount": 4000, "currency": "USD"}
    changed = ada.call("PATCH", "/cart/product", {"variant_id": 1, "quantity": 3})
    assert [(line["title"], line["quantity"]) for line in changed.json()["lines"]] == [("Plain Mug", 3)]
    assert ada.call("POST", "/cart/product/remove", {"variant_id": 1}).json()["count"] == 0


def test_what_cannot_be_had_is_told(ada: Caller) -> None:
    sold_out = ada.add(1, 6)
    assert code_of(sold_out) == (409, "out_of_stock")
    assert sold_out.json()["details"] == {"available": 5, "variant_id": 1}
    assert code_of(ada.add(999)) == (404, "not_found")
    assert code_of(ada.call("PATCH", "/cart/product", {"variant_id": 1, "quantity": 1})) == (404, "not_found")


@pytest.mark.parametrize("body", [
    {}, {"variant_id": "1"}, {"variant_id": 1.0}, {"variant_id": True}, {"variant_id": 0}, {"variant_id": 2**53},
    {"variant_id": 1, "quantity": 0}, {"variant_id": 1, "quantity": 1000}, {"variant_id": 1, "quantity": "2"},
    {"variant_id": 1, "color": "red"}, [], "text", 1, None,
])
def test_bodies_are_taken_strictly(ada: Caller, body: object) -> None:
    assert code_of(ada.call("POST", "/cart/product", body)) == (422, "invalid_input")
    assert ada.cart()["count"] == 0


def test_nobody_has_no_cart(ada: Caller) -> None:
    nobody = ada.client.get("/ecommerce/v1/cart/user")
    assert code_of(nobody) == (401, "login_required")
    for wrong in ("Bearer", "Basic YTpi", "Bearer " + "x" * 300, "Bearer no such token"):
        answer = ada.client.get("/ecommerce/v1/cart/user", headers={"Authorization": wrong})
        assert code_of(answer) == (401, "session_expired")


def test_a_change_that_saw_another_cart_is_refused(ada: Caller) -> None:
    seen = ada.call("GET", "/cart/user").headers["etag"]
    newer = ada.add(1).headers["etag"]
    body = {"variant_id": 1, "quantity": 2}
    refused = ada.call("PATCH", "/cart/product", body, If_Match=seen)
    assert code_of(refused) == (412, "cart_changed")
    assert refused.json()["details"] == {"version": 1}
    assert ada.cart()["count"] == 1
    assert code_of(ada.call("PATCH", "/cart/product", body, If_Match='"nonsense"')) == (412, "cart_changed")
    assert ada.call("PATCH", "/cart/product", body, If_Match=newer).json()["count"] == 2
    assert ada.call("PATCH", "/cart/product", body, If_Match="*").json()["count"] == 2


def test_a_server_can_ask_for_the_cart_that_was_seen(shop: Shop, ada: Caller) -> None:
    strict = Options(rate_per_token=0, rate_per_address=0, require_if_match=True)
    with served(shop, strict) as address:
        ada.client.base_url = address
        assert code_of(ada.add(1)) == (428, "precondition_required")
        tag = ada.call("GET", "/cart/user").headers["etag"]
        answer = ada.call("POST", "/cart/product", {"variant_id": 1}, If_Match=tag)
        assert answer.json()["count"] == 1


def test_a_cart_that_was_not_changed_is_not_sent_again(shop: Shop, session: Session, ada: Caller) -> None:
    tag = ada.call("GET", "/cart/user").headers["etag"]
    assert ada.call("GET", "/cart/user", If_None_Match=tag).status_code == 304
    shop.cart.add(session, 1)  # from a terminal
    assert ada.call("GET", "/cart/user", If_None_Match=tag).json()["count"] == 1


def test_another_account_sees_another_cart(shop: Shop, ada: Caller) -> None:
    ada.add(1)
    bob = Caller(ada.client, shop.accounts.guest().token)
    assert (ada.cart()["count"], bob.cart()["count"]) == (1, 0)
