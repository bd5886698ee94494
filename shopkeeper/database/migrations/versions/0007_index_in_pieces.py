"""The kept index in pieces: one large value takes twice its size of new memory, which takes longer than to read it."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    op.drop_table("catalog_index")  # it is made again
    op.create_table(
        "catalog_index",
        sa.Column("piece", INT, nullable=False, autoincrement=False),
        sa.Column("checksum", INT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("piece", name="pk_catalog_index"),
        sqlite_strict=True,
    )
