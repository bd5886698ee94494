"""Catalog: what callers ask of the things that are sold. Each verb stands in a module of its own."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from shopkeeper.catalog.model import BrowsePage, Category, ImportReport, Product, Progress, Query
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.settings import Settings


class Catalog:
    """Products to browse and to open, and product CSV in and out."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, *, receive: Any) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._receive = receive

    def browse(self, query: Query, *, limit: int = 50, cursor: str | None = None) -> BrowsePage:
        raise NotImplementedError

    def product(self, handle: str) -> Product:
        raise NotImplementedError

    def categories(self) -> tuple[Category, ...]:
        raise NotImplementedError

    def is_empty(self) -> bool:
        raise NotImplementedError

    def import_attributes(self, path: str | Path) -> None:
        raise NotImplementedError

    def import_csv(self, path: str | Path, *, dry_run: bool = False, assume_tracked: bool = False,
                   progress: Progress | None = None) -> ImportReport:
        raise NotImplementedError

    def export_csv(self, path: str | Path) -> None:
        raise NotImplementedError
