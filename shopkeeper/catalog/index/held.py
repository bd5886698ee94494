"""An index that is in use: what it is asked, and how it is brought up to date."""
from __future__ import annotations

from collections.abc import Callable

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
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.seen import names
from shopkeeper.catalog.suggestions import suggestions
from shopkeeper.catalog.tables import catalog_change
from shopkeeper.database.types import Int

AT_ONCE = 500
"""Changed products for which who asks waits: a fifth of a second in a shop of a million variants."""

ASIDE = 10_000
"""Changed products that are read again, aside: to build all of it anew takes twice as long, and for more, no longer."""

_CHANGES = select(catalog_change.c.product_id, catalog_change.c.stock).where(
    catalog_change.c.version > bindparam("version", type_=Int)).limit(bindparam("most", type_=Int))


class Held:
    """The index with the names and the words that belong to it. One thread at a time may use it.

    Attributes:
        usable: Whether all of it is as it was at its version.
        not_kept: Products that changed since it was kept; as many as matter, if it never was.
    """

    def __init__(self, index: Index, connection: Connection, not_kept: int = 0) -> None:
        self.index = index
        self.usable = True
        self.not_kept = not_kept
        self._texts = Texts(Lexicon(index.lexicon))
        self._names = Names.read(connection)

    @classmethod
    def kept(cls, connection: Connection) -> Held | None:
        """What a program kept in the database, of the version that it had; `None`: there is none that can be used."""
        index = snapshot.load(connection)
        return cls(index, connection) if index else None

    def catch_up(self, version: int, connection: Connection, most: int,
                 go_on: Callable[[], None] = build.no_matter) -> bool:
        """Reads again what changed until this version, which the transaction sees: `most` products at most.

        If it cannot, it is of the version that it had, or not usable any more. `go_on` raises where nobody needs it.
        """
        changes = connection.execute(_CHANGES, {"version": self.index.version, "most": 2 * most + 2}).all()
        ids = sorted({row.product_id for row in changes} - {0})
        if version < self.index.version or len(ids) > most or (ids and ids[-1] >= len(self.index.place_of)):
            return False
        self.usable = False
        renamed = any(row.product_id == 0 for row in changes)
        if renamed:
            self._names = Names.read(connection)
        others = {row.product_id for row in changes if row.product_id and not row.stock}
        called = set[str]()
        for start in range(0, len(ids), AT_ONCE):
            go_on()
            some = ids[start : start + AT_ONCE]
            lines = build.lines(connection, some, others.intersection(some))
            if not all(self.index.change(id_, lines.get(id_)) for id_ in some):
                return False
            called.update(*(line.words for line in lines.values()))
        if others:
            build.rank_by_name(self.index, connection)
            self.index.forget_orders()
        if others or renamed:
            self._texts.forget()
            self._texts.lexicon.add(names(connection) | called)
        self.index.version, self.usable, self.not_kept = version, True, self.not_kept + len(ids)
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
