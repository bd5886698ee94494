"""What changed in the catalog, so that whoever keeps it in memory reads only that again; and a copy of what is kept."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

# By table, what names the product that a changed row belongs to; `it` is the row.
_OF_PRODUCT = {
    "product": "it.id",
    "product_option": "it.product_id",
    "variant": "it.product_id",
    "variant_option": "(SELECT product_id FROM variant WHERE id = it.variant_id)",
}
# What is shown of attributes, choices and categories.
_NAMES = {
    "attribute": ("code", "label"),
    "choice": ("attribute_id", "label", "hex", "position"),
    "category": ("parent_id", "slug", "name"),
}

_NOTE = """INSERT INTO catalog_change (product_id, stock, version)
    SELECT {product}, {stock}, (SELECT coalesce(max(version), 0) + 1 FROM catalog_change) WHERE {product} IS NOT NULL
    ON CONFLICT (product_id, stock) DO UPDATE SET version = excluded.version"""


def upgrade() -> None:
    op.create_table(
        "catalog_change",
        sa.Column("product_id", INT, nullable=False),
        sa.Column("stock", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "stock", name="pk_catalog_change"),
        sqlite_strict=True,
    )
    op.create_index("ix_catalog_change_version", "catalog_change", ["version"])
    op.create_table(
        "catalog_index",
        sa.Column("id", INT, sa.CheckConstraint("id = 1", name=op.f("ck_catalog_index_one")), nullable=False,
                  autoincrement=False),
        sa.Column("checksum", INT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalog_index"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _triggers():
            op.execute(trigger)


def _triggers() -> list[str]:
    made = []
    for table, product in {**_OF_PRODUCT, **dict.fromkeys(_NAMES, "0")}.items():
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _NAMES.get(table, ()))
            made.append(_trigger(table, event, f"WHEN {changed}" if changed and event == "UPDATE" else "",
                                 _NOTE.format(product=product.replace("it.", f"{row}."), stock=0)))
    of_stock = "(SELECT product_id FROM variant WHERE id = NEW.variant_id)"
    changed = f"WHEN ({_purchasable('OLD')}) IS NOT ({_purchasable('NEW')})"
    return [*made, _trigger("stock", "UPDATE", changed, _NOTE.format(product=of_stock, stock=1))]


def _trigger(table: str, event: str, condition: str, does: str) -> str:
    name = f"note_{event.lower()}_of_{table}"
    return f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {condition}\nBEGIN\n    {does};\nEND'


def _purchasable(row: str) -> str:
    return f"{row}.tracked = 0 OR {row}.policy = 'continue' OR {row}.on_hand > {row}.reserved"
