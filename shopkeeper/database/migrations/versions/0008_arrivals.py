"""Products that an import brings and that nobody sees yet; changes of products are noted only if shoppers see them."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

# Whether shoppers see the product, as its own row says it, or one that belongs to it, or one of a variant's.
_LIVE = "{row}.published = 1 AND {row}.status = 'active'"
_OF_ID = "(SELECT published = 1 AND status = 'active' FROM product WHERE id = {row}.product_id)"
_OF_VARIANT = """(SELECT published = 1 AND status = 'active' FROM variant CROSS JOIN product ON product.id = product_id
    WHERE variant.id = {row}.variant_id)"""

_NOTE = """INSERT INTO catalog_change (product_id, stock, version)
    SELECT {product}, 0, (SELECT coalesce(max(version), 0) + 1 FROM catalog_change) WHERE {product} IS NOT NULL
    ON CONFLICT (product_id, stock) DO UPDATE SET version = excluded.version"""
_PRODUCT_OF_VARIANT = "(SELECT product_id FROM variant WHERE id = {row}.variant_id)"


def upgrade() -> None:
    op.create_table(
        "arriving_product",
        sa.Column("product_id", INT, nullable=False, autoincrement=False),
        sa.Column("published", INT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_arriving_product"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_arriving_product_product_id",
                                ondelete="CASCADE"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in ("product", "product_option", "variant", "variant_option"):
        for event in ("insert", "update", "delete"):
            op.execute(f'DROP TRIGGER "note_{event}_of_{table}"')
    for trigger in _triggers():
        op.execute(trigger)


def _triggers() -> list[str]:
    """What is inserted is noted with its product, whose row is written with it: a trigger takes as long as the row."""
    changes = (("UPDATE", "NEW"), ("DELETE", "OLD"))
    either = f"{_LIVE.format(row='OLD')} OR {_LIVE.format(row='NEW')}"
    return [
        _trigger("product", "INSERT", _LIVE.format(row="NEW"), "NEW.id"),
        _trigger("product", "UPDATE", either, "NEW.id"),
        _trigger("product", "DELETE", _LIVE.format(row="OLD"), "OLD.id"),
        *(_trigger(table, event, _OF_ID.format(row=row), f"{row}.product_id")
          for table in ("product_option", "variant") for event, row in changes),
        *(_trigger("variant_option", event, _OF_VARIANT.format(row=row), _PRODUCT_OF_VARIANT.format(row=row))
          for event, row in changes),
    ]


def _trigger(table: str, event: str, condition: str, product: str) -> str:
    return (f'CREATE TRIGGER "note_{event.lower()}_of_{table}" AFTER {event} ON "{table}" WHEN {condition}\n'
            f"BEGIN\n    {_NOTE.format(product=product)};\nEND")
