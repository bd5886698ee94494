"""Shop: opens a database and wires the services. The one place that knows them all."""
from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from shopkeeper import log
from shopkeeper.accounts.service import Accounts
from shopkeeper.catalog.service import Catalog
from shopkeeper.clock import Clock, system_clock
from shopkeeper.config import data_folder, database_address
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate, revision_of
from shopkeeper.database.missing import no_shop, require_shop
from shopkeeper.errors import DatabaseUnavailable
from shopkeeper.orders.open_payments import is_any_open
from shopkeeper.orders.reconciler import RECONCILE_INTERVAL_SECONDS, Reconciler
from shopkeeper.payments.configured import configured_gateway
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.gateway import Gateway
from shopkeeper.service_property import Service
from shopkeeper.settings import Settings
from shopkeeper.upkeep.service import Upkeep

if TYPE_CHECKING:
    from shopkeeper.cart.service import Carts
    from shopkeeper.inventory.service import Inventory
    from shopkeeper.orders.back_office import BackOffice
    from shopkeeper.orders.checkout import Checkout
    from shopkeeper.orders.history import Orders
    from shopkeeper.orders.ledger import Ledger
    from shopkeeper.orders.settlement import Settlement
    from shopkeeper.privacy.service import Privacy


class Shop:
    """An open shop: its services, and the database they share. Safe to call from several threads.

    What it takes to look around is there at once; the rooms behind buying are imported when they are first asked for,
    so that the first products need not wait for them.
    """

    def __init__(self, database: Database, *, gateway: Gateway | None = None, clock: Clock | None = None,
                 upkeep: Upkeep | None = None) -> None:
        self._database = database
        self._services: dict[str, Any] = {}
        self._clock = clock or system_clock
        self._upkeep = upkeep or Upkeep(database, self._clock)
        self._gateway = gateway or configured_gateway(database, self._clock, self.settings)
        self._reconciler = Reconciler(lambda: self._settlement, self._has_open_payments)

    @Service
    def settings(self) -> Settings:
        """Name, currency, tax and shipping of the shop: read, and changed by `change`."""
        return Settings(self._database)

    @Service
    def accounts(self) -> Accounts:
        """Who is shopping: register, log in, guests, sessions, and changes of one's own account."""
        accounts = Accounts(self._database, self.settings, self._clock)
        accounts.on_sign_in = lambda *merged: self.cart.merge(*merged)
        return accounts

    @Service
    def catalog(self) -> Catalog:
        """What is sold: browse, products, categories, import and export."""
        return Catalog(self._database, self.settings, self._clock,
                       receive=lambda *counted: self.inventory.receive(*counted),
                       forget=lambda *variants: self.inventory.forget(*variants))

    @Service
    def inventory(self) -> Inventory:
        """How many there are: stock and its movements."""
        from shopkeeper.inventory.service import Inventory

        return Inventory(self._database, self._clock)

    @Service
    def cart(self) -> Carts:
        """What a shopper wants: view, add, change, remove."""
        from shopkeeper.cart.service import Carts

        return Carts(self._database, self.settings, self._clock, self.accounts)

    @Service
    def orders(self) -> Orders:
        """What a shopper bought: history, cancel, reorder, receipts."""
        from shopkeeper.orders.history import Orders

        return Orders(self._database, self.accounts, self.cart, self._settlement, self._reconciler,
                      self._clock)

    @Service
    def checkout(self) -> Checkout:
        """Quote and place an order, and ask about payments left open."""
        from shopkeeper.orders.checkout import Checkout

        return Checkout(self._database, self._clock, self.accounts, self.cart, self.inventory, self._settlement)

    @Service
    def back_office(self) -> BackOffice:
        """All orders, for the owner: list, fulfil, verify."""
        from shopkeeper.orders.back_office import BackOffice

        return BackOffice(self._database, self._clock)

    @Service
    def ledger(self) -> Ledger:
        """The books in double entry: balances, entries, export for Beancount."""
        from shopkeeper.orders.ledger import Ledger

        return Ledger(self._database)

    @Service
    def privacy(self) -> Privacy:
        """What is kept of an account: export it, delete the account."""
        from shopkeeper.privacy.service import Privacy

        return Privacy(self._database, self.settings, self._clock, self.accounts, self.cart)

    @Service
    def upkeep(self) -> Upkeep:
        """Backups of the shop."""
        return self._upkeep

    @Service
    def demo_portal(self) -> DemoGateway | None:
        """The demo payment provider, to be told how to behave; `None` where payments go elsewhere."""
        return self._gateway if isinstance(self._gateway, DemoGateway) else None

    @Service
    def _settlement(self) -> Settlement:
        from shopkeeper.orders.settlement import Settlement

        return Settlement(self._database, self._clock, self.cart, self.inventory, self._gateway)

    @classmethod
    def open(
        cls, url: str | None = None, *, gateway: Gateway | None = None, clock: Clock | None = None,
        sample: bool = False, settle: bool = True, throw_away: bool = False, create: bool = True,
    ) -> Self:
        """Opens the shop at `url`: a path, `sqlite:///…` or `postgresql+psycopg://…`; none: the user's own.

        What does not exist is created, what is older is migrated, and an empty one is filled with the sample
        catalog if `sample` says so. `gateway` takes the payments, and is asked about those that a crash left open,
        unless `settle` says not to; none: Stripe where `SHOPKEEPER_STRIPE_KEY` is set, else the demo portal.
        Before a migration a backup is made; a shop to `throw_away` makes none of itself. Unless it is to `create` one,
        a place without a shop is refused.

        Raises:
            BackupFailed: It is older, and is left so without a backup.
            SchemaTooNew: A newer program wrote this database.
            DatabaseUnavailable: It cannot be opened; the message says why.
            GatewayUnavailable: Stripe cannot be used as the environment says; the message says why.
        """
        address = database_address(url)
        if not create:
            require_shop(address)
        database = Database.open(address)
        try:
            if not create:
                _refuse_empty(database)
            upkeep = Upkeep(database, clock or system_clock, throw_away=throw_away)
            migrate(database, before=upkeep.before_migration)
            shop = cls(database, gateway=gateway, clock=clock, upkeep=upkeep)
            with suppress(DatabaseUnavailable):  # a disk that is full; what is damaged is told to who needs it
                database.mark_file(shop.settings.shop_id)
            if sample and shop.catalog.is_empty():
                # Some installers link to the files of a package; an import follows no links.
                shop.catalog.import_attributes((data_folder() / "attributes.toml").resolve())
                shop.catalog.import_csv((data_folder() / "catalog.csv").resolve())
            if settle:
                shop._reconciler.reconcile()
            log.event("opened", database=database.place)
        except BaseException:
            database.close()
            raise
        return shop

    def _has_open_payments(self) -> bool:
        with self._database.read() as connection:
            return is_any_open(connection)

    @property
    def place(self) -> str:
        """The database's file, or its server's address without the password."""
        return self._database.place

    def start_reconciling(self, interval_seconds: float = RECONCILE_INTERVAL_SECONDS) -> None:
        """Ask about open payments every so often from now on: what a program does that runs for long."""
        self._reconciler.start(interval_seconds)

    def stop_reconciling(self) -> None:
        """End what `start_reconciling` began. `close` does so, too."""
        self._reconciler.stop()

    def changes(self) -> int | None:
        """A number that is another one after each change of the database, whoever made it; `None`: nobody can tell."""
        return self._database.changes()

    def close(self) -> None:
        """Close the database: every verb raises DatabaseUnavailable from now on. To close again changes nothing.

        Transactions that other threads are in end as they would.
        """
        self.stop_reconciling()
        try:
            if catalog := self._services.get("catalog"):
                catalog.close()
        finally:
            self._database.close()

    def check_files(self) -> None:
        """Raise DatabaseUnavailable if the shop was closed, or its files were moved, replaced, cut or overwritten."""
        self._database.check_files()

    def check_open(self) -> None:
        """Raise DatabaseUnavailable if the shop was closed."""
        self._database.check_open()

    def __enter__(self) -> Self:
        self.check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refuse_empty(database: Database) -> None:
    with database.read() as connection:
        if revision_of(connection) is None:
            raise no_shop(database.path or database.place, "is an empty database")
