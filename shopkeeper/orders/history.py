"""Orders: what was bought, found again, cancelled, bought again."""
from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from shopkeeper.accounts.model import Session
from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.model import Cart, Wish
from shopkeeper.cart.service import Carts
from shopkeeper.catalog.model import called
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import IdempotencyMismatch, InvalidInput, InvalidState, NotFound
from shopkeeper.numbers import is_digits
from shopkeeper.orders.books import IS_NUMBERED, IS_ORDER, OrderRow, check_key, orders
from shopkeeper.orders.model import Order, Page
from shopkeeper.orders.receipt import receipt
from shopkeeper.orders.reconciler import Reconciler
from shopkeeper.orders.settlement import Settlement
from shopkeeper.orders.states import is_seen_waiting, note_seen_waiting, refusal
from shopkeeper.orders.tables import cancellation, order, payment
from shopkeeper.output_files import write_file
from shopkeeper.text import clean

_MOST = 200  # orders on one page


class Orders:
    """The orders of accounts. What belongs to another account is not found."""

    def __init__(self, database: Database, accounts: Accounts, carts: Carts, settlement: Settlement,
                 reconciler: Reconciler, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._carts = carts
        self._settlement = settlement
        self._reconciler = reconciler
        self._clock = clock

    def history(self, session: Session, *, limit: int = 50, cursor: str | None = None) -> Page[Order]:
        """Return the account's orders, newest first. An attempt to pay that was declined at once is none.

        Of an order that awaits its payment, the gateway is asked what became of it: for a moment, every few seconds.

        Raises:
            SessionExpired, LoginRequired: Only an account has orders.
            InvalidInput: `limit` is not 1 to 200, or `cursor` is none that was given.
        """
        if not 1 <= limit <= _MOST:
            raise InvalidInput(fields={"limit": f"A page has 1 to {_MOST} orders."})
        before = _order_id(cursor)
        self._look(session)  # what is shown has a number
        with self._database.read() as connection:
            owner = self._accounts.account_holder(connection, session).id
            own_orders = (order.c.shopper_id == owner) & IS_ORDER & IS_NUMBERED
            total = connection.scalar(select(func.count()).where(own_orders)) or 0
            newest = select(order).where(own_orders).order_by(order.c.id.desc()).limit(limit + 1)
            rows = connection.execute(newest if before is None else newest.where(order.c.id < before)).all()
            shown = orders(connection, rows[:limit])
        return Page(shown, total, str(rows[limit - 1].id) if len(rows) > limit else None)

    def get(self, session: Session, number: str) -> Order:
        """Return one order as it was when bought, asking about its payment as `history` does.

        Raises:
            SessionExpired, LoginRequired, NotFound: It is not one of this account's.
        """
        found = self._get(session, number)
        return self._get(session, number) if found.status == "awaiting_payment" and self._look(session) else found

    def _get(self, session: Session, number: str) -> Order:
        with self._database.read() as connection:
            return orders(connection, [self._mine(connection, session, number)])[0]

    def _look(self, session: Session) -> bool:
        with self._database.read() as connection:
            shopper_id = self._accounts.account_holder(connection, session).id
            undecided = self._settlement.open_of(connection, shopper_id)
            unseen = [paying.order_id for paying in undecided if not is_seen_waiting(connection, paying.order_id)]
        if unseen:
            with self._database.write() as connection:
                for order_id in unseen:
                    note_seen_waiting(connection, order_id, self._clock())
        return self._reconciler.look(undecided)

    def cancel(self, session: Session, number: str, *, idempotency_key: str | None = None) -> Order:
        """Gives the money back, and with it the stock: a placed order is cancelled.

        Asked for is asked for: where the portal does not answer, the refund is repeated until it does. The same key
        gives the same outcome.

        Raises:
            SessionExpired, LoginRequired, NotFound: As `get`.
            InvalidInput: The key cannot be one.
            IdempotencyMismatch: The key was used before, to cancel another order.
            InvalidState: The order cannot be cancelled, or not yet; the message says why.
        """
        if idempotency_key is not None:
            check_key(idempotency_key)
        with self._database.write() as connection:
            row = self._mine(connection, session, number)
            again = idempotency_key is not None and _is_known(connection, row, idempotency_key)
            if again and row.status == "cancelled":
                return orders(connection, [row])[0]
            if row.status != "placed":
                raise refusal(number, row.status)
            paid = (payment.c.order_id == row.id) & (payment.c.state == "succeeded")
            connection.execute(update(payment).where(paid).values(refunding=True))
            payment_id = connection.execute(select(payment.c.id).where(paid)).scalar_one()
        answer = self._settlement.refund(payment_id)
        if answer.state == "declined":
            raise InvalidState(f"Order {number} is not cancelled. The payment portal says: {answer.reason}")
        if answer.state != "succeeded":
            raise InvalidState(f"The payment portal does not answer. Order {number} is cancelled as soon as it does.")
        return self.get(session, number)

    def receipt(self, session: Session, number: str, *, markdown: bool = False) -> str:
        """The receipt of an order, as plain text or as Markdown. Raises as `get`, and InvalidState: it is not paid."""
        bought = self.get(session, number)
        if not bought.digest:
            raise refusal(number, bought.status)
        return receipt(bought, markdown=markdown)

    def save_receipt(self, session: Session, number: str, path: Path) -> None:
        """Writes the receipt into a file: Markdown where its name ends so (`.md`), else plain text.

        Raises as `receipt`, and InvalidInput: the file cannot be written.
        """
        text = self.receipt(session, number, markdown=path.suffix == ".md")
        with write_file(path) as file:
            file.write(text)

    def reorder(self, session: Session, number: str) -> Cart:
        """The cart with what the order had, as far as it can be had again, at today's prices.

        What cannot be had stands in the cart's warnings as `not_added`. Raises as `get`.
        """
        with self._database.write() as connection:
            row = self._mine(connection, session, number)
            bought = orders(connection, [row])[0]
            wishes = [Wish(line.variant_id, line.quantity, called(line.title, line.options)) for line in bought.lines]
            return self._carts.refill(connection, row.shopper_id, wishes)

    def _mine(self, connection: Connection, session: Session, number: str) -> OrderRow:
        owner = self._accounts.account_holder(connection, session).id
        numbered = select(order).where(order.c.number == clean(number), IS_NUMBERED, order.c.shopper_id == owner)
        row = connection.execute(numbered).one_or_none()
        if row is None:
            raise NotFound(f"You have no order {number}.")
        return row


def _is_known(connection: Connection, row: OrderRow, key: str) -> bool:
    """Whether this key stands for the order's cancellation already; from now on it does."""
    of_key = (cancellation.c.shopper_id == row.shopper_id) & (cancellation.c.idempotency_key == key)
    known = connection.scalar(select(cancellation.c.order_id).where(of_key))
    if known is None:
        connection.execute(insert(cancellation).values(
            shopper_id=row.shopper_id, idempotency_key=key, order_id=row.id))
    elif known != row.id:
        raise IdempotencyMismatch("This idempotency key was used for another request. Take a new one.")
    return known is not None


def _order_id(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (is_digits(cursor) and len(cursor) <= 18):
        raise InvalidInput(fields={"cursor": "This is no cursor of a page of orders."})
    return int(cursor)
