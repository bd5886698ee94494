"""The tree of categories, with how many products stand in each and below."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from shopkeeper.catalog.availability import live_product
from shopkeeper.catalog.model import Category
from shopkeeper.catalog.tables import category, product

_Node = Row[Any, Any, Any, Any]

_IN_EACH = select(product.c.category_id, func.count().label("products")).where(live_product).group_by(
    product.c.category_id)

_BELOW = (
    select(category.c.slug, category.c.name, func.count(product.c.id).label("products"))
    .outerjoin(product, and_(product.c.category_id == category.c.id, live_product))
    .group_by(category.c.id)
)


def live_tree(connection: Connection) -> tuple[Category, ...]:
    """The tree of all categories in which shoppers find anything."""
    return tree(connection, {row.category_id: row.products for row in connection.execute(_IN_EACH)})


def tree(connection: Connection, counts: Mapping[int | None, int]) -> tuple[Category, ...]:
    """The tree with these counts, by category id and without what is below; siblings are sorted by name.

    Where there is nothing in and below a category, it is left out.
    """
    children: dict[int | None, list[_Node]] = defaultdict(list)
    nodes = select(category.c.id, category.c.parent_id, category.c.slug, category.c.name)
    for row in connection.execute(nodes.order_by(category.c.slug)):  # a slug is the name, folded
        children[row.parent_id].append(row)

    def below(parent: int | None) -> tuple[Category, ...]:
        return tuple(each for each in map(built, children[parent]) if each.count)

    def built(row: _Node) -> Category:
        parts = below(row.id)
        return Category(row.slug, row.name, counts.get(row.id, 0) + sum(part.count for part in parts), parts)

    return below(None)


def path(connection: Connection, slug: str) -> tuple[Category, ...]:
    """The categories from the root to the one with this slug, each by itself."""
    names = slug.split("/")
    slugs = ["/".join(names[:depth]) for depth in range(1, len(names) + 1)]
    below_root = or_(category.c.slug == slugs[0], category.c.slug.startswith(f"{slugs[0]}/"))
    rows = {row.slug: row for row in connection.execute(_BELOW.where(below_root))}

    def count(slug: str) -> int:
        return sum(row.products for row in rows.values() if f"{row.slug}/".startswith(f"{slug}/"))

    return tuple(Category(each, rows[each].name, count(each)) for each in slugs)
