"""The demo portal: it moves no money, knows the well-known test numbers, and keeps books of its own."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.gateway import Charge
from shopkeeper.payments.model import Card
from shopkeeper.payments.tables import demo_charge, demo_refund

APPROVED = ("4242424242424242", "5555555555554444", "378282246310005")
"""Numbers that the demo portal takes."""

DECLINED = {
    "4000000000000002": "Your card was declined.",
    "4000000000009995": "Your card has insufficient funds.",
    "4000000000000069": "Your card has expired.",
    "4000000000000127": "Your card's security code is incorrect.",
    "4000000000000341": "Your card was declined after all.",
}
"""Numbers that it declines, and why."""

FAILS_LATE = "4000000000000341"
"""The number of which it says only later, when asked, that it was declined."""

_UNKNOWN_CARD = ("This is a demo shop: it takes test cards only. Pay with 4242 4242 4242 4242, 5555 5555 5555 4444 or"
                 " 3782 822463 10005.")


class DemoGateway:
    """A portal in the shop's own database. Like any other it forgets no key, whatever the shop remembers."""

    name = "demo"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def charge(self, card: Card, amount: Money, *, key: str) -> Charge:
        """Approves or declines by the card's number; see `APPROVED` and `DECLINED`."""
        with self._database.write() as connection:
            known = _find(connection, key)
            if known is None:
                reason = "" if card.digits in APPROVED else DECLINED.get(card.digits, _UNKNOWN_CARD)
                answer = Charge("declined" if reason else "succeeded", f"demo_{key}", reason)
                connection.execute(insert(demo_charge).values(
                    key=key, reference=answer.reference, state=answer.state, amount_minor=amount.minor,
                    currency=amount.currency, refunded_minor=0, reason=reason, at=self._clock()))
            else:
                answer = _answer(known)
        return Charge("unknown", answer.reference) if card.digits == FAILS_LATE else answer

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if there never was one."""
        with self._database.read() as connection:
            known = _find(connection, key)
        return _answer(known) if known else None

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives back from a charge that succeeded, as much as is left of it at most."""
        with self._database.write() as connection:
            if connection.scalar(select(demo_refund.c.key).where(demo_refund.c.key == key)):
                return Charge("succeeded", reference)
            given_back = connection.execute(
                update(demo_charge)
                .where(demo_charge.c.reference == reference, demo_charge.c.state == "succeeded",
                       demo_charge.c.refunded_minor + amount.minor <= demo_charge.c.amount_minor)
                .values(refunded_minor=demo_charge.c.refunded_minor + amount.minor))
            if not given_back.rowcount:
                return Charge("declined", reference, "There is no such amount to give back.")
            connection.execute(insert(demo_refund).values(
                key=key, reference=reference, amount_minor=amount.minor, at=self._clock()))
        return Charge("succeeded", reference)


def _find(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(demo_charge).where(demo_charge.c.key == key)).one_or_none()


def _answer(known: Row[Any]) -> Charge:
    return Charge(known.state, known.reference, known.reason)
