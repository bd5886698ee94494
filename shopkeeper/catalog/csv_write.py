"""Product CSV, last step: what differs is written, in bulk, and nothing else."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from shopkeeper.catalog.availability import Receive, StockCount
from shopkeeper.catalog.csv_state import (
    CurrentProduct,
    CurrentVariant,
    WantedProduct,
    WantedVariant,
    current_products,
)
from shopkeeper.catalog.tables import (
    product,
    product_image,
    product_option,
    product_specification,
    product_type_attribute,
    variant,
    variant_option,
)
from shopkeeper.errors import Problem

_REASON = "import"
Pair = tuple[WantedProduct, CurrentProduct]


@dataclass(slots=True)
class Written:
    """What became of some products. `notes` say where the stock is not what the file says, and why."""

    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: int = 0
    notes: list[Problem] = field(default_factory=list)


def write(connection: Connection, wanted: Sequence[WantedProduct], now: datetime, receive: Receive) -> Written:
    """Makes these products what is wanted; a variant that is not listed any more is archived."""
    current = current_products(connection, [each.values.handle for each in wanted])
    new = [each for each in wanted if each.values.handle not in current]
    there = [(each, current[each.values.handle]) for each in wanted if each.values.handle in current]
    changed = [(each, before) for each, before in there if _differs(each, before)]
    made = _insert_products(connection, new, now)
    _update_products(connection, changed, now)
    pairs = [*made, *changed]
    _replace_parts(connection, pairs)
    _archive_unlisted(connection, changed)
    _update_variants(connection, changed)
    counts = _insert_variants(connection, pairs)
    counts |= {old.id: _count(one, old) for _, one, old in _listed(changed) if old and _count(one, old) != old.stock}
    if counts:
        receive(connection, counts, _REASON)
    _extend_types(connection, pairs)
    return Written([each.id for _, each in made], [each.id for _, each in changed], len(there) - len(changed),
                   list(_notes([*made, *there])))


def _differs(wanted: WantedProduct, there: CurrentProduct) -> bool:
    if (wanted.values, wanted.options, wanted.specs, wanted.images) != (
            there.values, there.options, there.specs, there.images):
        return True
    gone = any(not old.values.archived for key, old in there.variants.items() if key not in wanted.variants)
    return gone or any(old is None or one.values != old.values or _count(one, old) != old.stock
                       for _, one, old in _listed([(wanted, there)]))


def _listed(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, WantedVariant, CurrentVariant | None]]:
    for pair in pairs:
        for key, one in pair[0].variants.items():
            yield pair, one, pair[1].variants.get(key)


def _count(one: WantedVariant, old: CurrentVariant | None) -> StockCount:
    """The stock that the file asks for, as far as it can be: what is reserved is there, and none are owed."""
    on_hand = one.quantity
    if on_hand is None:
        on_hand = old.stock.on_hand if old and old.stock.tracked else 0
    if one.tracked and one.policy == "deny":
        on_hand = max(on_hand, old.reserved if old else 0)
    return StockCount(one.tracked, on_hand, one.policy)


def _notes(pairs: Sequence[Pair]) -> Iterator[Problem]:
    for (wanted, _), one, old in _listed(pairs):
        on_hand = _count(one, old).on_hand
        if one.quantity is not None and one.quantity != on_hand:
            why = "is reserved" if on_hand else "cannot be negative"
            yield Problem(one.line, wanted.values.handle, f"The quantity {one.quantity} {why}: {on_hand} is kept.")


def _insert_products(connection: Connection, new: Sequence[WantedProduct], now: datetime) -> list[Pair]:
    if not new:
        return []
    rows = [{**each.values._asdict(), "created_at": now, "updated_at": now} for each in new]
    ids = connection.scalars(insert(product).returning(product.c.id, sort_by_parameter_order=True), rows)
    return [(each, CurrentProduct(id_, each.values)) for each, id_ in zip(new, ids, strict=True)]


def _update_products(connection: Connection, changed: Sequence[Pair], now: datetime) -> None:
    rows = [{**each.values._asdict(), "product_id": there.id, "updated_at": now} for each, there in changed]
    if rows:
        connection.execute(update(product).where(product.c.id == bindparam("product_id")), rows)


def _replace_parts(connection: Connection, pairs: Sequence[Pair]) -> None:
    """Options, specifications and images: lists that are short, and written anew as wholes."""
    ids = [there.id for _, there in pairs]
    options = [{"product_id": there.id, "attribute_id": id_, "position": place}
               for each, there in pairs for place, id_ in enumerate(each.options, start=1)]
    specs = [{"product_id": there.id, "attribute_id": id_, "value": value}
             for each, there in pairs for id_, value in each.specs.items()]
    images = [{"product_id": there.id, "position": place, "source": image.source, "alt": image.alt}
              for each, there in pairs for place, image in enumerate(each.images, start=1)]
    for part, rows in ((product_option, options), (product_specification, specs), (product_image, images)):
        connection.execute(delete(part).where(part.c.product_id.in_(ids)))
        if rows:
            connection.execute(insert(part), rows)


def _archive_unlisted(connection: Connection, changed: Sequence[Pair]) -> None:
    rows = [{"variant_id": old.id} for each, there in changed for key, old in there.variants.items()
            if key not in each.variants]
    if rows:
        connection.execute(update(variant).where(variant.c.id == bindparam("variant_id")).values(archived=True), rows)


def _update_variants(connection: Connection, changed: Sequence[Pair]) -> None:
    rows = [{**one.values._asdict(), "variant_id": old.id}
            for _, one, old in _listed(changed) if old and one.values != old.values]
    if rows:
        connection.execute(update(variant).where(variant.c.id == bindparam("variant_id")), rows)


def _insert_variants(connection: Connection, pairs: Sequence[Pair]) -> dict[int, StockCount]:
    new = [(there.id, key, one) for each, there in pairs for key, one in each.variants.items()
           if key not in there.variants]
    if not new:
        return {}
    rows = [{**one.values._asdict(), "product_id": product_id, "option_key": key} for product_id, key, one in new]
    ids = connection.scalars(insert(variant).returning(variant.c.id, sort_by_parameter_order=True), rows).all()
    options = [{"variant_id": id_, "attribute_id": attribute_id, "choice_id": choice_id}
               for id_, (_, _, one) in zip(ids, new, strict=True) for attribute_id, choice_id in one.choices.items()]
    if options:
        connection.execute(insert(variant_option), options)
    return {id_: _count(one, None) for id_, (_, _, one) in zip(ids, new, strict=True)}


def _extend_types(connection: Connection, pairs: Sequence[Pair]) -> None:
    """A product type has every attribute that a product of it has; it never loses one."""
    columns = product_type_attribute.c
    roles = dict.fromkeys(
        (each.values.product_type_id, id_, role)
        for each, _ in pairs if each.values.product_type_id is not None
        for role, ids in (("option", each.options), ("specification", each.specs)) for id_ in ids
    )
    known = select(columns.product_type_id, columns.attribute_id, columns.role)
    missing = roles.keys() - {tuple(row) for row in connection.execute(known)}
    last = connection.scalar(select(func.coalesce(func.max(columns.position), 0))) or 0
    rows = [{"product_type_id": type_id, "attribute_id": id_, "role": role, "position": place}
            for place, (type_id, id_, role) in enumerate((one for one in roles if one in missing), start=last + 1)]
    if rows:
        connection.execute(insert(product_type_attribute), rows)
