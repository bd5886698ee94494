"""Product CSV: what the rows of a sheet leave open, because it lacks columns, is settled by what is in the shop.

Before anything is written: which variants rows mean, and whether a product that is new has all that it needs.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from shopkeeper.catalog import csv_cells, csv_check
from shopkeeper.catalog.arrivals import arrived
from shopkeeper.catalog.csv_kept import KeptProducts
from shopkeeper.catalog.csv_matching import KnownProduct, KnownVariant, Matcher
from shopkeeper.catalog.csv_named import Named
from shopkeeper.catalog.csv_parse import ProductRows
from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.tables import choice, product, product_option, product_type, variant, variant_option
from shopkeeper.catalog.vocabulary import Vocabulary
from shopkeeper.errors import Problem


def settle(connection: Connection, scope: Scope, kept: KeptProducts, named: Named,
           doubts: Sequence[Problem]) -> list[Problem]:
    """Settle what the products that were read leave open, and return what refuses the file.

    `kept` and `named` are changed. `doubts` are problems of products whose variants the sheet lists, and of no others.
    """
    if not (doubts or _leaves_open(connection, scope)):
        return []
    settler = _Settler(connection, scope, doubts)
    # A category by which a product was named that keeps its own is not made.
    named.categories.clear()
    for number, batch in enumerate(kept.batches(range(1, len(kept) + 1)), start=1):
        products = csv_check.unpacked(batch)
        known = known_products(connection, [rows.handle for rows in products], scope)
        settled = [settler.settle(rows, known.get(rows.handle)) for rows in products]
        for rows in settled:
            named.add(rows)
        if settled != products:
            kept.replace(number, csv_check.packed(settled))
    return settler.problems


def _leaves_open(connection: Connection, scope: Scope) -> bool:
    """Whether products of the sheet may be such that their rows do not say all. A whole sheet leaves nothing open."""
    if not (scope.has("title") and scope.has("price") and scope.has("category") == scope.has("type")):
        return True
    gift_cards = select(product.c.id).where(product.c.gift_card == 1).limit(1)
    if not scope.has("gift_card") and scope.has("requires_shipping") and connection.execute(gift_cards).first():
        return True
    partial = select(product_option.c.product_id).where(product_option.c.position > scope.option_count).limit(1)
    return not scope.has_all_options and connection.execute(partial).first() is not None


class _Settler:
    """Settles products one by one, and notes what is wrong with them."""

    def __init__(self, connection: Connection, scope: Scope, doubts: Sequence[Problem]) -> None:
        self.problems: list[Problem] = []
        self._scope = scope
        self._matcher = Matcher(scope, Vocabulary(connection), self.problems)
        self._doubts: dict[str, list[Problem]] = defaultdict(list)
        for problem in doubts:
            self._doubts[problem.handle].append(problem)

    def settle(self, rows: ProductRows, known: KnownProduct | None) -> ProductRows:
        """Return the rows as they are to be taken; `known` is the product if it is in the shop."""
        if known is None:
            self.problems += [*self._missing(rows), *self._doubts.get(rows.handle, [])]
            return rows
        if known.is_gift_card:
            rows = rows._replace(variants=tuple(
                row._replace(requires_shipping=False) if row.requires_shipping is None else row
                for row in rows.variants))
        rows = rows._replace(category=self._category(rows, known))
        if not self._scope.lists_variants(len(known.options)):
            return self._matcher.match(rows, known)
        self.problems += self._doubts.get(rows.handle, [])
        if not self._scope.has("price"):
            self._matcher.refuse_new(rows, known)
        return rows

    def _missing(self, rows: ProductRows) -> Iterator[Problem]:
        lacks = [what for what, column in (("title, and the file has no column Title", "title"),
                                           ("price, and the file has no column Variant Price", "price"))
                 if not self._scope.has(column)]
        for what in lacks:
            yield Problem(rows.line, rows.handle, f"This product is new: it needs a {what}.")

    def _category(self, rows: ProductRows, known: KnownProduct) -> tuple[str, ...]:
        """Where no category is given, the product stands in its type, of which the sheet may say nothing."""
        if not self._scope.has("category"):
            return () if known.has_category else rows.category
        if self._scope.has("type") or rows.category:
            return rows.category
        try:
            return csv_cells.path(known.type)
        except ValueError as error:
            self.problems.append(Problem(rows.line, rows.handle, f"The type {error}."))
            return ()


def known_products(connection: Connection, handles: Collection[str], scope: Scope) -> Mapping[str, KnownProduct]:
    """Return those of the products that are in the shop, by handle; with their variants where rows may leave them open.
    """
    rows = connection.execute(
        select(product.c.id, product.c.handle, product_type.c.label, product.c.category_id, product.c.gift_card)
        .join_from(product, product_type, isouter=True)
        .where(product.c.handle.in_(handles), arrived(product.c.id))).all()
    ids = [row.id for row in rows]
    options = _options(connection, ids)
    open_ids = [id_ for id_ in ids if not (scope.has("price") and scope.lists_variants(len(options[id_])))]
    variants = _variants(connection, open_ids)
    return {row.handle: KnownProduct(row.id, row.label or "", row.category_id is not None, bool(row.gift_card),
                                     tuple(options[row.id]), tuple(variants[row.id])) for row in rows}


def _options(connection: Connection, product_ids: Collection[int]) -> Mapping[int, list[int]]:
    options: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(select(product_option).where(product_option.c.product_id.in_(product_ids))
                                  .order_by(product_option.c.position)):
        options[row.product_id].append(row.attribute_id)
    return options


def _variants(connection: Connection, product_ids: Collection[int]) -> Mapping[int, list[KnownVariant]]:
    labels: dict[int, dict[int, str]] = defaultdict(dict)
    folded: dict[int, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(
        select(variant_option.c.variant_id, variant_option.c.attribute_id, choice.c.label, choice.c.code)
        .join(choice, choice.c.id == variant_option.c.choice_id)
        .join(variant, variant.c.id == variant_option.c.variant_id)
        .where(variant.c.product_id.in_(product_ids))
    ):
        labels[row.variant_id][row.attribute_id] = row.label
        folded[row.variant_id][row.attribute_id] = row.code
    variants: dict[int, list[KnownVariant]] = defaultdict(list)
    for row in connection.execute(select(variant.c.product_id, variant.c.id, variant.c.sku, variant.c.archived)
                                  .where(variant.c.product_id.in_(product_ids)).order_by(variant.c.position)):
        variants[row.product_id].append(
            KnownVariant(row.sku, bool(row.archived), labels[row.id], folded[row.id]))
    return variants
