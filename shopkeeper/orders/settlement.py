"""What a portal answers, brought into the books: the second and third step of checkout, and the same for refunds."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from shopkeeper import log
from shopkeeper.cart.service import Carts
from shopkeeper.clock import Clock, is_recent
from shopkeeper.database.engine import Database
from shopkeeper.errors import InvalidState, NotFound
from shopkeeper.failures import for_each
from shopkeeper.inventory.service import Inventory
from shopkeeper.money import Money
from shopkeeper.orders import ledger
from shopkeeper.orders.books import order_of, seal
from shopkeeper.orders.model import EntryKind, Order, Settled
from shopkeeper.orders.numbers import give_number, refund_key
from shopkeeper.orders.open_payments import GIVEN_UP, OPEN_PAYMENT
from shopkeeper.orders.states import advance_order, advance_payment, is_seen_waiting
from shopkeeper.orders.tables import order, payment
from shopkeeper.payments.gateway import PATIENCE, Charge, Gateway, GatewayError, SpeakingGateway
from shopkeeper.payments.model import Means
from shopkeeper.payments.nothing import NothingToPay

MEMORY = timedelta(days=1)
"""How long a payment that was given up is asked about, in case that it reached the portal after all."""

_LOOK_INTERVAL = timedelta(seconds=5)
_MAX_REMEMBERED = 1000  # payments

OpenPayment = Row[Any]
"""A row of `payment`, with its order's `number`, `currency`, `shopper_id` and `status`."""

_NEVER_SEEN = Charge("declined", reason="The payment never reached the portal. Your card was not charged.")

_PAYMENTS = (
    select(payment, order.c.number, order.c.currency, order.c.shopper_id, order.c.status)
    .join(order, order.c.id == payment.c.order_id)
)
_BY_ID = _PAYMENTS.where(payment.c.id == bindparam("id"))
_UNDECIDED = _PAYMENTS.where(order.c.shopper_id == bindparam("shopper_id"), order.c.status == "awaiting_payment")


class Settlement:
    """Asks the portal, outside any transaction, and books what it answers in one.

    Booking an answer twice changes nothing, so it does not matter how many processes ask about one payment.
    """

    def __init__(
        self, database: Database, clock: Clock, carts: Carts, inventory: Inventory, gateway: Gateway
    ) -> None:
        self._database = database
        self._clock = clock
        self._carts = carts
        self._inventory = inventory
        self._gateway = gateway
        self.gateway_name = gateway.name
        self._asked_at: dict[int, datetime] = {}

    def charge(self, payment_id: int, card: Means) -> None:
        """Charges a new payment and books the answer; where there is none, asks for it once."""
        paying = self._find(payment_id)
        portal = self._portal_of(paying) or self._gateway
        try:
            answer = portal.charge(card, Money(paying.amount_minor, paying.currency), key=paying.key)
        except (GatewayError, OSError):
            answer = Charge("unknown")
        self._book(paying, answer)
        if answer.state == "unknown":
            self.look_up(paying)

    def settle(self) -> tuple[Settled, ...]:
        """Settles what a crash or a silent portal left open. Never charges: asks by key, and repeats refunds.

        Answers with what became of each payment that was open. One that cannot be asked about keeps no other from
        being asked; what went wrong is raised at the end, as `for_each` does.
        """
        left_open = self._open()
        try:
            for_each(self._questions(left_open), lambda ask: ask())
        finally:
            settled = self._outcomes(left_open)
            for outcome in settled:
                log.event("settled" if outcome.settled else "left_open", order=outcome.order_number)
        return settled

    def _questions(self, left_open: Sequence[OpenPayment]) -> Iterator[Callable[[], None]]:
        """Yield what asks about each open payment, and then about each that was given up lately."""
        yield from (partial(self.reconcile, paying) for paying in left_open)
        yield from (partial(self.look_up, paying) for paying in self._given_up_lately())

    def _outcomes(self, left_open: Sequence[OpenPayment]) -> tuple[Settled, ...]:
        still_open = {paying.id for paying in self._open()} if left_open else set()
        return tuple(Settled(self._find(paying.id).number, paying.created_at, settled=paying.id not in still_open)
                     for paying in left_open)

    def reconcile(self, paying: OpenPayment) -> None:
        """Ask what became of an open payment or refund, and book it."""
        if paying.refunding:
            self.refund(paying.id)
        elif paying.state == "unknown" or not self._is_on_its_way(paying):  # else another process is at it
            self.look_up(paying)

    def is_due(self, payment_id: int) -> bool:
        """Return whether nobody asked about this payment just now, here."""
        asked_at = self._asked_at.get(payment_id)
        return asked_at is None or not is_recent(asked_at, self._clock(), _LOOK_INTERVAL)

    def _given_up_lately(self) -> Sequence[OpenPayment]:
        """Payments that had not reached the portal when they were given up: they might have, later."""
        lately = _PAYMENTS.where(GIVEN_UP, payment.c.created_at > self._clock() - MEMORY)
        with self._database.read() as connection:
            return connection.execute(lately).all()

    def _open(self) -> Sequence[OpenPayment]:
        with self._database.read() as connection:
            return connection.execute(_PAYMENTS.where(OPEN_PAYMENT)).all()

    def open_of(self, connection: Connection, shopper_id: int) -> Sequence[OpenPayment]:
        """The shopper's payments of which the outcome is not known yet."""
        return connection.execute(_UNDECIDED, {"shopper_id": shopper_id}).all()

    def look_up(self, paying: OpenPayment) -> None:
        """Ask what became of a payment and book it. "Never seen" counts once it cannot be on its way any more."""
        portal = self._portal_of(paying)
        if portal is None:  # another portal never saw it, which says nothing
            return
        if len(self._asked_at) >= _MAX_REMEMBERED:
            self._asked_at.clear()
        self._asked_at[paying.id] = self._clock()
        try:
            answer = portal.lookup(paying.key)
        except (GatewayError, OSError):
            return
        if answer is None and self._is_on_its_way(paying):
            return
        self._book(paying, answer or _NEVER_SEEN)

    def hear(self, payload: bytes, signature: str) -> None:
        """Takes a portal's message for a hint, and asks about the payment that it is about."""
        if not isinstance(self._gateway, SpeakingGateway):
            raise InvalidState("This shop's payment portal sends no messages.")
        key = self._gateway.heard(payload, signature)
        if key is None:
            return
        with self._database.read() as connection:
            paying = connection.execute(_PAYMENTS.where(payment.c.key == key)).one_or_none()
        if paying is None:
            raise NotFound(f"There is no payment {key} in this shop's books.")
        self.look_up(paying)

    def refund(self, payment_id: int) -> Charge:
        """Gives a payment back in full; with the money, the stock comes back and the order is cancelled."""
        paid = self._find(payment_id)
        portal = self._portal_of(paid)
        if portal is None:
            return Charge("unknown")
        try:
            answer = portal.refund(
                paid.reference, Money(paid.amount_minor, paid.currency), key=refund_key(paid.key))
        except (GatewayError, OSError):
            return Charge("unknown")
        if answer.state in {"succeeded", "declined"}:
            with self._database.write() as connection:
                self._book_refund(connection, paid, answer)
        return answer

    def _portal_of(self, paying: OpenPayment) -> Gateway | None:
        """Whom to ask about a payment: nobody else than who was asked before."""
        if not paying.amount_minor:
            return NothingToPay()
        return self._gateway if paying.gateway == self._gateway.name else None

    def _is_on_its_way(self, paying: OpenPayment) -> bool:
        """Return whether a payment may still reach the portal. One that a clock dated in the future counts as new."""
        now = self._clock()
        if paying.created_at > now:
            with self._database.write() as connection:
                connection.execute(update(payment).where(payment.c.id == paying.id).values(created_at=now))
        return is_recent(min(paying.created_at, now), now, PATIENCE)

    def _find(self, payment_id: int) -> OpenPayment:
        with self._database.read() as connection:
            return connection.execute(_BY_ID, {"id": payment_id}).one()

    def _book(self, paying: OpenPayment, answer: Charge) -> None:
        too_late = False
        with self._database.write() as connection:
            if advance_payment(connection, paying.id, answer.state, reference=answer.reference, reason=answer.reason):
                self._follow(connection, paying, answer)
            elif answer.state == "succeeded":
                too_late = self._given_up(connection, paying, answer)
        if too_late:
            self.refund(paying.id)

    def _follow(self, connection: Connection, paying: OpenPayment, answer: Charge) -> None:
        if answer.state == "succeeded":
            advance_order(connection, paying.order_id, "placed", placed_at=self._clock())
            give_number(connection, paying.order_id)
            placed = order_of(connection, paying.order_id)
            self._inventory.commit(connection, placed.quantities, placed.number)
            self._enter(connection, "capture", paying, placed)
            self._carts.take_out(connection, paying.shopper_id, placed.quantities)
            seal(connection, paying.order_id, placed)
        elif answer.state == "declined":
            seen = is_seen_waiting(connection, paying.order_id)
            advance_order(connection, paying.order_id, "cancelled", noted_at=self._clock() if seen else None)
            self._inventory.release(connection, order_of(connection, paying.order_id).quantities)

    def _given_up(self, connection: Connection, paying: OpenPayment, answer: Charge) -> bool:
        """Whether the order was given up before its charge went through: then the money has to go back."""
        given_up = update(payment).where(
            payment.c.id == paying.id, payment.c.state == "declined", ~ledger.is_captured(payment.c.id))
        marked = connection.execute(given_up.values(refunding=True, reference=answer.reference))
        if marked.rowcount:
            self._enter(connection, "capture", paying, order_of(connection, paying.order_id))
        return bool(marked.rowcount)

    def _book_refund(self, connection: Connection, paid: OpenPayment, answer: Charge) -> None:
        this = update(payment).where(payment.c.id == paid.id)
        if not connection.execute(this.where(payment.c.refunding == 1).values(refunding=False)).rowcount:
            return
        if answer.state == "succeeded":
            connection.execute(this.values(refunded_minor=payment.c.amount_minor))
            bought = order_of(connection, paid.order_id)
            self._enter(connection, "refund", paid, bought)
            if advance_order(connection, paid.order_id, "cancelled", noted_at=self._clock()):
                self._inventory.restock(connection, bought.quantities, bought.number)

    def _enter(self, connection: Connection, kind: EntryKind, paid: OpenPayment, bought: Order) -> None:
        ledger.book(connection, kind, bought, payment_id=paid.id, order_id=paid.order_id, at=self._clock())
