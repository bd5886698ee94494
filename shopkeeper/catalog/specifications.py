"""How specifications are kept and shown: kept plainly (`92`, `true`), shown with their unit (`92 °C`, `yes`)."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from shopkeeper.catalog.model import AttributeType, Specification
from shopkeeper.catalog.tables import attribute, product_specification

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_BOOLEAN = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}

_OF_PRODUCTS = (
    select(product_specification.c.product_id, product_specification.c.value,
           attribute.c.code, attribute.c.label, attribute.c.type, attribute.c.unit)
    .join(attribute, attribute.c.id == product_specification.c.attribute_id)
    .where(product_specification.c.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(product_specification.c.product_id, attribute.c.id)
)


def kept(text: str, kind: AttributeType, unit: str) -> str:
    """The value as it is kept. What is no value of the type is kept as it was written."""
    if kind == "boolean":
        return _BOOLEAN.get(text.casefold(), text)
    if kind == "number" and unit:
        number = text.removesuffix(unit).strip()
        return number if _NUMBER.fullmatch(number) else text
    return text


def shown(value: str, kind: AttributeType, unit: str) -> str:
    """The value as people read it; `kept` turns it back."""
    if kind == "boolean":
        return {"true": "yes", "false": "no"}.get(value, value)
    if kind == "number" and unit and _NUMBER.fullmatch(value):
        return f"{value} {unit}"
    return value


def specifications(connection: Connection, product_ids: Collection[int]) -> dict[int, tuple[Specification, ...]]:
    """The specifications of these products, in the order in which the shop learned the attributes."""
    rows = connection.execute(_OF_PRODUCTS, {"ids": [*product_ids]})
    found: dict[int, list[Specification]] = defaultdict(list)
    for row in rows:
        found[row.product_id].append(Specification(row.code, row.label, shown(row.value, row.type, row.unit)))
    return {product_id: tuple(specs) for product_id, specs in found.items()}
