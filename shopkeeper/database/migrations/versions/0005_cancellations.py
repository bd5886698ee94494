"""Which cancellation an idempotency key stands for."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "cancellation",
        sa.Column("shopper_id", INT, nullable=False),
        sa.Column("idempotency_key", TEXT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", "idempotency_key", name="pk_cancellation"),
        sa.ForeignKeyConstraint(["shopper_id"], ["shopper.id"], name="fk_cancellation_shopper_id"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_cancellation_order_id"),
        sqlite_strict=True,
    )
