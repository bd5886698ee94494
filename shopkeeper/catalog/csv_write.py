"""Product CSV, last step: what differs is written, in bulk, and nothing else."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, func, select

from shopkeeper.catalog import search
from shopkeeper.catalog.arrivals import announce
from shopkeeper.catalog.availability import Receive, StockCount
from shopkeeper.catalog.csv_merge import Merger
from shopkeeper.catalog.csv_notes import Notes
from shopkeeper.catalog.csv_state import (
    CurrentProduct,
    CurrentVariant,
    ProductValues,
    VariantValues,
    WantedProduct,
    WantedVariant,
    current_products,
    on_hand,
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
from shopkeeper.database.bulk import insert_rows, update_rows
from shopkeeper.database.types import microseconds

_REASON = "import"
Pair = tuple[WantedProduct, CurrentProduct]
_Values = ProductValues | VariantValues


class Compared(NamedTuple):
    """Products of a file beside those that are there, and what its report says of their variants."""

    new: list[WantedProduct]
    changed: list[Pair]
    unchanged: int
    notes: Notes


def compare(connection: Connection, wanted: Sequence[WantedProduct], merger: Merger) -> Compared:
    """What an import of these products would do."""
    current = current_products(connection, [each.values.handle for each in wanted])
    new = [each for each in wanted if each.values.handle not in current]
    there = [(merger.merge(each, current[each.values.handle]), current[each.values.handle])
             for each in wanted if each.values.handle in current]
    changed = [(each, before) for each, before in there if _differs(each, before)]
    notes = Notes(merger.scope)
    for each in new:
        notes.add_product(each, {})
    for each, before in there:
        notes.add_product(each, before.variants)
    return Compared(new, changed, len(there) - len(changed), notes)


def create(connection: Connection, new: Sequence[WantedProduct], now: datetime, receive: Receive, *,
           ahead: bool = False) -> None:
    """Makes products which are not there. `ahead`: they are on their way in, and nobody sees them yet."""
    made = _insert_products(connection, new, now, ahead=ahead)
    _insert_parts(connection, made)
    _receive(connection, _insert_variants(connection, made), receive)
    _extend_types(connection, made)
    search.add(connection, {there.id: each.words for each, there in made})


def change(connection: Connection, changed: Sequence[Pair], now: datetime, receive: Receive) -> None:
    """Makes products what is wanted; a variant that is not listed any more is archived."""
    _update_products(connection, changed, now)
    in_parts = [pair for pair in changed if _parts(pair[0]) != _parts(pair[1])]
    _delete_parts(connection, in_parts)
    _insert_parts(connection, in_parts)
    _archive_unlisted(connection, changed)
    _update_variants(connection, changed)
    counts = _insert_variants(connection, changed)
    counts |= {old.id: _count(one, old) for _, one, old in _listed(changed) if old and _count(one, old) != old.stock}
    _receive(connection, counts, receive)
    _extend_types(connection, changed)
    search.reindex(connection, [there.id for each, there in changed if not _is_found_as_before(each, there)])


def _receive(connection: Connection, counts: Mapping[int, StockCount], receive: Receive) -> None:
    if counts:
        receive(connection, counts, _REASON)


def _differs(wanted: WantedProduct, there: CurrentProduct) -> bool:
    if wanted.values != there.values or _parts(wanted) != _parts(there):
        return True
    gone = any(not old.values.archived for key, old in there.variants.items() if key not in wanted.variants)
    return gone or any(old is None or one.values != old.values or _count(one, old) != old.stock
                       for _, one, old in _listed([(wanted, there)]))


def _parts(of: WantedProduct | CurrentProduct) -> tuple[object, ...]:
    return of.options, of.specs, of.images


def _is_found_as_before(wanted: WantedProduct, there: CurrentProduct) -> bool:
    """Prices and stock are what changes most, and are no words."""
    return wanted.values == there.values and {key: one.values.sku for key, one in wanted.variants.items()} == {
        key: old.values.sku for key, old in there.variants.items() if not old.values.archived}


def _listed(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, WantedVariant, CurrentVariant | None]]:
    for pair in pairs:
        for key, one in pair[0].variants.items():
            yield pair, one, pair[1].variants.get(key)


def _count(one: WantedVariant, old: CurrentVariant | None) -> StockCount:
    return StockCount(one.tracked, on_hand(one, old), one.policy)


def _insert_products(connection: Connection, new: Sequence[WantedProduct], now: datetime, *,
                     ahead: bool) -> list[Pair]:
    first = _next_id(connection, product)
    made = [(each, CurrentProduct(id_, each.values)) for id_, each in enumerate(new, start=first)]
    at = microseconds(now)
    insert_rows(connection, product, ("id", *ProductValues._fields, "created_at", "updated_at"), [
        (there.id, *(each.values._replace(published=False) if ahead else each.values), at, at) for each, there in made])
    if ahead:
        announce(connection, {there.id: each.values.published for each, there in made})
    return made


def _next_id(connection: Connection, of: Table) -> int:
    # Given here, because to be told which ids the rows got takes longer than to write them. Nobody else writes now.
    return (connection.scalar(select(func.max(of.c.id))) or 0) + 1


def _update_products(connection: Connection, changed: Sequence[Pair], now: datetime) -> None:
    update_rows(connection, product, "id", ("updated_at",), [(microseconds(now), there.id) for _, there in changed])
    _update(connection, product, [(there.id, each.values, there.values) for each, there in changed])


def _update(connection: Connection, of: Table, rows: Iterable[tuple[int, _Values, _Values]]) -> None:
    """Gives rows, by id, the first values where these differ from the second: a column that is set writes its index."""
    differ: dict[tuple[str, ...], list[tuple[object, ...]]] = defaultdict(list)
    for id_, wanted, there in rows:
        if wanted != there:
            new = {name: value for name, value, old in zip(wanted._fields, wanted, there, strict=True) if value != old}
            differ[tuple(new)].append((*new.values(), id_))
    for columns, values in differ.items():
        update_rows(connection, of, "id", columns, values)


def _delete_parts(connection: Connection, changed: Sequence[Pair]) -> None:
    """Options, specifications and images: lists that are short, and written anew as wholes."""
    for part in (product_option, product_specification, product_image):
        connection.execute(delete(part).where(part.c.product_id.in_([there.id for _, there in changed])))


def _insert_parts(connection: Connection, pairs: Sequence[Pair]) -> None:
    insert_rows(connection, product_option, ("product_id", "attribute_id", "position"), [
        (there.id, id_, place) for each, there in pairs for place, id_ in enumerate(each.options, start=1)])
    insert_rows(connection, product_specification, ("product_id", "attribute_id", "value"), [
        (there.id, id_, value) for each, there in pairs for id_, value in each.specs.items()])
    insert_rows(connection, product_image, ("product_id", "position", "source", "alt"), [
        (there.id, place, image.source, image.alt)
        for each, there in pairs for place, image in enumerate(each.images, start=1)])


def _archive_unlisted(connection: Connection, changed: Sequence[Pair]) -> None:
    update_rows(connection, variant, "id", ("archived",), [
        (True, old.id) for each, there in changed for key, old in there.variants.items() if key not in each.variants])


def _update_variants(connection: Connection, changed: Sequence[Pair]) -> None:
    _update(connection, variant, [(old.id, one.values, old.values) for _, one, old in _listed(changed) if old])


def _insert_variants(connection: Connection, pairs: Sequence[Pair]) -> dict[int, StockCount]:
    new = [(there.id, key, one) for each, there in pairs for key, one in each.variants.items()
           if key not in there.variants]
    if not new:
        return {}
    made = list(enumerate(new, start=_next_id(connection, variant)))
    insert_rows(connection, variant, ("id", "product_id", "option_key", *VariantValues._fields), [
        (id_, product_id, key, *one.values) for id_, (product_id, key, one) in made])
    insert_rows(connection, variant_option, ("variant_id", "attribute_id", "choice_id"), [
        (id_, *pair) for id_, (_, _, one) in made for pair in one.choices.items()])
    return {id_: _count(one, None) for id_, (_, _, one) in made}


def _extend_types(connection: Connection, pairs: Sequence[Pair]) -> None:
    """A product type has every attribute that a product of it has; it never loses one."""
    columns = product_type_attribute.c
    roles = dict.fromkeys(
        (each.values.product_type_id, id_, role)
        for each, _ in pairs if each.values.product_type_id is not None
        for role, ids in (("option", each.options), ("specification", each.specs)) for id_ in ids
    )
    known = select(columns.product_type_id, columns.attribute_id, columns.role).where(
        columns.product_type_id.in_({type_id for type_id, _, _ in roles}))
    missing = roles.keys() - {tuple(row) for row in connection.execute(known)}
    if not missing:
        return
    last = connection.scalar(select(func.coalesce(func.max(columns.position), 0))) or 0
    insert_rows(connection, product_type_attribute, ("product_type_id", "attribute_id", "role", "position"), [
        (*one, place) for place, one in enumerate((one for one in roles if one in missing), start=last + 1)])
