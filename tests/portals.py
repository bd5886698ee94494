"""A payment portal for tests: it remembers what it charged, and loses answers on demand."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from shopkeeper import Card, Money
from shopkeeper.payments.gateway import Charge, GatewayError


@dataclass
class Portal:
    """Takes every card but one that ends in 0002, and answers as `mood` says.

    `well`: at once. `late`: only when asked again. `lost`: it charges, and the answer is lost. `unreached`: the
    request is lost. `delayed`: the request arrives when `deliver` is called. `dying`: it charges, and the shop's
    program dies. `silent`: as `lost`, and look-ups fail, too. `refusing`: it refunds nothing. `meanwhile` is called
    while a charge is under way. `captured` and `refunded` are minor units, by key.
    """

    name: str = "test"
    mood: str = "well"
    meanwhile: Callable[[], object] = lambda: None
    charges: dict[str, Charge] = field(default_factory=dict)
    captured: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    under_way: list[tuple[Card, Money, str]] = field(default_factory=list)

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:
        self.calls += 1
        self.meanwhile()
        if self.mood == "unreached":
            raise ConnectionError("no route")
        if self.mood == "delayed":
            self.under_way.append((card, amount, key))
            raise GatewayError("timed out")
        answer = self._decide(card, amount, key)
        if self.mood in {"lost", "silent"}:
            raise GatewayError("timed out")
        if self.mood == "dying":
            raise KeyboardInterrupt
        return Charge("unknown") if self.mood == "late" else answer

    def lookup(self, key: str) -> Charge | None:
        if self.mood == "silent":
            raise GatewayError("timed out")
        return self.charges.get(key)

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        self.calls += 1
        if self.mood == "unreached":
            raise ConnectionError("no route")
        if self.mood == "refusing":
            return Charge("declined", reference, "Too long ago.")
        self.refunded.setdefault(key, amount.minor)
        if self.mood in {"lost", "silent"}:
            raise GatewayError("timed out")
        if self.mood == "dying":
            raise KeyboardInterrupt
        return Charge("succeeded", reference)

    def deliver(self) -> None:
        """What was under way arrives."""
        while self.under_way:
            self._decide(*self.under_way.pop())

    def _decide(self, card: Card, amount: Money, key: str) -> Charge:
        if key not in self.charges:
            declined = card.last4 == "0002"
            self.charges[key] = Charge("declined" if declined else "succeeded", f"ref-{key}",
                                       "Your card was declined." if declined else "")
            if not declined:
                self.captured[key] = amount.minor
        return self.charges[key]
