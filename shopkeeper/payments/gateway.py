"""What the shop asks of a payment portal."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shopkeeper.money import Money
from shopkeeper.payments.model import Card, PaymentState


class GatewayError(Exception):
    """The portal could not be reached, or did not say what became of it: a later look-up will tell."""


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

    The same key never charges or refunds twice: the portal answers as it did the first time. A call that got no
    answer raises `GatewayError` (or an `OSError` of the connection) within 60 seconds, which counts as `unknown`.
    """

    name: str

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:
        """Asks for the amount. A decline is an answer, no error."""
        ...

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if the portal never saw it."""
        ...

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives the amount back from the charge with this reference."""
        ...
