"""Where nothing is to be paid, no portal is asked: none takes a charge of nothing."""
from __future__ import annotations

from shopkeeper.money import Money
from shopkeeper.payments.gateway import Charge
from shopkeeper.payments.model import Means

_PAID = Charge("succeeded")


class NothingToPay:
    """Answers for a portal where an order comes to nothing."""

    name = "none"

    def charge(self, card: Means, amount: Money, *, key: str) -> Charge:  # noqa: ARG002 (the protocol's shape)
        """It is paid."""
        return _PAID

    def lookup(self, key: str) -> Charge | None:  # noqa: ARG002
        """It was paid."""
        return _PAID

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:  # noqa: ARG002
        """It is given back."""
        return _PAID
