"""The tree of categories, with how many products stand in each and below."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select

from shopkeeper.catalog.availability import live_product
from shopkeeper.catalog.model import Category
from shopkeeper.catalog.tables import category, product
from shopkeeper.text import unaccented

_Node = Row[Any, Any, Any, Any]

_IN_EACH = select(product.c.category_id, func.count().label("products")).where(live_product).group_by(
    product.c.category_id)


def live_tree(connection: Connection) -> tuple[Category, ...]:
    """The tree of all categories in which shoppers find anything."""
    return tree(connection, {row.category_id: row.products for row in connection.execute(_IN_EACH)})


def tree(connection: Connection, counts: Mapping[int | None, int]) -> tuple[Category, ...]:
    """The tree with these counts, by category id and without what is below; siblings are sorted by name.

    Where there is nothing in and below a category, it is left out.
    """
    children: dict[int | None, list[_Node]] = defaultdict(list)
    rows = connection.execute(select(category.c.id, category.c.parent_id, category.c.slug, category.c.name))
    for row in sorted(rows, key=lambda row: (unaccented(row.name), row.slug)):
        children[row.parent_id].append(row)

    def below(parent: int | None) -> tuple[Category, ...]:
        return tuple(each for each in map(built, children[parent]) if each.count)

    def built(row: _Node) -> Category:
        parts = below(row.id)
        return Category(row.slug, row.name, counts.get(row.id, 0) + sum(part.count for part in parts), parts)

    return below(None)


def path(roots: Sequence[Category], slug: str) -> tuple[Category, ...]:
    """The categories from the root to the one with this slug, each by itself; empty where it is not in the tree."""
    for each in roots:
        if slug == each.slug or slug.startswith(f"{each.slug}/"):
            return (replace(each, children=()), *path(each.children, slug))
    return ()
