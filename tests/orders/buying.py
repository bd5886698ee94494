"""Paying, and looking into the books afterwards."""
from __future__ import annotations

from sqlalchemy import func, select

from shopkeeper import Address, Card, Money, Order, Session, Shop
from shopkeeper.catalog.tables import stock
from shopkeeper.orders.tables import order

GOOD = Card.test("4242 4242 4242 4242")
DECLINED = Card.test("4000 0000 0000 0002")
HOME = Address("Ada Lovelace", "12 St James's Square", "London", "SW1Y 4JH", "United Kingdom")


def pay(shop: Shop, session: Session, card: Card = GOOD, *, key: str = "key-1", total: Money | None = None,
        address: Address | None = None) -> Order:
    """Buys what is in the cart at what it says it costs."""
    return shop.checkout.place(session, card, expected_total=total or shop.cart.view(session).total,
                               idempotency_key=key, address=address)


def stock_of(shop: Shop, variant_id: int) -> tuple[int, int]:
    """How many are on hand, and how many of them are reserved."""
    with shop._database.read() as connection:
        row = connection.execute(select(stock).where(stock.c.variant_id == variant_id)).one()
    return row.on_hand, row.reserved


def orders_written(shop: Shop) -> int:
    """How many orders there are in the books, shown or not."""
    with shop._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(order)) or 0
