"""What the shop asks of a payment portal."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from shopkeeper.money import Money
from shopkeeper.payments.model import Means, PaymentState

PATIENCE = timedelta(seconds=60)
"""How long a payment may still be on its way to the portal: before that, "never seen" is no answer."""


class GatewayError(Exception):
    """The portal could not be reached, or did not say what became of it: a later look-up will tell."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A portal's answer: `succeeded`, `declined` or `unknown`.

    `unknown` is an answer of its own: the portal did not say, ask again by key. `reference` is the portal's name
    for the charge, `reason` why it was declined, in plain words for the shopper.
    """

    state: PaymentState
    reference: str = ""
    reason: str = ""


class Gateway(Protocol):
    """A payment portal. Amounts are `Money`; each call is made outside any transaction.

    Keys are the shop's: `pay:{attempt}:1` for a charge, `refund:{attempt}` for a refund. The same key never
    charges or refunds twice, whatever else is asked with it: the portal answers as it did the first time. A call
    that got no answer raises `GatewayError` (or an `OSError` of the connection) within `PATIENCE`, which counts as
    `unknown`.
    """

    name: str
    """What the shop's books call this portal: a payment is only ever looked up where it was made."""

    def charge(self, card: Means, amount: Money, *, key: str) -> Charge:
        """Asks for the amount. A decline is an answer, no error."""
        ...

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if the portal never saw it. Never charges."""
        ...

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives the amount back from the charge with this reference; `declined` if that cannot be."""
        ...


@runtime_checkable
class SpeakingGateway(Gateway, Protocol):
    """A portal that also speaks first: it sends the shop signed messages about its charges."""

    def heard(self, payload: bytes, signature: str) -> str | None:
        """The key of the charge that a message is about; `None` if it is about none of this shop's.

        Raises:
            BadSignature: It is not from the portal, or was changed or held up on its way.
        """
        ...
