"""Shoppers, the accounts of those who registered, and sessions."""
from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey

from shopkeeper.database.metadata import table
from shopkeeper.database.types import Int, Str, Time

# Guests are shoppers, too; and a shopper whose account was deleted stays, for the orders.
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

# `id` is what a session is called where its token must not be. `token_at` is when it got this token, `seen_at` when it
# was last used, give or take an hour. It ends at `idle_until` unless it is used before, and at `expires_at` even so.
session = table(
    "session",
    Column("token_hash", Str, primary_key=True),
    Column("id", Str, nullable=False, unique=True),
    Column("shopper_id", Int, ForeignKey("shopper.id"), nullable=False, index=True),
    Column("created_at", Time, nullable=False),
    Column("token_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("idle_until", Time, nullable=False, index=True),
    Column("expires_at", Time, nullable=False),
)

# Failed logins by email key, known or not, so that guessing is slowed down for both alike.
login_failure = table(
    "login_failure",
    Column("email_key", Str, primary_key=True),
    Column("failures", Int, nullable=False),
    Column("blocked_until", Time, nullable=False),
)

# The failed logins of the whole shop, as a bucket that leaks: the one row says when it will be empty.
login_bucket = table(
    "login_bucket",
    Column("id", Int, CheckConstraint("id = 1", name="one"), primary_key=True, autoincrement=False),
    Column("empty_at", Time, nullable=False),
)
