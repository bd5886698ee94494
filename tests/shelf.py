"""Products for tests, said in one line each and written straight into the tables."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from shopkeeper.catalog import search
from shopkeeper.catalog.tables import (
    attribute,
    category,
    choice,
    product,
    product_image,
    product_option,
    product_type,
    stock,
    variant,
    variant_option,
)
from shopkeeper.database.engine import Database
from shopkeeper.text import fold, unaccented

_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
_TABLES = (attribute, choice, category, product_type, product, product_option, product_image, variant, variant_option,
           stock)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A variant. `options` maps attribute codes to labels, prices are cents; `on_hand` of `None` is not counted."""

    options: Mapping[str, str] = field(default_factory=dict)
    price: int = 1000
    on_hand: int | None = 5
    compare_at: int | None = None
    sku: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A product. `category` is a slug whose parts name the categories; `created` counts minutes."""

    title: str
    pieces: Sequence[Piece] = (Piece(),)
    category: str = ""
    vendor: str = ""
    kind: str = ""
    tags: Sequence[str] = ()
    description: str = ""
    live: bool = True
    created: int = 0


def put_on_shelf(database: Database, items: Iterable[Item], choices: Mapping[str, Sequence[str]] | None = None) -> None:
    """Replaces all products by these; the first has id 1. `choices` is the order of labels, by attribute code."""
    shelf = _Shelf()
    for code, labels in (choices or {}).items():
        for label in labels:
            shelf.choice_id(code, label)
    for item in items:
        shelf.add(item)
    with database.write() as connection:
        connection.execute(delete(search.product_search))
        for table in reversed(_TABLES):
            connection.execute(delete(table))
        for table in _TABLES:
            if shelf.rows[table.name]:
                connection.execute(insert(table), shelf.rows[table.name])
        search.reindex(connection, [row["id"] for row in shelf.rows["product"]])


class _Shelf:
    """The rows that the items make."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {table.name: [] for table in _TABLES}
        self._ids: dict[tuple[str, ...], int] = {}

    def add(self, item: Item) -> None:
        product_id = len(self.rows["product"]) + 1
        at = _EARLIEST + timedelta(minutes=item.created)
        self.rows["product"].append({
            "id": product_id, "handle": f"item-{product_id}", "title": item.title, "title_key": unaccented(item.title),
            "description": item.description, "vendor": item.vendor, "product_type_id": self._kind_id(item.kind),
            "category_id": self._category_id(item.category), "status": "active" if item.live else "draft",
            "published": True, "gift_card": False, "tags": "\n".join(item.tags), "created_at": at, "updated_at": at,
        })
        self.rows["product_image"].append({"product_id": product_id, "position": 0, "source": item.title, "alt": ""})
        codes = dict.fromkeys(code for piece in item.pieces for code in piece.options)
        for position, code in enumerate(codes):
            self.rows["product_option"].append(
                {"product_id": product_id, "attribute_id": self._attribute_id(code), "position": position})
        for piece in item.pieces:
            self._add_piece(product_id, piece)

    def _add_piece(self, product_id: int, piece: Piece) -> None:
        variant_id = len(self.rows["variant"]) + 1
        choice_ids = {code: self.choice_id(code, label) for code, label in piece.options.items()}
        self.rows["variant"].append({
            "id": variant_id, "product_id": product_id, "option_key": "-".join(map(str, choice_ids.values())),
            "sku": piece.sku, "price_minor": piece.price, "compare_at_minor": piece.compare_at, "image": "",
            "requires_shipping": True, "position": variant_id, "archived": piece.archived,
        })
        for code, choice_id in choice_ids.items():
            self.rows["variant_option"].append(
                {"variant_id": variant_id, "attribute_id": self._attribute_id(code), "choice_id": choice_id})
        self.rows["stock"].append({"variant_id": variant_id, "tracked": piece.on_hand is not None,
                                   "on_hand": piece.on_hand or 0, "reserved": 0, "policy": "deny"})

    def choice_id(self, code: str, label: str) -> int:
        attribute_id, position = self._attribute_id(code), len(self.rows["choice"])
        return self._id("choice", (code, label), {"attribute_id": attribute_id, "code": fold(label), "label": label,
                                                  "hex": "#102030" if code == "color" else None, "position": position})

    def _attribute_id(self, code: str) -> int:
        label, type_ = code.replace("_", " ").capitalize(), "color" if code == "color" else "choice"
        return self._id("attribute", (code,), {"code": code, "label": label, "type": type_, "unit": ""})

    def _kind_id(self, kind: str) -> int | None:
        return self._id("product_type", (kind,), {"code": fold(kind), "label": kind}) if kind else None

    def _category_id(self, slug: str) -> int | None:
        if not slug:
            return None
        above, _, name = slug.rpartition("/")
        parent_id = self._category_id(above)
        return self._id("category", (slug,), {"parent_id": parent_id, "slug": slug, "name": name.capitalize(),
                                              "position": len(self.rows["category"])})

    def _id(self, table: str, key: tuple[str, ...], values: Row) -> int:
        """The id of the row that goes by this key, made of the values if there is none."""
        if (table, *key) not in self._ids:
            self._ids[table, *key] = len(self.rows[table]) + 1
            self.rows[table].append({"id": len(self.rows[table]) + 1, **values})
        return self._ids[table, *key]
