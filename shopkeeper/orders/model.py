"""What shoppers bought."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from shopkeeper.cart.model import Cart
from shopkeeper.money import Money
from shopkeeper.payments.model import Payment
from shopkeeper.settings_model import ShopSettings

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
    """An order. Amounts add up as in `Cart`; `placed_at` is when checkout was asked for, in UTC.

    `terms` are the settings that the amounts follow from, as they were then. `digest` tells, once it is placed,
    whether the order is still as it was (`receipt.digest`). `fulfilled_at` and `cancelled_at` are when it was sent or
    cancelled, where that is known.
    """

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
    requires_shipping: bool
    terms: ShopSettings | None = None
    digest: str = ""
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def quantities(self) -> Mapping[int, int]:
        """How many of each variant, by its id."""
        return {line.variant_id: line.quantity for line in self.lines}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list; `next_cursor` asks for the next part, `None` at the end."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment that was found open: its order, when it was begun, and whether it is settled now."""

    order_number: str
    since: datetime
    settled: bool


LedgerAccount = Literal["portal", "sales", "shipping", "tax", "refunds"]
EntryKind = Literal["capture", "refund"]


@dataclass(frozen=True, slots=True)
class Posting:
    """One account's part of a journal entry: a debit is positive, a credit negative."""

    account: LedgerAccount
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A capture or a refund in the ledger. Its postings sum to zero."""

    id: int
    at: datetime
    order_number: str
    kind: EntryKind
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account of the ledger comes to."""

    account: LedgerAccount
    amount: Money
