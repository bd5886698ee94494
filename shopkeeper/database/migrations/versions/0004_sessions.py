"""Sessions that are listed, that end when nobody uses them, and whose tokens change; failed logins of the whole shop.

Sessions that live go on living, as long as they were promised to: until they are used again, no idleness ends them.
"""
from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TIME = INT  # microseconds since 1970
TEXT = sa.Text()
STRICT = {"sqlite_strict": True}

KEPT = "SELECT token_hash, shopper_id, created_at, expires_at FROM session"


def upgrade() -> None:
    kept = op.get_bind().execute(sa.text(KEPT)).mappings().all()
    op.drop_table("session")
    op.bulk_insert(_sessions(), [
        {**row, "id": _id(row["token_hash"]), "token_at": row["created_at"], "seen_at": row["created_at"],
         "idle_until": row["expires_at"]} for row in kept])
    op.create_index("ix_session_shopper_id", "session", ["shopper_id"])
    op.create_index("ix_session_idle_until", "session", ["idle_until"])
    op.bulk_insert(_bucket(), [{"id": 1, "empty_at": 0}])


def _id(token_hash: str) -> str:
    """What a session is called from now on: neither token nor digest can be told from it."""
    return sha256(token_hash.encode()).hexdigest()[:16]


def _sessions() -> sa.Table:
    return op.create_table(
        "session",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("shopper_id", INT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("token_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("idle_until", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
        sa.ForeignKeyConstraint(["shopper_id"], ["shopper.id"], name="fk_session_shopper_id"),
        sa.UniqueConstraint("id", name="uq_session_id"),
        **STRICT,
    )


def _bucket() -> sa.Table:
    return op.create_table(
        "login_bucket",
        sa.Column("id", INT, sa.CheckConstraint("id = 1", name=op.f("ck_login_bucket_one")), nullable=False,
                  autoincrement=False),
        sa.Column("empty_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_bucket"),
        **STRICT,
    )
