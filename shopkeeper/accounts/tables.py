"""Shoppers, the accounts of those who registered, and sessions."""
from __future__ import annotations

from sqlalchemy import Column, ForeignKey

from shopkeeper.database.metadata import table
from shopkeeper.database.types import Int, Str, Time

shopper = table(
    "shopper",
    Column("id", Int, primary_key=True),
    Column("created_at", Time, nullable=False),
)

# An account is a shopper with a name and a password: their ids are the same.
account = table(
    "account",
    Column("id", Int, ForeignKey("shopper.id"), primary_key=True, autoincrement=False),
    Column("email", Str, nullable=False),
    Column("email_key", Str, nullable=False, unique=True),
    Column("name", Str, nullable=False),
    Column("password_hash", Str, nullable=False),
    Column("created_at", Time, nullable=False),
)

session = table(
    "session",
    Column("token_hash", Str, primary_key=True),
    Column("shopper_id", Int, ForeignKey("shopper.id"), nullable=False, index=True),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False, index=True),
)

# Failed logins by email key, known or not, so that guessing is slowed down for both alike.
login_failure = table(
    "login_failure",
    Column("email_key", Str, primary_key=True),
    Column("failures", Int, nullable=False),
    Column("blocked_until", Time, nullable=False),
)
