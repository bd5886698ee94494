"""The tree of categories, with how many products stand in each and below."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from shopkeeper.catalog.availability import live_product
from shopkeeper.catalog.model import Category
from shopkeeper.catalog.tables import category, product


class Node(NamedTuple):
    """A category as a row."""

    id: int
    parent_id: int | None
    slug: str
    name: str


_NODES = select(category.c.id, category.c.parent_id, category.c.slug, category.c.name).order_by(
    category.c.slug)  # a slug is the name, folded

_IN_EACH = select(product.c.category_id, func.count().label("products")).where(live_product).group_by(
    product.c.category_id)

_BELOW = (
    select(category.c.slug, category.c.name, func.count(product.c.id).label("products"))
    .outerjoin(product, and_(product.c.category_id == category.c.id, live_product))
    .group_by(category.c.id)
)


def nodes(connection: Connection) -> tuple[Node, ...]:
    """All categories, by slug."""
    return tuple(Node(*row) for row in connection.execute(_NODES))


def live_tree(connection: Connection) -> tuple[Category, ...]:
    """The tree of all categories in which shoppers find anything."""
    return tree(nodes(connection), {row.category_id: row.products for row in connection.execute(_IN_EACH)})


def tree(nodes: Sequence[Node], counts: Mapping[int | None, int]) -> tuple[Category, ...]:
    """The tree of these, which are sorted by slug, with these counts, by category id and without what is below.

    Where there is nothing in and below a category, it is left out.
    """
    below: dict[int | None, list[Category]] = defaultdict(list)
    for id_, parent_id, slug, name in reversed(nodes):  # what is below comes first, for its slug is longer
        count, parts = counts.get(id_, 0), below.get(id_)
        if parts:
            count += sum(part.count for part in parts)
        if count:
            below[parent_id].append(Category(slug, name, count, tuple(reversed(parts or ()))))
    return tuple(reversed(below[None]))


def path(connection: Connection, slug: str) -> tuple[Category, ...]:
    """The categories from the root to the one with this slug, each by itself."""
    names = slug.split("/")
    slugs = ["/".join(names[:depth]) for depth in range(1, len(names) + 1)]
    below_root = or_(category.c.slug == slugs[0], category.c.slug.startswith(f"{slugs[0]}/"))
    rows = {row.slug: row for row in connection.execute(_BELOW.where(below_root))}

    def count(slug: str) -> int:
        return sum(row.products for row in rows.values() if f"{row.slug}/".startswith(f"{slug}/"))

    return tuple(Category(each, rows[each].name, count(each)) for each in slugs)
