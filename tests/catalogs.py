"""Catalogs for tests: product CSV files made from rows, and all that a database holds, for comparison."""
from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from shopkeeper.catalog.model import Product
from shopkeeper.catalog.service import Catalog
from shopkeeper.catalog.tables import product
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.database.metadata import metadata
from shopkeeper.errors import NotFound
from shopkeeper.inventory.service import Inventory
from shopkeeper.settings import Settings

CsvRow = Mapping[str, str]


def catalog_of(database: Database, clock: Clock) -> Catalog:
    inventory = Inventory(database, clock)
    return Catalog(database, Settings(database), clock, receive=inventory.receive, forget=inventory.forget)


def write_csv(path: Path, *rows: CsvRow) -> Path:
    """A CSV file whose header has every column that a row names."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def simple(handle: str = "mug", **cells: str) -> dict[str, str]:
    """A row that is a whole product without options."""
    title = handle.capitalize()
    return {"Handle": handle, "Title": title, "Option1 Name": "Title", "Option1 Value": "Default Title",
            "Variant Price": "12.50", **cells}


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the notes of what changed."""
    with database.read() as connection:
        return {name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for name, table in metadata.tables.items() if name != "catalog_change"}


def shown(database: Database, catalog: Catalog) -> dict[str, Product | None]:
    """Every product as shoppers see it, by handle, but for the variants' ids; `None` for one they do not see."""
    with database.read() as connection:
        handles = connection.scalars(select(product.c.handle)).all()
    return {handle: _opened(catalog, handle) for handle in handles}


def _opened(catalog: Catalog, handle: str) -> Product | None:
    try:
        found = catalog.product(handle)
    except NotFound:
        return None
    return replace(found, variants=tuple(replace(variant, id=0) for variant in found.variants))
