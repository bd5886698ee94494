"""Keeps the index of one shop: when it is built, how it is brought up to date, and what it is asked."""
from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, func, literal, select

from shopkeeper.catalog.categories import Node, nodes
from shopkeeper.catalog.cursors import SortKey
from shopkeeper.catalog.facets import Found
from shopkeeper.catalog.model import Facet, FacetValue, Query
from shopkeeper.catalog.tables import attribute, catalog_change, choice, variant
from shopkeeper.database.engine import Database
from shopkeeper.database.types import Int
from shopkeeper.errors import ShopError

if TYPE_CHECKING:
    from shopkeeper.catalog.index.answer import Answer
    from shopkeeper.catalog.index.index import Index
    from shopkeeper.catalog.index.texts import Texts

LARGE = 5_000
"""Variants from which on a shop has an index: below, SQL answers in a frame, and nobody waits for numpy."""

_MOST_CHANGES = 500  # products that are read again one by one; of more, all are

_VERSION = select(func.coalesce(func.max(catalog_change.c.version), 0))
_CHANGES = select(catalog_change.c.product_id, catalog_change.c.stock).where(
    catalog_change.c.version > bindparam("version", type_=Int))
_IS_LARGE = select(literal(1)).select_from(variant).limit(1).offset(LARGE)
_CHOICES = (
    select(attribute.c.id, attribute.c.code, attribute.c.label, choice.c.id, choice.c.label, choice.c.hex)
    .join_from(attribute, choice)
    .order_by(attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
)


class Keeper:
    """The index of a shop, if it is large and there is one yet. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index: Index | None = None
        self._texts: Texts | None = None
        self._names: Names | None = None
        self._small_at = -1
        self._lock = threading.Lock()
        self._building: threading.Thread | None = None
        self._closing = threading.Event()

    def find(self, connection: Connection, query: Query, limit: int, after: SortKey | None) -> Found | None:
        """What the query finds, as this transaction sees the shop; `None`: ask SQL, for there is no such index now."""
        if self._database.dialect != "sqlite":
            return None
        with self._lock:
            version = int(connection.execute(_VERSION).scalar_one())
            if not self._is_at(version, connection):
                return None
            return self._found(self._answer(connection, query), limit, after)

    def build(self) -> None:
        """Builds the index, while others are answered by SQL."""
        with self._database.read() as connection:
            made = self._made(connection)
        with self._lock:
            self._index, self._texts, self._names = made

    def _made(self, connection: Connection) -> tuple[Index | None, Texts, Names]:
        from shopkeeper.catalog.index.build import build
        from shopkeeper.catalog.index.texts import Texts

        return build(connection, lambda: not self._closing.is_set()), Texts(), Names.read(connection)

    def close(self) -> None:
        """Ends what is being built."""
        self._closing.set()
        if self._building is not None:
            self._building.join()

    def _is_at(self, version: int, connection: Connection) -> bool:
        """Whether the index is there, and has all that this transaction sees, and nothing more."""
        if self._index is not None and self._index.version < version and not self._catch_up(version, connection):
            self._index = None
        if self._index is None:
            self._build_if_large(version, connection)
        return self._index is not None and self._index.version == version

    def _build_if_large(self, version: int, connection: Connection) -> None:
        if version == self._small_at or (self._building is not None and self._building.is_alive()):
            return
        if connection.execute(_IS_LARGE).first() is None:
            self._small_at = version
            return
        self._building = threading.Thread(target=self._build_aside, name="index", daemon=True)
        self._building.start()

    def _build_aside(self) -> None:
        from shopkeeper.catalog.index.build import Stopped

        with suppress(Stopped, ShopError):  # the shop closes; or cannot be read, which whoever browses is told
            self.build()

    def _catch_up(self, version: int, connection: Connection) -> bool:
        """Reads again what changed; whether the index is right now."""
        from shopkeeper.catalog.index import build

        index = self._index
        assert index is not None
        assert self._texts is not None
        changes = connection.execute(_CHANGES, {"version": index.version}).all()
        ids = sorted({row.product_id for row in changes} - {0})
        if len(ids) > _MOST_CHANGES or (ids and ids[-1] >= len(index.place_of)):
            return False
        if any(row.product_id == 0 for row in changes):
            self._names = Names.read(connection)
        lines = build.lines(connection, ids)
        for id_ in ids:
            if not index.change(id_, lines.get(id_)):
                return False
        if any(row.product_id and not row.stock for row in changes):
            build.rank_by_name(index, connection)
            index.forget_ranks()
            self._texts.forget()
        index.version = version
        return True

    def _answer(self, connection: Connection, query: Query) -> Answer:
        from shopkeeper.catalog.index.answer import Answer

        assert self._index is not None
        assert self._texts is not None
        assert self._names is not None
        asked = {code.casefold() for code, labels in query.options.items() if labels}
        wanted = self._names.wanted(query)
        return Answer(self._index, self._texts, connection, query, wanted, len(asked) > len(wanted),
                      self._names.below(query.category))

    def _found(self, answer: Answer, limit: int, after: SortKey | None) -> Found:
        assert self._names is not None
        ids = answer.page(limit + 1, after)
        last = answer.sort_key(ids[limit - 1]) if len(ids) > limit else None
        return Found(ids[:limit], last, answer.outline(), self._names.facets(answer), self._names.categories)


@dataclass(frozen=True, slots=True)
class Names:
    """What attributes, their choices and the categories are called; attributes by label."""

    attributes: dict[int, tuple[str, str]]
    choices: dict[int, list[tuple[int, str, str | None]]]
    categories: tuple[Node, ...]

    @classmethod
    def read(cls, connection: Connection) -> Names:
        """The names as this transaction sees them."""
        attributes: dict[int, tuple[str, str]] = {}
        choices: dict[int, list[tuple[int, str, str | None]]] = {}
        for (id_, code, label), rows in groupby(connection.execute(_CHOICES).all(), key=itemgetter(0, 1, 2)):
            attributes[id_] = (code, label)
            choices[id_] = [(choice_id, name, hex_) for *_, choice_id, name, hex_ in rows]
        return cls(attributes, choices, nodes(connection))

    def wanted(self, query: Query) -> dict[int, set[int]]:
        """By attribute the choices that a query wants, in any case. An option without labels asks for nothing."""
        asked: dict[str, set[str]] = {}
        for code, labels in query.options.items():
            if labels:
                asked.setdefault(code.casefold(), set()).update(label.casefold() for label in labels)
        labels_of = {id_: asked[code.casefold()] for id_, (code, _) in self.attributes.items()
                     if code.casefold() in asked}
        return {id_: {choice_id for choice_id, name, _ in self.choices[id_] if name.casefold() in labels}
                for id_, labels in labels_of.items()}

    def below(self, slug: str | None) -> list[int] | None:
        """The categories with this slug or below it; `None`: any."""
        if slug is None:
            return None
        return [each.id for each in self.categories if each.slug == slug or each.slug.startswith(f"{slug}/")]

    def facets(self, answer: Answer) -> tuple[Facet, ...]:
        """The options of the products in the query's text and category; those that most of them have come first."""
        spread = answer.spread()
        shown = sorted((id_ for id_ in self.attributes if spread.get(id_)), key=lambda id_: -spread[id_])
        return tuple(facet for id_ in shown if (facet := self._facet(id_, answer)))

    def _facet(self, attribute_id: int, answer: Answer) -> Facet | None:
        choices = self.choices[attribute_id]
        offered = answer.offered([choice_id for choice_id, *_ in choices])
        choices = [each for each, is_offered in zip(choices, offered, strict=True) if is_offered]
        if not choices:
            return None
        code, label = self.attributes[attribute_id]
        sizes = answer.sizes(attribute_id, [choice_id for choice_id, *_ in choices])
        chosen = answer.wanted.get(attribute_id, ())
        return Facet(code, label, tuple(
            FacetValue(name, size, choice_id in chosen, hex_)
            for (choice_id, name, hex_), size in zip(choices, sizes, strict=True)))
