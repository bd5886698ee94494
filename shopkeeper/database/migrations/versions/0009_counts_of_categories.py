"""How many products shoppers see in a category is told by an index alone, without a look at each product."""
from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("ix_product_category_id", "product")
    op.create_index("ix_product_category_id_status_published", "product", ["category_id", "status", "published"])
