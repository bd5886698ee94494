"""Somebody who buys over HTTP again and again, and keeps their head when a server dies."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.api.caller import CARD, Caller
from tests.factories import PASSWORD

Payment = tuple[Caller, str, object]
"""Who pays, with which key, and how much."""


@dataclass
class Buyer:
    """Buys one mug at a time. What must not be asked twice is looked at; what may be is asked again with its key."""

    client: httpx.Client
    mug: int
    acknowledged: list[str] = field(default_factory=list)
    in_flight: list[Payment] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def buy(self, times: int) -> None:
        """So many orders. Who is told that a payment is in flight lets it fly, and buys under another name."""
        caller = self.registered()
        for number in range(times):
            payment = caller, uuid4().hex, self._fill(caller)
            if self.pay(payment).status_code != 201:
                self.in_flight.append(payment)
                caller = self.registered()
            elif number % 5 == 0:
                assert self._asked(caller, "GET", "/product/query?q=mug").json()["total"] == 1

    def registered(self) -> Caller:
        """A new account; if the answer is lost, it may be there, or not."""
        who = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        answer = self._account("register", {**who, "name": "Ada"})
        while _is_lost(answer):
            self.seen["registrations lost"] += 1
            answer = self._account("login", who)
            if answer is not None and answer.status_code == 401:
                answer = self._account("register", {**who, "name": "Ada"})
        assert answer is not None
        return Caller(self.client, answer.json()["token"])

    def with_a_mug(self) -> Caller:
        """A new account with a mug in its cart."""
        caller = self.registered()
        self._fill(caller)
        return caller

    def pay(self, payment: Payment) -> httpx.Response:
        """Pays; an order that is acknowledged is there at once."""
        caller, key, total = payment
        answer = self._asked(caller, "POST", "/payment/", {"expected_total": total, "payment": CARD},
                             Idempotency_Key=key)
        if answer.status_code == 201:
            number = answer.json()["number"]
            self.acknowledged.append(number)
            assert self._asked(caller, "GET", f"/order/{number}").json() == answer.json()
        else:
            assert (answer.status_code, answer.json()["code"]) in {(409, "in_flight"), (402, "payment_declined")}
        return answer

    def _fill(self, caller: Caller) -> object:
        """One mug is in the cart. Adding is no request to repeat: whether it was done, the cart says."""
        while not (cart := self._asked(caller, "GET", "/cart/user").json())["lines"]:
            if _is_lost(self._whole(lambda: caller.add(self.mug))):
                self.seen["additions lost"] += 1
        assert cart["count"] == 1
        return cart["total"]

    def _asked(self, caller: Caller, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """What may be asked twice is, until somebody answers."""
        while True:
            answer = self._whole(lambda: caller.call(method, path, body, **headers))
            if answer is not None and answer.status_code < 500:
                return answer
            if answer is not None:
                self.seen[f"{answer.status_code} to {method} {path.split('/')[1]}"] += 1

    def _account(self, what: str, body: object) -> httpx.Response | None:
        return self._whole(lambda: self.client.post(f"/ecommerce/v1/account/{what}", json=body))

    def _whole(self, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        """Send a request; None if the answer broke off, so that nobody knows whether it was done."""
        try:
            return send()
        except (httpx.RemoteProtocolError, httpx.ReadError):
            self.seen["broken answers"] += 1
            return None


def _is_lost(answer: httpx.Response | None) -> bool:
    return answer is None or answer.status_code >= 500
