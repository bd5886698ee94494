"""Orders, their lines as they were when bought, their payments, and the ledger."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint

from shopkeeper.database.metadata import choice_column, table
from shopkeeper.database.types import Currency, Flag, Int, Json, Str, Time
from shopkeeper.orders import terms
from shopkeeper.orders.model import Address
from shopkeeper.orders.open_payments import GIVEN_UP, OPEN_PAYMENT


def _address(plain: Any) -> Address:
    return Address(**_labels(plain))


def _labels(plain: Any) -> Mapping[str, str]:
    if not (isinstance(plain, dict) and all(isinstance(value, str) for value in plain.values())):
        raise ValueError("no object of texts")
    return plain


# `number` is SK- and what `order_number` says, in six digits or more; of an attempt to pay it is attempt- and the id.
# `address` is JSON or NULL.
order = table(
    "order",
    Column("id", Int, primary_key=True),
    Column("number", Str, unique=True),
    Column("shopper_id", Int, ForeignKey("shopper.id"), nullable=False),
    Column("idempotency_key", Str, nullable=False),
    Column("request_digest", Str, nullable=False),
    choice_column("status", "awaiting_payment", "placed", "fulfilled", "cancelled"),
    Column("currency", Currency, nullable=False),
    Column("subtotal_minor", Int, nullable=False),
    Column("shipping_minor", Int, nullable=False),
    Column("tax_minor", Int, nullable=False),
    Column("tax_included_minor", Int, nullable=False),
    Column("total_minor", Int, nullable=False),
    Column("address", Json(asdict, _address)),
    Column("created_at", Time, nullable=False),
    Column("placed_at", Time),
    UniqueConstraint("shopper_id", "idempotency_key"),
    CheckConstraint("subtotal_minor + shipping_minor + tax_minor = total_minor", name="adds_up"),
    Index("ix_order_shopper_id_id", "shopper_id", "id"),
)

# The numbers that were given. An order gets one when it is placed, or when its shopper sees that it awaits its payment.
order_number = table(
    "order_number",
    Column("value", Int, primary_key=True, autoincrement=False),
    Column("order_id", Int, ForeignKey("order.id"), nullable=False, unique=True),
)

# A snapshot: no foreign key to the catalog, `options` is JSON from code to label, `specs` from label to value.
order_line = table(
    "order_line",
    Column("order_id", Int, ForeignKey("order.id"), primary_key=True),
    Column("position", Int, primary_key=True, autoincrement=False),
    Column("variant_id", Int, nullable=False),
    Column("handle", Str, nullable=False),
    Column("title", Str, nullable=False),
    Column("sku", Str, nullable=False),
    Column("options", Json(dict, _labels), nullable=False),
    Column("specs", Json(dict, _labels), nullable=False),
    Column("quantity", Int, CheckConstraint("quantity > 0", name="quantity"), nullable=False),
    Column("unit_price_minor", Int, nullable=False),
    Column("total_minor", Int, nullable=False),
    Column("tax_minor", Int, nullable=False),
    CheckConstraint("unit_price_minor * quantity = total_minor", name="adds_up"),
)

# `key` is pay:attempt-{order id}:1, and pay:SK-{order id}:1 of orders older than `order_number`; `reference` is the
# portal's own name for the charge; `refunding` is set while the portal is asked to give it back.
payment = table(
    "payment",
    Column("id", Int, primary_key=True),
    Column("order_id", Int, ForeignKey("order.id"), nullable=False, index=True),
    Column("key", Str, nullable=False, unique=True),
    Column("gateway", Str, nullable=False),
    choice_column("state", "submitting", "succeeded", "declined", "unknown"),
    Column("amount_minor", Int, nullable=False),
    Column("refunded_minor", Int, nullable=False),
    Column("refunding", Flag, nullable=False),
    Column("brand", Str, nullable=False),
    Column("last4", Str, nullable=False),
    Column("reference", Str, nullable=False),
    Column("reason", Str, nullable=False),
    Column("created_at", Time, nullable=False),
    CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunds"),
    Index("ix_payment_given_up", "created_at", sqlite_where=GIVEN_UP),
    Index("ix_payment_open", "id", sqlite_where=OPEN_PAYMENT),  # to name PostgreSQL would import its dialect: 100 ms
)

# What was promised: `terms` is JSON of the settings that the amounts follow from, `ships` whether anything is sent;
# `digest` is made when the order is placed. Orders older than this table have none.
receipt = table(
    "receipt",
    Column("order_id", Int, ForeignKey("order.id"), primary_key=True, autoincrement=False),
    Column("terms", Json(terms.to_plain, terms.from_plain), nullable=False),
    Column("ships", Flag, nullable=False),
    Column("digest", Str),
)

# Which cancellation a key stands for, so that a retry is told from a new request.
cancellation = table(
    "cancellation",
    Column("shopper_id", Int, ForeignKey("shopper.id"), primary_key=True, autoincrement=False),
    Column("idempotency_key", Str, primary_key=True),
    Column("order_id", Int, ForeignKey("order.id"), nullable=False),
)

# When an order was sent or cancelled, or its shopper saw that it awaits its payment. An attempt to pay that was
# declined before that is no order, and has no step.
order_step = table(
    "order_step",
    Column("order_id", Int, ForeignKey("order.id"), primary_key=True, autoincrement=False),
    choice_column("status", "awaiting_payment", "fulfilled", "cancelled", primary_key=True),
    Column("at", Time, nullable=False),
)

# Double entry: each capture and each refund is one entry, of which the postings sum to zero.
journal_entry = table(
    "journal_entry",
    Column("id", Int, primary_key=True),
    Column("payment_id", Int, ForeignKey("payment.id"), nullable=False),
    Column("order_id", Int, ForeignKey("order.id"), nullable=False, index=True),
    choice_column("kind", "capture", "refund"),
    Column("currency", Currency, nullable=False),
    Column("at", Time, nullable=False),
    UniqueConstraint("payment_id", "kind"),
)

# Debits are positive, credits negative.
posting = table(
    "posting",
    Column("entry_id", Int, ForeignKey("journal_entry.id"), primary_key=True, autoincrement=False),
    choice_column("account", "portal", "sales", "shipping", "tax", "refunds", primary_key=True),
    Column("amount_minor", Int, CheckConstraint("amount_minor <> 0", name="amount"), nullable=False),
)
