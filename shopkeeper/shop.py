"""Shop: opens a database and wires the services. The one place that knows them all."""
from __future__ import annotations

from types import TracebackType
from typing import Self

from shopkeeper.accounts.service import Accounts
from shopkeeper.cart.service import Carts
from shopkeeper.catalog.service import Catalog
from shopkeeper.clock import Clock, system_clock
from shopkeeper.config import data_folder, default_database
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from shopkeeper.inventory.service import Inventory
from shopkeeper.orders.back_office import BackOffice
from shopkeeper.orders.checkout import Checkout
from shopkeeper.orders.history import Orders
from shopkeeper.orders.ledger import Ledger
from shopkeeper.orders.settlement import Settlement
from shopkeeper.payments.configured import configured_gateway
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.gateway import Gateway
from shopkeeper.settings import Settings
from shopkeeper.upkeep.service import Upkeep


class Shop:
    """An open shop: its services, and the database they share. Safe to call from several threads."""

    def __init__(self, database: Database, *, gateway: Gateway | None = None, clock: Clock | None = None,
                 upkeep: Upkeep | None = None) -> None:
        clock = clock or system_clock
        self._database = database
        self.settings = Settings(database)
        self.inventory = Inventory(database, clock)
        self.catalog = Catalog(database, self.settings, clock, receive=self.inventory.receive)
        self.accounts = Accounts(database, clock)
        self.cart = Carts(database, self.settings, clock, self.accounts)
        self.accounts.on_sign_in = self.cart.merge
        gateway = gateway or configured_gateway(database, clock, self.settings)
        self.demo_portal = gateway if isinstance(gateway, DemoGateway) else None
        settlement = Settlement(database, clock, self.cart, self.inventory, gateway)
        self.orders = Orders(database, self.accounts, self.cart, settlement)
        self.checkout = Checkout(database, clock, self.accounts, self.cart, self.inventory, settlement)
        self.back_office = BackOffice(database)
        self.ledger = Ledger(database)
        self.upkeep = upkeep or Upkeep(database, clock)

    @classmethod
    def open(
        cls, url: str | None = None, *, gateway: Gateway | None = None, clock: Clock | None = None,
        sample: bool = False, settle: bool = True, throw_away: bool = False,
    ) -> Self:
        """Opens the shop at `url`: a path, `sqlite:///…` or `postgresql+psycopg://…`; none: the user's own.

        What does not exist is created, what is older is migrated, and an empty one is filled with the sample
        catalog if `sample` says so. `gateway` takes the payments, and is asked about those that a crash left open,
        unless `settle` says not to; none: Stripe where `SHOPKEEPER_STRIPE_KEY` is set, else the demo portal.
        Before a migration a backup is made; a shop to `throw_away` makes none of itself.

        Raises:
            BackupFailed: It is older, and is left so without a backup.
            SchemaTooNew: A newer program wrote this database.
            DatabaseUnavailable: It cannot be opened; the message says why.
            GatewayUnavailable: Stripe cannot be used as the environment says; the message says why.
        """
        database = Database.open(url or default_database())
        try:
            upkeep = Upkeep(database, clock or system_clock, throw_away=throw_away)
            migrate(database, before=upkeep.before_migration)
            shop = cls(database, gateway=gateway, clock=clock, upkeep=upkeep)
            if sample and shop.catalog.is_empty():
                shop.catalog.import_attributes(data_folder() / "attributes.toml")
                shop.catalog.import_csv(data_folder() / "catalog.csv")
            if settle:
                shop.checkout.settle()
        except BaseException:
            database.close()
            raise
        return shop

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
