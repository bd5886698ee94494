"""The shop's first tables."""
from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INT = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TIME = INT  # microseconds since 1970
TEXT = sa.Text()
STRICT = {"sqlite_strict": True}

# The words of products. The ascii tokenizer takes every other character for a letter: only blanks split. No positions
# are needed (detail), nor lengths (columnsize): which column has a word is all that ranks a product.
SEARCH = """
    CREATE VIRTUAL TABLE product_search USING fts5(
        title, facts, description, tokenize = 'ascii', detail = 'column', columnsize = 0, prefix = '1 2 3'
    )
"""


def upgrade() -> None:
    _shoppers()
    _vocabulary()
    _products()
    _variants()
    _carts()
    _orders()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SEARCH)
    setting = sa.table("setting", sa.column("name", TEXT), sa.column("value", TEXT))
    op.bulk_insert(setting, [{"name": "shop_id", "value": uuid4().hex}])


def _shoppers() -> None:
    op.create_table(
        "setting",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
        **STRICT,
    )
    op.create_table(
        "shopper",
        sa.Column("id", INT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shopper"),
        **STRICT,
    )
    op.create_table(
        "account",
        sa.Column("id", INT, nullable=False, autoincrement=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.ForeignKeyConstraint(["id"], ["shopper.id"], name="fk_account_id"),
        sa.UniqueConstraint("email_key", name="uq_account_email_key"),
        **STRICT,
    )
    op.create_table(
        "session",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("shopper_id", INT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
        sa.ForeignKeyConstraint(["shopper_id"], ["shopper.id"], name="fk_session_shopper_id"),
        **STRICT,
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_index("ix_session_shopper_id", "session", ["shopper_id"])
    op.create_table(
        "login_failure",
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("failures", INT, nullable=False),
        sa.Column("blocked_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("email_key", name="pk_login_failure"),
        **STRICT,
    )


def _vocabulary() -> None:
    op.create_table(
        "attribute",
        sa.Column("id", INT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column(
            "type", TEXT,
            sa.CheckConstraint(
                "type IN ('text', 'number', 'boolean', 'choice', 'color')",
                name=op.f("ck_attribute_type"),
            ),
            nullable=False,
        ),
        sa.Column("unit", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attribute"),
        sa.UniqueConstraint("code", name="uq_attribute_code"),
        **STRICT,
    )
    op.create_table(
        "attribute_alias",
        sa.Column("alias_key", TEXT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False),
        sa.PrimaryKeyConstraint("alias_key", name="pk_attribute_alias"),
        sa.ForeignKeyConstraint(["attribute_id"], ["attribute.id"], name="fk_attribute_alias_attribute_id"),
        **STRICT,
    )
    op.create_index("ix_attribute_alias_attribute_id", "attribute_alias", ["attribute_id"])
    op.create_table(
        "choice",
        sa.Column("id", INT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("hex", TEXT),
        sa.Column("position", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_choice"),
        sa.ForeignKeyConstraint(["attribute_id"], ["attribute.id"], name="fk_choice_attribute_id"),
        sa.UniqueConstraint("attribute_id", "code", name="uq_choice_attribute_id_code"),
        sa.UniqueConstraint("id", "attribute_id", name="uq_choice_id_attribute_id"),
        **STRICT,
    )
    op.create_table(
        "product_type",
        sa.Column("id", INT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product_type"),
        sa.UniqueConstraint("code", name="uq_product_type_code"),
        **STRICT,
    )
    op.create_table(
        "product_type_attribute",
        sa.Column("product_type_id", INT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False),
        sa.Column(
            "role", TEXT,
            sa.CheckConstraint("role IN ('option', 'specification')", name=op.f("ck_product_type_attribute_role")),
            nullable=False,
        ),
        sa.Column("position", INT, nullable=False),
        sa.PrimaryKeyConstraint("product_type_id", "attribute_id", "role", name="pk_product_type_attribute"),
        sa.ForeignKeyConstraint(["attribute_id"], ["attribute.id"], name="fk_product_type_attribute_attribute_id"),
        sa.ForeignKeyConstraint(
            ["product_type_id"], ["product_type.id"], name="fk_product_type_attribute_product_type_id"
        ),
        **STRICT,
    )
    op.create_table(
        "category",
        sa.Column("id", INT, nullable=False),
        sa.Column("parent_id", INT),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_category"),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name="fk_category_parent_id"),
        sa.UniqueConstraint("slug", name="uq_category_slug"),
        **STRICT,
    )
    op.create_index("ix_category_parent_id", "category", ["parent_id"])


def _products() -> None:
    op.create_table(
        "product",
        sa.Column("id", INT, nullable=False),
        sa.Column("handle", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_key", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("vendor", TEXT, nullable=False),
        sa.Column("product_type_id", INT),
        sa.Column("category_id", INT),
        sa.Column(
            "status", TEXT,
            sa.CheckConstraint("status IN ('active', 'draft', 'archived')", name=op.f("ck_product_status")),
            nullable=False,
        ),
        sa.Column("published", INT, nullable=False),
        sa.Column("gift_card", INT, nullable=False),
        sa.Column("tags", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_product_category_id"),
        sa.ForeignKeyConstraint(["product_type_id"], ["product_type.id"], name="fk_product_product_type_id"),
        sa.UniqueConstraint("handle", name="uq_product_handle"),
        **STRICT,
    )
    op.create_index("ix_product_category_id", "product", ["category_id"])
    op.create_index("ix_product_product_type_id", "product", ["product_type_id"])
    op.create_index("ix_product_title_key_id", "product", ["title_key", "id"])
    op.create_table(
        "product_option",
        sa.Column("product_id", INT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "attribute_id", name="pk_product_option"),
        sa.ForeignKeyConstraint(["attribute_id"], ["attribute.id"], name="fk_product_option_attribute_id"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name="fk_product_option_product_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("product_id", "position", name="uq_product_option_product_id_position"),
        **STRICT,
    )
    op.create_table(
        "product_specification",
        sa.Column("product_id", INT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "attribute_id", name="pk_product_specification"),
        sa.ForeignKeyConstraint(["attribute_id"], ["attribute.id"], name="fk_product_specification_attribute_id"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name="fk_product_specification_product_id", ondelete="CASCADE"
        ),
        **STRICT,
    )
    op.create_table(
        "product_image",
        sa.Column("product_id", INT, nullable=False),
        sa.Column("position", INT, nullable=False, autoincrement=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("alt", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", "position", name="pk_product_image"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name="fk_product_image_product_id", ondelete="CASCADE"
        ),
        **STRICT,
    )


def _variants() -> None:
    op.create_table(
        "variant",
        sa.Column("id", INT, nullable=False),
        sa.Column("product_id", INT, nullable=False),
        sa.Column("option_key", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column(
            "price_minor", INT,
            sa.CheckConstraint("price_minor >= 0", name=op.f("ck_variant_price")),
            nullable=False,
        ),
        sa.Column(
            "compare_at_minor", INT,
            sa.CheckConstraint("compare_at_minor >= 0", name=op.f("ck_variant_compare_at")),
        ),
        sa.Column("requires_shipping", INT, nullable=False),
        sa.Column("image", TEXT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("archived", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_variant"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_variant_product_id", ondelete="CASCADE"),
        sa.UniqueConstraint("product_id", "option_key", name="uq_variant_product_id_option_key"),
        **STRICT,
    )
    op.create_index("ix_variant_product_id_archived_price_minor", "variant", ["product_id", "archived", "price_minor"])
    op.create_index("ix_variant_sku", "variant", ["sku"])
    op.create_table(
        "variant_option",
        sa.Column("variant_id", INT, nullable=False),
        sa.Column("attribute_id", INT, nullable=False, autoincrement=False),
        sa.Column("choice_id", INT, nullable=False),
        sa.PrimaryKeyConstraint("variant_id", "attribute_id", name="pk_variant_option"),
        sa.ForeignKeyConstraint(
            ["choice_id", "attribute_id"], ["choice.id", "choice.attribute_id"],
            name="fk_variant_option_choice_id_attribute_id",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name="fk_variant_option_variant_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        **STRICT,
    )
    op.create_index("ix_variant_option_choice_id_variant_id", "variant_option", ["choice_id", "variant_id"])
    op.create_table(
        "stock",
        sa.Column("variant_id", INT, nullable=False, autoincrement=False),
        sa.Column("tracked", INT, nullable=False),
        sa.Column("on_hand", INT, nullable=False),
        sa.Column("reserved", INT, nullable=False),
        sa.Column(
            "policy", TEXT,
            sa.CheckConstraint("policy IN ('deny', 'continue')", name=op.f("ck_stock_policy")),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("variant_id", name="pk_stock"),
        sa.CheckConstraint(
            "tracked = 0 OR policy = 'continue' OR reserved <= on_hand",
            name=op.f("ck_stock_never_oversold"),
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_reserved")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name="fk_stock_variant_id", ondelete="CASCADE"),
        **STRICT,
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", INT, nullable=False),
        sa.Column("variant_id", INT, nullable=False),
        sa.Column("quantity", INT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("order_number", TEXT),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stock_movement"),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name="fk_stock_movement_variant_id"),
        **STRICT,
    )
    op.create_index("ix_stock_movement_variant_id", "stock_movement", ["variant_id"])


def _carts() -> None:
    op.create_table(
        "cart",
        sa.Column("id", INT, nullable=False),
        sa.Column("shopper_id", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cart"),
        sa.ForeignKeyConstraint(["shopper_id"], ["shopper.id"], name="fk_cart_shopper_id"),
        sa.UniqueConstraint("shopper_id", name="uq_cart_shopper_id"),
        **STRICT,
    )
    op.create_table(
        "cart_line",
        sa.Column("id", INT, nullable=False),
        sa.Column("cart_id", INT, nullable=False),
        sa.Column("variant_id", INT, nullable=False),
        sa.Column(
            "quantity", INT,
            sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_cart_line_quantity")),
            nullable=False,
        ),
        sa.Column(
            "wanted", INT,
            sa.CheckConstraint("wanted >= quantity", name=op.f("ck_cart_line_wanted")),
            nullable=False,
        ),
        sa.Column("price_minor", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cart_line"),
        sa.ForeignKeyConstraint(["cart_id"], ["cart.id"], name="fk_cart_line_cart_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name="fk_cart_line_variant_id"),
        sa.UniqueConstraint("cart_id", "variant_id", name="uq_cart_line_cart_id_variant_id"),
        **STRICT,
    )
    op.create_index("ix_cart_line_variant_id", "cart_line", ["variant_id"])


def _orders() -> None:
    op.create_table(
        "order",
        sa.Column("id", INT, nullable=False),
        sa.Column("number", TEXT),
        sa.Column("shopper_id", INT, nullable=False),
        sa.Column("idempotency_key", TEXT, nullable=False),
        sa.Column("request_digest", TEXT, nullable=False),
        sa.Column(
            "status", TEXT,
            sa.CheckConstraint(
                "status IN ('awaiting_payment', 'placed', 'fulfilled', 'cancelled')",
                name=op.f("ck_order_status"),
            ),
            nullable=False,
        ),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("subtotal_minor", INT, nullable=False),
        sa.Column("shipping_minor", INT, nullable=False),
        sa.Column("tax_minor", INT, nullable=False),
        sa.Column("tax_included_minor", INT, nullable=False),
        sa.Column("total_minor", INT, nullable=False),
        sa.Column("address", TEXT),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("placed_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_order"),
        sa.CheckConstraint(
            "subtotal_minor + shipping_minor + tax_minor = total_minor",
            name=op.f("ck_order_adds_up"),
        ),
        sa.ForeignKeyConstraint(["shopper_id"], ["shopper.id"], name="fk_order_shopper_id"),
        sa.UniqueConstraint("number", name="uq_order_number"),
        sa.UniqueConstraint("shopper_id", "idempotency_key", name="uq_order_shopper_id_idempotency_key"),
        **STRICT,
    )
    op.create_index("ix_order_shopper_id_id", "order", ["shopper_id", "id"])
    op.create_table(
        "order_line",
        sa.Column("order_id", INT, nullable=False),
        sa.Column("position", INT, nullable=False, autoincrement=False),
        sa.Column("variant_id", INT, nullable=False),
        sa.Column("handle", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("options", TEXT, nullable=False),
        sa.Column("specs", TEXT, nullable=False),
        sa.Column(
            "quantity", INT,
            sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
            nullable=False,
        ),
        sa.Column("unit_price_minor", INT, nullable=False),
        sa.Column("total_minor", INT, nullable=False),
        sa.Column("tax_minor", INT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_line"),
        sa.CheckConstraint("unit_price_minor * quantity = total_minor", name=op.f("ck_order_line_adds_up")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_order_line_order_id"),
        **STRICT,
    )
    op.create_table(
        "payment",
        sa.Column("id", INT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("gateway", TEXT, nullable=False),
        sa.Column(
            "state", TEXT,
            sa.CheckConstraint(
                "state IN ('submitting', 'succeeded', 'declined', 'unknown')",
                name=op.f("ck_payment_state"),
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", INT, nullable=False),
        sa.Column("refunded_minor", INT, nullable=False),
        sa.Column("refunding", INT, nullable=False),
        sa.Column("brand", TEXT, nullable=False),
        sa.Column("last4", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name=op.f("ck_payment_refunds")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name="fk_payment_order_id"),
        sa.UniqueConstraint("key", name="uq_payment_key"),
        **STRICT,
    )
    op.create_index(
        "ix_payment_open", "payment", ["id"],
        sqlite_where=sa.text("state IN ('submitting', 'unknown') OR refunding = 1"),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id"])
    op.create_table(
        "demo_charge",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("amount_minor", INT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("refunded_minor", INT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_demo_charge"),
        sa.UniqueConstraint("reference", name="uq_demo_charge_reference"),
        **STRICT,
    )
    op.create_table(
        "demo_refund",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("amount_minor", INT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_demo_refund"),
        **STRICT,
    )
