"""Products and their properties, as rows: a new kind of product is data, never a new column."""
from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)

from shopkeeper.database.metadata import choice_column, table
from shopkeeper.database.types import Flag, Int, Str, Time

attribute = table(
    "attribute",
    Column("id", Int, primary_key=True),
    Column("code", Str, nullable=False, unique=True),
    Column("label", Str, nullable=False),
    choice_column("type", "text", "number", "boolean", "choice", "color"),
    Column("unit", Str, nullable=False),
)

# Every spelling that means an attribute, its own label and code among them, folded: COLOR, "Color " and Colour are one.
attribute_alias = table(
    "attribute_alias",
    Column("alias_key", Str, primary_key=True),
    Column("attribute_id", Int, ForeignKey("attribute.id"), nullable=False, index=True),
)

choice = table(
    "choice",
    Column("id", Int, primary_key=True),
    Column("attribute_id", Int, ForeignKey("attribute.id"), nullable=False),
    Column("code", Str, nullable=False),
    Column("label", Str, nullable=False),
    Column("hex", Str),
    Column("position", Int, nullable=False),
    UniqueConstraint("attribute_id", "code"),
    UniqueConstraint("id", "attribute_id"),
)

product_type = table(
    "product_type",
    Column("id", Int, primary_key=True),
    Column("code", Str, nullable=False, unique=True),
    Column("label", Str, nullable=False),
)

product_type_attribute = table(
    "product_type_attribute",
    Column("product_type_id", Int, ForeignKey("product_type.id"), primary_key=True),
    Column("attribute_id", Int, ForeignKey("attribute.id"), primary_key=True),
    choice_column("role", "option", "specification", primary_key=True),
    Column("position", Int, nullable=False),
)

# The slug is the path from the root: apparel/hoodies stands below apparel.
category = table(
    "category",
    Column("id", Int, primary_key=True),
    Column("parent_id", Int, ForeignKey("category.id"), index=True),
    Column("slug", Str, nullable=False, unique=True),
    Column("name", Str, nullable=False),
    Column("position", Int, nullable=False),
)

product = table(
    "product",
    Column("id", Int, primary_key=True),
    Column("handle", Str, nullable=False, unique=True),
    Column("title", Str, nullable=False),
    Column("title_key", Str, nullable=False),  # folded, for sorting by name
    Column("description", Str, nullable=False),
    Column("vendor", Str, nullable=False),
    Column("product_type_id", Int, ForeignKey("product_type.id"), index=True),
    Column("category_id", Int, ForeignKey("category.id")),
    choice_column("status", "active", "draft", "archived"),
    Column("published", Flag, nullable=False),
    Column("gift_card", Flag, nullable=False),
    Column("tags", Str, nullable=False),  # one a line
    Column("created_at", Time, nullable=False),
    Column("updated_at", Time, nullable=False),
    Index("ix_product_title_key_id", "title_key", "id"),
    Index("ix_product_category_id_status_published", "category_id", "status", "published"),  # counts of what is live
)

product_option = table(
    "product_option",
    Column("product_id", Int, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("attribute_id", Int, ForeignKey("attribute.id"), primary_key=True),
    Column("position", Int, nullable=False),
    UniqueConstraint("product_id", "position"),
)

product_specification = table(
    "product_specification",
    Column("product_id", Int, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("attribute_id", Int, ForeignKey("attribute.id"), primary_key=True),
    Column("value", Str, nullable=False),
)

product_image = table(
    "product_image",
    Column("product_id", Int, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Int, primary_key=True, autoincrement=False),
    Column("source", Str, nullable=False),
    Column("alt", Str, nullable=False),
)

# option_key: the choice ids in ascending order, joined by "-", so that it outlives a new order of the options; '' for
# a product without options.
variant = table(
    "variant",
    Column("id", Int, primary_key=True),
    Column("product_id", Int, ForeignKey("product.id", ondelete="CASCADE"), nullable=False),
    Column("option_key", Str, nullable=False),
    Column("sku", Str, nullable=False, index=True),  # real exports repeat them
    Column("price_minor", Int, CheckConstraint("price_minor >= 0", name="price"), nullable=False),
    Column("compare_at_minor", Int, CheckConstraint("compare_at_minor >= 0", name="compare_at")),
    Column("requires_shipping", Flag, nullable=False),
    Column("image", Str, nullable=False),
    Column("position", Int, nullable=False),
    Column("archived", Flag, nullable=False),
    UniqueConstraint("product_id", "option_key"),
    Index("ix_variant_product_id_archived_price_minor", "product_id", "archived", "price_minor"),  # browse reads all
)

variant_option = table(
    "variant_option",
    Column("variant_id", Int, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True),
    Column("attribute_id", Int, primary_key=True, autoincrement=False),
    Column("choice_id", Int, nullable=False),
    ForeignKeyConstraint(["choice_id", "attribute_id"], ["choice.id", "choice.attribute_id"]),
    Index("ix_variant_option_choice_id_variant_id", "choice_id", "variant_id"),
    without_rowid=True,
)

# How many there are is a fact of a variant that browse filters by; what changes it is the inventory's.
stock = table(
    "stock",
    Column("variant_id", Int, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("tracked", Flag, nullable=False),
    Column("on_hand", Int, nullable=False),
    Column("reserved", Int, nullable=False),
    choice_column("policy", "deny", "continue"),
    CheckConstraint("reserved >= 0", name="reserved"),
    CheckConstraint("tracked = 0 OR policy = 'continue' OR reserved <= on_hand", name="never_oversold"),
)

# Which products changed, and when: `version` counts all changes of the catalog. A product has at most two rows, one for
# whether its variants can be bought now (`stock` 1) and one for all else (0); the product 0 stands for the names of
# attributes, choices and categories. Triggers of the database write it, so that no change of what shoppers see
# is forgotten: only who inserts a variant or an option must write the product's row with it. On PostgreSQL nobody does.
catalog_change = table(
    "catalog_change",
    Column("product_id", Int, primary_key=True, autoincrement=False),
    Column("stock", Flag, primary_key=True),
    Column("version", Int, nullable=False, index=True),
)

# Products that an import has brought while the rest of its file is on the way: they are not published yet, and will be
# as `published` says, all at once. Those of an import that was cut off are of no use.
arriving_product = table(
    "arriving_product",
    Column("product_id", Int, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("published", Flag, nullable=False),
)

# The index of a large shop as it was kept last: derived, and made again where it is not what it should be.
catalog_index = table(
    "catalog_index",
    Column("piece", Int, primary_key=True, autoincrement=False),
    Column("checksum", Int, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
