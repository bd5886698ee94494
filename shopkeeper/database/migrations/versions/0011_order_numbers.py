"""Numbers that orders get when somebody sees them; until then, and where the payment is declined, they have none."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

# Until now, every attempt to pay had a number, which was its id.
GIVEN = 'INSERT INTO order_number (value, order_id) SELECT id, id FROM "order"'
RESTORED = "INSERT INTO setting (name, value) SELECT 'numbers_after', value FROM setting WHERE name = 'orders_after'"


def upgrade() -> None:
    op.create_table(
        "order_number",
        sa.Column("value", INT, nullable=False, autoincrement=False),
        sa.Column("order_id", INT, nullable=False),
        sa.PrimaryKeyConstraint("value", name="pk_order_number"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_order_number_order_id"),
        sa.UniqueConstraint("order_id", name="uq_order_number_order_id"),
        sqlite_strict=True,
    )
    for statement in (GIVEN, RESTORED):
        op.execute(statement)
