"""The shop's first tables."""
from __future__ import annotations

from importlib import import_module
from uuid import uuid4

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None


def upgrade() -> None:
    from shopkeeper.database.metadata import metadata

    for room in ("accounts", "catalog", "inventory", "cart", "orders", "payments"):
        import_module(f"shopkeeper.{room}.tables")
    import_module("shopkeeper.catalog.search")
    metadata.create_all(op.get_bind())
    op.get_bind().execute(text("INSERT INTO setting (name, value) VALUES ('shop_id', :id)"), {"id": uuid4().hex})
