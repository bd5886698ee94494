"""Keeps the index of one shop: whether there is one, and when it is made."""
from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, literal, select

from shopkeeper.catalog.cursors import Begin
from shopkeeper.catalog.facets import Found
from shopkeeper.catalog.index.version import version_of
from shopkeeper.catalog.model import Query
from shopkeeper.catalog.tables import catalog_index, variant
from shopkeeper.database.engine import Database
from shopkeeper.errors import ShopError

if TYPE_CHECKING:
    from shopkeeper.catalog.index.held import Held

LARGE = 5_000
"""Variants, seen or not, from which on a shop has an index: with fewer, SQL answers in a frame, without numpy."""

_DIALECT = "sqlite"

_A_MOMENT = 2.0
"""Seconds that the first question waits at most for an index that was kept, or that there was; not for a new one."""

_IS_LARGE = select(literal(1)).select_from(variant).limit(1).offset(LARGE)
_IS_KEPT = select(literal(1)).select_from(catalog_index).limit(1)


class Keeper:
    """The index of a shop, if it is large and there is one yet. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: Held | None = None
        self._behind: Held | None = None  # so much has changed since that it is brought up to date aside
        self._none_at = -1  # the version at which there can be no index
        self._lock = threading.Lock()
        self._making: threading.Thread | None = None
        self._decided = threading.Event()  # it is there, or takes long
        self._closing = threading.Event()

    def find(self, connection: Connection, query: Query, limit: int, begin: Begin) -> Found | None:
        """What the query finds, as this transaction sees the shop; `None`: ask SQL, for there is no such index now."""
        if self._database.dialect != _DIALECT:
            return None
        with self._lock:
            before = self._making
            found = self._find(connection, query, limit, begin)
            begun = None if self._making is before else self._making
        if begun is not None and connection.execute(_IS_KEPT).first() is not None:
            self._decided.wait(_A_MOMENT)
            with self._lock:
                found = self._find(connection, query, limit, begin)
        return found

    def _find(self, connection: Connection, query: Query, limit: int, begin: Begin) -> Found | None:
        version = version_of(connection)
        if self._held is not None and self._held.index.version < version:
            from shopkeeper.catalog.index.held import AT_ONCE

            if not self._held.catch_up(version, connection, AT_ONCE):
                self._behind, self._held = self._held, None
        if self._held is None:
            self._make_if_large(version, connection)
        if self._held is None or self._held.index.version != version:
            return None
        return self._held.find(connection, query, limit, begin)

    def make(self) -> None:
        """Brings the index up to date that there was, or that a program kept; or builds one. SQL answers meanwhile."""
        from shopkeeper.catalog.index import snapshot
        from shopkeeper.catalog.index.held import ASIDE, Held

        with self._lock:
            behind, self._behind = self._behind, None
        with self._database.read() as connection:
            version = version_of(connection)
            held = self._caught_up(behind, version, connection) or self._caught_up(
                Held.kept(connection), version, connection) or self._built(connection)
        if held and held.not_kept > ASIDE // 2:
            with suppress(ShopError), self._database.write() as connection:  # a shop that cannot be written to is read
                snapshot.save(connection, held.index)
                held.not_kept = 0
        with self._lock:
            self._held = held
            if held is None:
                self._none_at = version

    def _caught_up(self, held: Held | None, version: int, connection: Connection) -> Held | None:
        from shopkeeper.catalog.index.held import ASIDE

        if held and held.usable and held.catch_up(version, connection, ASIDE, self._go_on):
            return held
        return None

    def _built(self, connection: Connection) -> Held | None:
        from shopkeeper.catalog.index.build import build
        from shopkeeper.catalog.index.held import ASIDE, Held

        self._decided.set()
        index = build(connection, self._go_on)
        return Held(index, connection, not_kept=ASIDE) if index else None

    def _go_on(self) -> None:
        from shopkeeper.catalog.index.build import Stopped

        if self._closing.is_set():
            raise Stopped

    def is_needed(self, connection: Connection) -> bool:
        """Whether the shop is large, and in a database that can have an index."""
        return self._database.dialect == _DIALECT and connection.execute(_IS_LARGE).first() is not None

    def is_making(self) -> bool:
        """Whether the index is being made, or made again. This waits for nobody."""
        return self._making is not None and self._making.is_alive()

    def close(self) -> None:
        """Ends what is being made."""
        self._closing.set()
        if self._making is not None:
            self._making.join()

    def _make_if_large(self, version: int, connection: Connection) -> None:
        if version == self._none_at or self.is_making():
            return
        if not self.is_needed(connection):  # asked each time: an import makes it large, unseen
            return
        self._decided.clear()
        self._making = threading.Thread(target=self._make_aside, name="index", daemon=True)
        self._making.start()

    def _make_aside(self) -> None:
        from shopkeeper.catalog.index.build import Stopped

        try:
            with suppress(Stopped, ShopError):  # the shop closes; or cannot be read, which whoever browses is told
                self.make()
        finally:
            self._decided.set()
