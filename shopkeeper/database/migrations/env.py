"""Alembic's entry: runs the migrations in the transaction that `migrate` opened."""
from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
