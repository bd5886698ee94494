"""Inventory: receive, reserve, commit, release, restock. Each change of `on_hand` is a movement.

Reservations are counted for every variant, tracked or not: so a variant may become tracked while orders are under way.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.availability import StockCount, unlimited
from shopkeeper.catalog.tables import product, stock, variant
from shopkeeper.catalog.variants import variant_names
from shopkeeper.clock import Clock
from shopkeeper.database.bulk import insert_rows, update_rows
from shopkeeper.database.engine import Database
from shopkeeper.database.types import DamagedValue, microseconds
from shopkeeper.errors import InvalidInput, NotFound, OutOfStock
from shopkeeper.inventory.model import StockLevel
from shopkeeper.inventory.tables import stock_movement
from shopkeeper.text import clean

Wanted = Mapping[int, int]
"""How many of each variant, by its id."""

_BATCH = 500  # variants: below every limit of bound values
_LONGEST_REASON = 200

_quantity: BindParameter[int] = bindparam("n")

_RESERVE = (
    update(stock)
    .where(stock.c.variant_id == bindparam("id"), or_(unlimited, stock.c.on_hand - stock.c.reserved >= _quantity))
    .values(reserved=stock.c.reserved + _quantity)
)
_RELEASE = update(stock).where(stock.c.variant_id == bindparam("id")).values(reserved=stock.c.reserved - _quantity)
_COMMIT = (
    update(stock)
    .where(stock.c.variant_id == bindparam("id"))
    .values(
        reserved=stock.c.reserved - _quantity,
        on_hand=case((stock.c.tracked == 1, stock.c.on_hand - _quantity), else_=stock.c.on_hand),
    )
    .returning(stock.c.tracked)
)
_RESTOCK = (
    update(stock)
    .where(and_(stock.c.variant_id == bindparam("id"), stock.c.tracked == 1))
    .values(on_hand=stock.c.on_hand + _quantity)
)


class Inventory:
    """How many there are. Verbs that take a connection are part of the caller's transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def levels(self, sku: str) -> tuple[StockLevel, ...]:
        """The stock of every variant with this SKU, archived ones too: a SKU is no key. '' names those without one."""
        if sku and not clean(sku):  # what cannot be seen names none
            return ()
        of_sku = (
            select(variant.c.id, variant.c.sku, stock.c.tracked, stock.c.on_hand, stock.c.reserved)
            .join(stock, stock.c.variant_id == variant.c.id)
            .where(variant.c.sku == clean(sku), arrived(variant.c.product_id)).order_by(variant.c.id))
        with self._database.read() as connection:
            rows = connection.execute(of_sku).all()
            names = variant_names(connection, [row.id for row in rows])
        return tuple(StockLevel(row.id, row.sku, names[row.id], bool(row.tracked), row.on_hand, row.reserved)
                     for row in rows)

    def set_on_hand(self, variant_id: int, on_hand: int, *, reason: str) -> int:
        """Sets how many of a tracked variant there are, as counted on the shelf; answers with what was set.

        What is reserved for orders under way cannot be counted away: the count is at least that.

        Raises:
            InvalidInput: The count is negative, the reason is none, or the variant's stock is not tracked.
            NotFound: There is no such variant.
        """
        if on_hand < 0:
            raise InvalidInput(fields={"on_hand": "Count from 0 up."})
        reason = clean(reason)
        if not 1 <= len(reason) <= _LONGEST_REASON:
            raise InvalidInput(fields={"reason": f"Say why in 1 to {_LONGEST_REASON} characters."})
        with self._database.write() as connection:
            row = connection.execute(select(stock).where(stock.c.variant_id == variant_id)).one_or_none()
            if row is None:
                raise NotFound("There is no such variant.")
            if not row.tracked:
                raise InvalidInput("The stock of this variant is not tracked.")
            count = StockCount(True, on_hand, row.policy)
            self.receive(connection, {variant_id: count}, reason)
            return _settled(count, row.reserved)

    def receive(self, connection: Connection, counts: Mapping[int, StockCount], reason: str) -> None:
        """Sets the stock of these variants, by id, to what was counted, and books the differences.

        What is not tracked has nothing on hand. What is reserved is kept for its orders: where no more may be sold
        than there are, a lower count is taken for that many.
        """
        # Variants that are new have the greatest ids, and there may be very many of them.
        last = connection.scalar(select(func.max(stock.c.variant_id))) or 0
        known = _rows(connection, [variant_id for variant_id in counts if variant_id <= last])
        added, changed, moved = [], [], []
        for variant_id, count in counts.items():
            row = known.get(variant_id)
            on_hand = _settled(count, row.reserved if row else 0)
            if row is None:
                added.append((variant_id, 0, count.tracked, on_hand, count.policy))
            elif (row.tracked, row.on_hand, row.policy) != (count.tracked, on_hand, count.policy):
                changed.append((count.tracked, on_hand, count.policy, variant_id))
            if difference := on_hand - (row.on_hand if row else 0):
                moved.append((variant_id, difference))
        insert_rows(connection, stock, ("variant_id", "reserved", "tracked", "on_hand", "policy"), added)
        update_rows(connection, stock, "variant_id", ("tracked", "on_hand", "policy"), changed)
        self._book(connection, moved, reason)

    def forget(self, connection: Connection, variant_ids: Collection[int]) -> None:
        """Deletes the stock of variants that never came to be sold, with its movements."""
        for table in (stock_movement, stock):
            connection.execute(delete(table).where(table.c.variant_id.in_(variant_ids)))

    def reserve(self, connection: Connection, wanted: Wanted) -> None:
        """Puts these aside for an order, all of them or none.

        Raises:
            OutOfStock: For the first of which too few are left. The caller's transaction must not go on.
        """
        for variant_id, quantity in sorted(wanted.items()):
            if not connection.execute(_RESERVE, {"id": variant_id, "n": quantity}).rowcount:
                raise _out_of_stock(connection, variant_id)

    def release(self, connection: Connection, wanted: Wanted) -> None:
        """Gives back what was reserved."""
        for variant_id, quantity in sorted(wanted.items()):
            with _reserved(variant_id):
                connection.execute(_RELEASE, {"id": variant_id, "n": quantity})

    def commit(self, connection: Connection, wanted: Wanted, order_number: str) -> None:
        """Takes out for good what was reserved: it is sold."""
        tracked = []
        for variant_id, quantity in sorted(wanted.items()):
            with _reserved(variant_id):
                if connection.scalar(_COMMIT, {"id": variant_id, "n": quantity}):
                    tracked.append((variant_id, -quantity))
        self._book(connection, tracked, "sold", order_number)

    def restock(self, connection: Connection, wanted: Wanted, order_number: str) -> None:
        """Puts back what was sold, for its order is cancelled."""
        tracked = [
            (variant_id, quantity)
            for variant_id, quantity in sorted(wanted.items())
            if connection.execute(_RESTOCK, {"id": variant_id, "n": quantity}).rowcount
        ]
        self._book(connection, tracked, "cancelled", order_number)

    def _book(
        self, connection: Connection, moved: list[tuple[int, int]], reason: str, order_number: str | None = None
    ) -> None:
        now = microseconds(self._clock())
        rows = [(variant_id, quantity, reason, order_number, now) for variant_id, quantity in moved]
        insert_rows(connection, stock_movement, ("variant_id", "quantity", "reason", "order_number", "at"), rows)


@contextmanager
def _reserved(variant_id: int) -> Iterator[None]:
    """Raises DamagedValue where fewer of a variant are reserved than an order has reserved."""
    try:
        yield
    except IntegrityError as error:
        raise DamagedValue("stock.reserved", f"of variant {variant_id} is less than an order has reserved") from error


def _rows(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    rows: dict[int, Row[Any]] = {}
    for start in range(0, len(ids), _BATCH):
        batch = select(stock).where(stock.c.variant_id.in_(ids[start:start + _BATCH]))
        rows |= {row.variant_id: row for row in connection.execute(batch)}
    return rows


def _settled(count: StockCount, reserved: int) -> int:
    """What is on hand by this count: nothing where it is not tracked, else at least what is reserved."""
    if not count.tracked:
        return 0
    return count.on_hand if count.policy == "continue" else max(count.on_hand, reserved)


def _out_of_stock(connection: Connection, variant_id: int) -> OutOfStock:
    found = connection.execute(
        select(product.c.title, stock.c.on_hand, stock.c.reserved)
        .join(variant, variant.c.product_id == product.c.id)
        .join(stock, stock.c.variant_id == variant.c.id)
        .where(variant.c.id == variant_id)
    ).one_or_none()
    left = max(0, found.on_hand - found.reserved) if found else 0
    title = found.title if found else "it"
    message = f"Only {left} of {title} {'is' if left == 1 else 'are'} left." if left else f"{title} is sold out."
    return OutOfStock(message, available=left, variant_id=variant_id)
