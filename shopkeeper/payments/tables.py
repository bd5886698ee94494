"""What portals keep in the shop's database: the demo portal its own books, Stripe the names of its intents."""
from __future__ import annotations

from sqlalchemy import Column

from shopkeeper.database.metadata import table
from shopkeeper.database.types import Currency, Int, OneOf, Str, Time

demo_charge = table(
    "demo_charge",
    Column("key", Str, primary_key=True),
    Column("reference", Str, nullable=False, unique=True),
    Column("state", OneOf("succeeded", "declined"), nullable=False),
    Column("amount_minor", Int, nullable=False),
    Column("currency", Currency, nullable=False),
    Column("refunded_minor", Int, nullable=False),
    Column("reason", Str, nullable=False),
    Column("at", Time, nullable=False),
)

demo_refund = table(
    "demo_refund",
    Column("key", Str, primary_key=True),
    Column("reference", Str, nullable=False),
    Column("amount_minor", Int, nullable=False),
    Column("at", Time, nullable=False),
)

# How the portal behaves, if not well: at most one row. After so many charges it is well again; NULL: it stays so.
demo_mood = table(
    "demo_mood",
    Column("mood", OneOf("decline", "time-out", "answer-late", "lose-answer", "vanish", "away"), primary_key=True),
    Column("charges_left", Int),
)

# Which payment intent is a payment's at Stripe: written before the intent is confirmed, so that it is always found.
stripe_intent = table(
    "stripe_intent",
    Column("key", Str, primary_key=True),
    Column("reference", Str, nullable=False),
    Column("at", Time, nullable=False),
)
