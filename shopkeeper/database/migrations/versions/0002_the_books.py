"""The ledger, what a receipt promises, and the demo portal's mood. What was paid before is written into the ledger."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TIME = INT  # microseconds since 1970
TEXT = sa.Text()
STRICT = {"sqlite_strict": True}

CAPTURES = """
    INSERT INTO journal_entry (payment_id, order_id, kind, currency, at)
    SELECT payment.id, order_id, 'capture', currency, coalesce(placed_at, "order".created_at)
    FROM payment JOIN "order" ON "order".id = payment.order_id WHERE state = 'succeeded'
"""
REFUNDS = """
    INSERT INTO journal_entry (payment_id, order_id, kind, currency, at)
    SELECT payment.id, order_id, 'refund', currency, coalesce(placed_at, "order".created_at)
    FROM payment JOIN "order" ON "order".id = payment.order_id WHERE state = 'succeeded' AND refunded_minor > 0
"""
# Where prices include tax, what the shop earns is what is left of them: shipping's tax is what no line has.
POSTINGS = """
    WITH taxed AS (
        SELECT "order".*, tax_minor + tax_included_minor AS all_tax,
            CASE WHEN tax_included_minor = 0 THEN 0 ELSE
                (SELECT sum(order_line.tax_minor) FROM order_line WHERE order_id = "order".id) END AS tax_in_lines
        FROM "order"
    ), amounts AS (
        SELECT id, 'capture' AS kind, 'portal' AS account, total_minor AS minor FROM taxed
        UNION ALL SELECT id, 'capture', 'sales', tax_in_lines - subtotal_minor FROM taxed
        UNION ALL SELECT id, 'capture', 'shipping', tax_included_minor - tax_in_lines - shipping_minor FROM taxed
        UNION ALL SELECT id, 'capture', 'tax', -all_tax FROM taxed
        UNION ALL SELECT id, 'refund', 'portal', -total_minor FROM taxed
        UNION ALL SELECT id, 'refund', 'refunds', total_minor - all_tax FROM taxed
        UNION ALL SELECT id, 'refund', 'tax', all_tax FROM taxed
    )
    INSERT INTO posting (entry_id, account, amount_minor)
    SELECT journal_entry.id, account, minor FROM journal_entry
    JOIN amounts ON amounts.id = journal_entry.order_id AND amounts.kind = journal_entry.kind WHERE minor <> 0
"""


def upgrade() -> None:
    _receipts()
    _ledger()
    _demo_mood()
    op.create_index("ix_payment_given_up", "payment", ["created_at"],
                    sqlite_where=sa.text("state = 'declined' AND reference = ''"))
    for statement in (CAPTURES, REFUNDS, POSTINGS):
        op.execute(statement)


def _receipts() -> None:
    op.create_table(
        "receipt",
        sa.Column("order_id", INT, nullable=False, autoincrement=False),
        sa.Column("terms", TEXT, nullable=False),
        sa.Column("ships", INT, nullable=False),
        sa.Column("digest", TEXT),
        sa.PrimaryKeyConstraint("order_id", name="pk_receipt"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_receipt_order_id"),
        **STRICT,
    )


def _ledger() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", INT, nullable=False),
        sa.Column("payment_id", INT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.Column("kind", TEXT, sa.CheckConstraint("kind IN ('capture', 'refund')",
                                                   name=op.f("ck_journal_entry_kind")), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entry"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_journal_entry_payment_id"),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_journal_entry_order_id"),
        sa.UniqueConstraint("payment_id", "kind", name="uq_journal_entry_payment_id_kind"),
        **STRICT,
    )
    op.create_index("ix_journal_entry_order_id", "journal_entry", ["order_id"])
    op.create_table(
        "posting",
        sa.Column("entry_id", INT, nullable=False, autoincrement=False),
        sa.Column("account", TEXT, sa.CheckConstraint("account IN ('portal', 'sales', 'shipping', 'tax', 'refunds')",
                                                      name=op.f("ck_posting_account")), nullable=False),
        sa.Column("amount_minor", INT, sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_posting_amount")),
                  nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "account", name="pk_posting"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name="fk_posting_entry_id"),
        **STRICT,
    )


def _demo_mood() -> None:
    op.create_table(
        "demo_mood",
        sa.Column("mood", TEXT, nullable=False),
        sa.Column("charges_left", INT),
        sa.PrimaryKeyConstraint("mood", name="pk_demo_mood"),
        **STRICT,
    )
