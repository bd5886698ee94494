"""Carts and orders as JSON."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import Cart, CartLine, CartWarning, Order, OrderLine, Page
from shopkeeper.api.answers.basics import Moment, MoneyAnswer, money
from shopkeeper.api.answers.catalog import Available, Cursor


class WarningAnswer(TypedDict):
    """What changed since a line was added."""

    code: Annotated[str, Field(examples=["stock_short"])]
    message: str


class Totals(TypedDict):
    """`subtotal + shipping + tax = total`; `tax_included` is the part of the total that prices include already."""

    subtotal: MoneyAnswer
    shipping: MoneyAnswer
    tax: MoneyAnswer
    tax_included: MoneyAnswer
    total: MoneyAnswer


class CartLineAnswer(TypedDict):
    """A variant and how many of it, at today's price."""

    variant_id: int
    handle: str
    title: str
    sku: str
    options: dict[str, str]
    quantity: int
    unit_price: MoneyAnswer
    total: MoneyAnswer
    available: Available
    warnings: list[WarningAnswer]


class CartAnswer(Totals):
    """The cart. `count` is of things, not lines; `version` grows with each change."""

    lines: list[CartLineAnswer]
    count: int
    version: int
    warnings: list[WarningAnswer]


class OrderLineAnswer(TypedDict):
    """A line as it was when bought; `tax` is its share of the order's tax."""

    variant_id: int
    handle: str
    title: str
    sku: str
    options: dict[str, str]
    specs: dict[str, str]
    quantity: int
    unit_price: MoneyAnswer
    total: MoneyAnswer
    tax: MoneyAnswer


class PaymentAnswer(TypedDict):
    """How an order is, was or was not paid."""

    state: Annotated[str, Field(examples=["succeeded"], description="submitting, succeeded, declined or unknown.")]
    amount: MoneyAnswer
    brand: str
    last4: str
    reason: str


class AddressAnswer(TypedDict):
    """Where an order is sent."""

    name: str
    street: str
    city: str
    postal_code: str
    country: str


class OrderAnswer(Totals):
    """An order as it was when bought."""

    number: Annotated[str, Field(examples=["SK-000001"])]
    placed_at: Moment
    status: Annotated[str, Field(examples=["placed"], description="awaiting_payment, placed, fulfilled or cancelled.")]
    lines: list[OrderLineAnswer]
    payment: PaymentAnswer
    address: AddressAnswer | None
    digest: str


class OrdersAnswer(TypedDict):
    """A page of orders, newest first."""

    items: list[OrderAnswer]
    total: int
    next_cursor: Cursor


def cart(shown: Cart) -> CartAnswer:
    """A cart."""
    return {"lines": [_cart_line(each) for each in shown.lines], "count": shown.count, "version": shown.version,
            **_totals(shown), "warnings": _warnings(shown.warnings)}


def order(shown: Order) -> OrderAnswer:
    """An order."""
    paid, address = shown.payment, shown.address
    goes_to: AddressAnswer | None = None if address is None else {
        "name": address.name, "street": address.street, "city": address.city, "postal_code": address.postal_code,
        "country": address.country}
    return {
        "number": shown.number, "placed_at": shown.placed_at.isoformat(), "status": shown.status,
        "lines": [_order_line(each) for each in shown.lines], **_totals(shown),
        "payment": {"state": paid.state, "amount": money(paid.amount), "brand": paid.brand, "last4": paid.last4,
                    "reason": paid.reason},
        "address": goes_to, "digest": shown.digest,
    }


def orders(page: Page[Order]) -> OrdersAnswer:
    """A page of orders."""
    return {"items": [order(each) for each in page.items], "total": page.total, "next_cursor": page.next_cursor}


def _totals(bill: Cart | Order) -> Totals:
    return {"subtotal": money(bill.subtotal), "shipping": money(bill.shipping), "tax": money(bill.tax),
            "tax_included": money(bill.tax_included), "total": money(bill.total)}


def _warnings(told: Sequence[CartWarning]) -> list[WarningAnswer]:
    return [{"code": each.code, "message": each.message} for each in told]


def _cart_line(line: CartLine) -> CartLineAnswer:
    return {
        "variant_id": line.variant_id, "handle": line.handle, "title": line.title, "sku": line.sku,
        "options": dict(line.options), "quantity": line.quantity, "unit_price": money(line.unit_price),
        "total": money(line.total), "available": line.available, "warnings": _warnings(line.warnings),
    }


def _order_line(line: OrderLine) -> OrderLineAnswer:
    return {
        "variant_id": line.variant_id, "handle": line.handle, "title": line.title, "sku": line.sku,
        "options": dict(line.options), "specs": dict(line.specs), "quantity": line.quantity,
        "unit_price": money(line.unit_price), "total": money(line.total), "tax": money(line.tax),
    }
