"""Which payment intent is a payment's at Stripe."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.Integer().with_variant(sa.BigInteger(), "postgresql")  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "stripe_intent",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_stripe_intent"),
        sqlite_strict=True,
    )
