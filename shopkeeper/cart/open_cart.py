"""A cart within one transaction: read once, changed in memory, and written as far as it differs."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from shopkeeper.cart.lines import Line, cart_of
from shopkeeper.cart.model import Cart
from shopkeeper.cart.tables import cart, cart_line
from shopkeeper.catalog.model import Sellable
from shopkeeper.catalog.variants import variants
from shopkeeper.settings_model import ShopSettings

_READ = (
    select(cart.c.id, cart.c.version, cart_line.c.variant_id, cart_line.c.quantity, cart_line.c.wanted,
           cart_line.c.price_minor)
    .outerjoin(cart_line, cart_line.c.cart_id == cart.c.id)
    .where(cart.c.shopper_id == bindparam("shopper_id"))
    .order_by(cart_line.c.id)
)
_NEW = insert(cart).returning(cart.c.id)
_NEXT_VERSION = update(cart).where(cart.c.id == bindparam("of_cart"))
_THIS_LINE = (cart_line.c.cart_id == bindparam("of_cart")) & (cart_line.c.variant_id == bindparam("of_variant"))
_ADD, _CHANGE, _REMOVE = insert(cart_line), update(cart_line).where(_THIS_LINE), delete(cart_line).where(_THIS_LINE)


class OpenCart:
    """The cart of a shopper; an empty one of version 0 where there never was one.

    Attributes:
        id: `None` until it is saved for the first time.
        version: Grows with each save that changes something.
        lines: By variant, in the order they were added. Change them, then `save`.
    """

    def __init__(self, connection: Connection, shopper_id: int, settings: ShopSettings) -> None:
        self._connection = connection
        self._shopper_id = shopper_id
        self._settings = settings
        self._sold: dict[int, Sellable] = {}
        rows = connection.execute(_READ, {"shopper_id": shopper_id}).all()
        self.id: int | None = rows[0].id if rows else None
        self.version = rows[0].version if rows else 0
        self._kept = {row.variant_id: Line(row.quantity, row.wanted, row.price_minor)
                      for row in rows if row.variant_id is not None}
        self.lines = dict(self._kept)

    def sellables(self, also: Collection[int] = ()) -> Mapping[int, Sellable]:
        """What is known of the variants in the cart, and of others: read at once, and once."""
        if unread := {*self.lines, *also} - self._sold.keys():
            self._sold |= variants(self._connection, unread, self._settings.currency)
        return self._sold

    def save(self, at: datetime) -> None:
        """Writes what was changed; where nothing was, the cart keeps its version."""
        if self.lines == self._kept:
            return
        if self.id is None:
            new = {"shopper_id": self._shopper_id, "version": 0, "updated_at": at}
            self.id = self._connection.execute(_NEW, new).scalar_one()
        self.version += 1
        self._connection.execute(_NEXT_VERSION, {"of_cart": self.id, "version": self.version, "updated_at": at})
        self._write_lines(self.id)
        self._kept = dict(self.lines)

    def view(self) -> Cart:
        """The cart as shoppers see it, at today's prices."""
        return cart_of(self.lines, self.sellables(), self.version, self._settings)

    def _write_lines(self, cart_id: int) -> None:
        gone = [{"of_cart": cart_id, "of_variant": id_} for id_ in self._kept if id_ not in self.lines]
        changed = [{"of_cart": cart_id, "of_variant": id_, **line._asdict()} for id_, line in self.lines.items()
                   if id_ in self._kept and line != self._kept[id_]]
        added = [{"cart_id": cart_id, "variant_id": id_, **line._asdict()} for id_, line in self.lines.items()
                 if id_ not in self._kept]
        for statement, rows in ((_REMOVE, gone), (_CHANGE, changed), (_ADD, added)):
            if rows:
                self._connection.execute(statement, rows)
