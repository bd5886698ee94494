"""Calls the API with a token, as a front end does."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

V1 = "/ecommerce/v1"
CARD = {"card": {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123"}}
DECLINED = {"card": {"number": "4000 0000 0000 0002", "expiry": "12/30", "cvc": "123"}}


@dataclass
class Caller:
    """Somebody with a token."""

    client: httpx.Client
    token: str

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """One request. Header names are written with underscores."""
        told = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, V1 + path, json=body, headers=told)

    def cart(self) -> dict[str, Any]:
        return dict(self.call("GET", "/cart/user").json())

    def add(self, variant_id: int, quantity: int = 1) -> httpx.Response:
        return self.call("POST", "/cart/product", {"variant_id": variant_id, "quantity": quantity})

    def pay(self, key: str = "key-1", payment: object = CARD, **changed: object) -> httpx.Response:
        body = {"expected_total": self.cart()["total"], "payment": payment, **changed}
        return self.call("POST", "/payment/", body, Idempotency_Key=key)


def code_of(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which must be one in form."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "code", "detail", "id", "details"}
    assert (problem["status"], problem["id"]) == (response.status_code, response.headers["x-request-id"])
    assert problem["detail"]
    return problem["status"], problem["code"]
