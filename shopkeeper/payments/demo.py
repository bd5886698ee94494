"""The demo portal: it moves no money, knows the well-known test numbers, and keeps books and moods of its own."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.payments.gateway import Charge, GatewayError
from shopkeeper.payments.model import CardToken, Means
from shopkeeper.payments.mood import Mood, change_mood, mood_now, mood_of_a_charge
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

TOKENS = {
    "tok_visa": "4242424242424242", "tok_mastercard": "5555555555554444", "tok_amex": "378282246310005",
    "tok_chargeDeclined": "4000000000000002", "tok_chargeDeclinedInsufficientFunds": "4000000000009995",
}
"""Tokens that it knows, named as Stripe's for tests, and the numbers behind them."""

FAILS_LATE = "4000000000000341"
"""The number of which it says only later, when asked, that it was declined."""

_UNKNOWN_CARD = ("This is a demo shop: it takes test cards only. Pay with 4242 4242 4242 4242, 5555 5555 5555 4444 or"
                 " 3782 822463 10005.")

_OF_KEY = select(demo_charge).where(demo_charge.c.key == bindparam("of_key"))
_NEW_CHARGE = insert(demo_charge)


class DemoGateway:
    """A portal in the shop's own database. Like any other it forgets no key, whatever the shop remembers."""

    name = "demo"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def charge(self, card: Means, amount: Money, *, key: str) -> Charge:
        """Approves or declines by the card's number, see `APPROVED` and `DECLINED`; or as its mood is."""
        with self._database.write() as connection:  # written before anything is lost: moods lose answers, not books
            mood = mood_of_a_charge(connection)
            reached = mood not in {"time-out", "away"}
            answer = self._charge(connection, card, amount, key, mood) if reached else Charge("unknown")
        if mood in {"lose-answer", "vanish", "away"}:
            raise GatewayError("The demo portal does not answer.")
        late = mood == "answer-late" or _digits(card) == FAILS_LATE
        return Charge("unknown", answer.reference) if late else answer

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if there never was one."""
        with self._database.read() as connection:
            _reach(connection)
            known = _find(connection, key)
        return _answer(known) if known else None

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives back from a charge that succeeded, as much as is left of it at most."""
        with self._database.write() as connection:
            _reach(connection)
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

    def mood(self) -> Mood:
        """How it behaves now."""
        with self._database.read() as connection:
            return mood_now(connection)[0]

    def charges_left(self) -> int | None:
        """How many charges its mood lasts; `None`: until it is changed."""
        with self._database.read() as connection:
            return mood_now(connection)[1]

    def set_mood(self, mood: Mood, charges: int | None = None) -> None:
        """Makes it behave so for so many charges, or until it is told otherwise, in every process.

        Raises:
            InvalidInput: There is no such mood, or no such number of charges for it.
        """
        with self._database.write() as connection:
            change_mood(connection, mood, charges)

    def _charge(self, connection: Connection, card: Means, amount: Money, key: str, mood: Mood) -> Charge:
        if known := _find(connection, key):
            return _answer(known)
        digits = _digits(card)
        reason = "" if digits in APPROVED else DECLINED.get(digits, _UNKNOWN_CARD)
        if mood == "decline":
            reason = reason or "Your card was declined."
        answer = Charge("declined" if reason else "succeeded", f"demo_{key}", reason)
        connection.execute(_NEW_CHARGE, {
            "key": key, "reference": answer.reference, "state": answer.state, "amount_minor": amount.minor,
            "currency": amount.currency, "refunded_minor": 0, "reason": reason, "at": self._clock()})
        return answer


def _digits(card: Means) -> str:
    return TOKENS.get(card.token, "") if isinstance(card, CardToken) else card.digits


def _reach(connection: Connection) -> None:
    if mood_now(connection)[0] == "away":
        raise GatewayError("The demo portal is away.")


def _find(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(_OF_KEY, {"of_key": key}).one_or_none()


def _answer(known: Row[Any]) -> Charge:
    return Charge(known.state, known.reference, known.reason)
