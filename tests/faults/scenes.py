"""The shops that faults happen to: each is made once, and copied for every fault."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config

from shopkeeper import Cart, Session, Shop
from shopkeeper.database import migrate as migrations
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.engine import Database
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import pay

A_MINUTE_LATER = 61
"""Seconds after which no payment can be on its way to the portal any more."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A shop in a file, and Ada, who is about to do something in it, with her cart and the order she has placed.

    A guest is there, too, with a mug in the cart.
    """

    path: Path
    ada: Session
    guest: Session
    cart: Cart
    number: str = ""

    def opened(self, after: float = 0) -> Shop:
        """The shop, so many seconds later. What is open in it is settled, if it can be."""
        return Shop.open(str(self.path), clock=clock_at(after))

    @contextmanager
    def copied(self, disk: Path | None = None) -> Iterator[Scene]:
        """The same in another file, for as long as it is needed; the journal comes along."""
        with TemporaryDirectory(dir=disk) as folder:
            for file in self.path.parent.glob("shop.db*"):
                shutil.copy(file, folder)
            yield replace(self, path=Path(folder) / self.path.name)

    @property
    def journal(self) -> Path:
        """What was written last, and is not in the file yet."""
        return self.path.with_name(f"{self.path.name}-wal")

    @property
    def telling(self) -> Path:
        """Where it is told what was done."""
        return self.path.with_suffix(".said")

    def say(self, word: str) -> None:
        """Tells the world outside what is done: who dies later has said it."""
        with self.telling.open("a") as file:
            file.write(f"{word}\n")

    def said(self) -> list[str]:
        """What was told."""
        return self.telling.read_text().splitlines() if self.telling.exists() else []

    def dump(self) -> dict[str, list[Any]]:
        """All that the file holds, table by table, but for the shop's id, which is drawn at random."""
        with closing(sqlite_driver().connect(str(self.path))) as connection:
            found = {"": connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()}
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
                found[name] = [row for row in rows if row[0] != "shop_id"]
        return found

    def count(self, query: str) -> int:
        """What a query counts."""
        with closing(sqlite_driver().connect(str(self.path))) as connection:
            return int(connection.execute(query).fetchone()[0])


def clock_at(seconds: float) -> FakeClock:
    """A clock that stands so many seconds after the scene was made."""
    clock = FakeClock()
    clock.advance(seconds)
    return clock


def full_cart(path: Path) -> Scene:
    """Ada has four things of three products in her cart, counted and not."""
    with Shop.open(str(path), clock=clock_at(0)) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99", shipping_free_from="100")
        hoodie = add_product(shop, "Hoodie", options={"Size": ["S", "M"]}, price="19.99", stock=4)
        mug = add_product(shop, "Mug", price="0.33", stock=None)
        print_ = add_product(shop, "Print", price="12.50", stock=1, policy="continue")
        ada = add_account(shop)
        for product in (hoodie, mug, print_):
            shop.cart.add(ada, product.variants[-1].id)
        cart = shop.cart.add(ada, hoodie.variants[-1].id)
        guest = shop.accounts.guest()
        shop.cart.add(guest, mug.variants[0].id)
    return Scene(path, ada, guest, cart)


def placed_order(path: Path) -> Scene:
    """Ada has bought her cart and put another mug in."""
    scene = full_cart(path)
    with scene.opened() as shop:
        number = pay(shop, scene.ada).number
        cart = shop.cart.add(scene.ada, shop.catalog.product("mug").variants[0].id)
    return replace(scene, number=number, cart=cart)


def no_file(path: Path) -> Scene:
    """Nothing is there yet."""
    elsewhere = full_cart(path.with_name("elsewhere.db"))
    return replace(elsewhere, path=path)


def first_schema(path: Path) -> Scene:
    """The shop of `placed_order` as the first program kept it."""
    scene = placed_order(path.with_name("newest.db"))
    database = Database.open(str(path))
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations._MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    _copy_rows(scene.path, path)
    return replace(scene, path=path)


def _copy_rows(newest: Path, oldest: Path) -> None:
    with closing(sqlite_driver().connect(str(oldest))) as connection:
        connection.execute("ATTACH ? AS newest", (str(newest),))
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'alembic_version'"
            " AND name NOT LIKE 'sqlite_%'")
        for (table,) in tables.fetchall():
            columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
            names = ", ".join(f'"{name}"' for (name,) in columns)
            connection.execute(f'DELETE FROM "{table}"')  # noqa: S608
            connection.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM newest."{table}"')  # noqa: S608
        connection.commit()
