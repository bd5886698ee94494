"""An index that is in use: what it is asked, and how it is brought up to date."""
from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from shopkeeper.catalog.candidates import folded
from shopkeeper.catalog.cursors import Begin
from shopkeeper.catalog.facets import Found
from shopkeeper.catalog.index import build, snapshot
from shopkeeper.catalog.index.answer import Answer
from shopkeeper.catalog.index.index import Index
from shopkeeper.catalog.index.lexicon import Lexicon
from shopkeeper.catalog.index.names import Names
from shopkeeper.catalog.index.texts import Texts
from shopkeeper.catalog.index.version import version_of
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.seen import names
from shopkeeper.catalog.suggestions import suggestions
from shopkeeper.catalog.tables import catalog_change
from shopkeeper.database.types import Int

_MOST_CHANGES = 500  # products that are read again one by one; of more, all are

_CHANGES = select(catalog_change.c.product_id, catalog_change.c.stock).where(
    catalog_change.c.version > bindparam("version", type_=Int)).limit(2 * _MOST_CHANGES + 2)


class Held:
    """The index with the names and the words that belong to it. One thread at a time may use it."""

    def __init__(self, index: Index, connection: Connection) -> None:
        self.index = index
        self._texts = Texts(Lexicon(index.lexicon))
        self._names = Names.read(connection)

    @classmethod
    def kept(cls, connection: Connection) -> Held | None:
        """What a program kept in the database, as this transaction sees the shop; `None`: it is of no use."""
        index = snapshot.load(connection)
        held = cls(index, connection) if index else None
        return held if held and held.catch_up(version_of(connection), connection) else None

    def catch_up(self, version: int, connection: Connection) -> bool:
        """Reads again what changed until this version, which the transaction sees. If it cannot, all of it is wrong."""
        changes = connection.execute(_CHANGES, {"version": self.index.version}).all()
        ids = sorted({row.product_id for row in changes} - {0})
        if version < self.index.version or len(ids) > _MOST_CHANGES or (ids and ids[-1] >= len(self.index.place_of)):
            return False
        renamed = any(row.product_id == 0 for row in changes)
        if renamed:
            self._names = Names.read(connection)
        others = {row.product_id for row in changes if row.product_id and not row.stock}
        lines = build.lines(connection, ids, others) if ids else {}
        if not all(self.index.change(id_, lines.get(id_)) for id_ in ids):
            return False
        if others:
            build.rank_by_name(self.index, connection)
            self.index.forget_orders()
        if others or renamed:
            self._texts.forget()
            self._texts.lexicon.add(names(connection).union(*(line.words for line in lines.values())))
        self.index.version = version
        return True

    def find(self, connection: Connection, query: Query, limit: int, begin: Begin) -> Found:
        """What the query finds in a shop of the index's version, which this transaction sees."""
        wanted = self._names.wanted(query)
        answer = Answer(self.index, self._texts, connection, query, wanted, len(folded(query.options)) > len(wanted),
                        self._names.below(query.category))
        start, ids = answer.page(limit, begin)
        last = answer.sort_key(ids[limit - 1]) if len(ids) > limit else None
        return Found(start, ids[:limit], last, answer.outline(), self._names.facets(answer), self._names.categories,
                     self._names.options(self.index, ids[:limit]),
                     suggestions(answer.asked, answer.seen) if answer.asked.unknown else ())
