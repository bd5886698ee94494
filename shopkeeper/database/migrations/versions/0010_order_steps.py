"""When an order was sent or cancelled, or was seen to await its payment."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

WAITING = """
    INSERT INTO order_step (order_id, status, at)
    SELECT id, 'awaiting_payment', created_at FROM "order" WHERE status = 'awaiting_payment'
"""

# Shoppers saw an order that waited for its payment, and it was gone once that was given up.
GIVEN_UP = """
    INSERT INTO order_step (order_id, status, at)
    SELECT DISTINCT "order".id, 'cancelled', "order".created_at FROM "order" JOIN payment ON order_id = "order".id
    WHERE status = 'cancelled' AND placed_at IS NULL AND reason LIKE 'The payment never reached%'
"""


def upgrade() -> None:
    op.create_table(
        "order_step",
        sa.Column("order_id", INT, nullable=False, autoincrement=False),
        sa.Column("status", sa.Text(), sa.CheckConstraint("status IN ('awaiting_payment', 'fulfilled', 'cancelled')",
                                                          name=op.f("ck_order_step_status")), nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "status", name="pk_order_step"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_order_step_order_id"),
        sqlite_strict=True,
    )
    for statement in (WAITING, GIVEN_UP):
        op.execute(statement)
