"""What the shop asks of a payment portal."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shopkeeper.money import Money
from shopkeeper.payments.model import Card, PaymentState


@dataclass(frozen=True, slots=True)
class Charge:
    """A portal's answer. `unknown` is an answer of its own: the portal did not say, ask again by key.

    `reference` is the portal's name for the charge, `reason` why it was declined, in plain words.
    """

    state: PaymentState
    reference: str = ""
    reason: str = ""


class Gateway(Protocol):
    """A payment portal. Amounts are `Money`; each call is made outside any transaction.

    The same key never charges or refunds twice: the portal answers as it did the first time.
    """

    name: str

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:
        """Asks for the amount. Never raises for a decline or a time-out: those are answers."""
        ...

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if the portal never saw it."""
        ...

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives the amount back from the charge with this reference."""
        ...
