"""What shoppers bought."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from shopkeeper.cart.model import Cart
from shopkeeper.money import Money
from shopkeeper.payments.model import Payment

OrderStatus = Literal["awaiting_payment", "placed", "fulfilled", "cancelled"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an order is sent."""

    name: str
    street: str
    city: str
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The cart as it would be charged now. `changes` say what differs from when things were added."""

    cart: Cart
    subtotal: Money
    shipping: Money
    tax: Money
    total: Money
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was when bought; nothing that happens to the catalog changes it.

    `tax` is the line's share of the order's tax, added or included.
    """

    title: str
    sku: str
    options: Mapping[str, str]
    quantity: int
    unit_price: Money
    total: Money
    variant_id: int
    handle: str
    specs: Mapping[str, str]
    tax: Money


@dataclass(frozen=True, slots=True)
class Order:
    """An order. Amounts add up as in `Cart`; `placed_at` is when checkout was asked for, in UTC."""

    number: str
    placed_at: datetime
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    total: Money
    payment: Payment
    address: Address | None
    tax_included: Money


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list; `next_cursor` asks for the next part, `None` at the end."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None
