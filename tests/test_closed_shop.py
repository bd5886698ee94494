"""A closed shop is closed: no service answers, its lock is gone, and what was under way ends as it would."""
from __future__ import annotations

import pydoc
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Card, DatabaseUnavailable, Money, Query, Shop
from shopkeeper.database.lock import held_alone
from tests.factories import PASSWORD, add_account, add_product
from tests.waiting import PATIENCE

SERVICES = {"settings": "Settings", "accounts": "Accounts", "catalog": "Catalog", "inventory": "Inventory",
            "cart": "Carts", "orders": "Orders", "checkout": "Checkout", "back_office": "BackOffice",
            "ledger": "Ledger", "privacy": "Privacy", "upkeep": "Upkeep"}


def verbs(shop: Shop, path: Path) -> dict[str, Callable[[], object]]:
    """Verbs of every service, with what they take. They were got from the open shop, as a caller may keep them."""
    session = add_account(shop)
    variant = add_product(shop, "mug").variants[0].id
    accounts, catalog, cart, orders, checkout = shop.accounts, shop.catalog, shop.cart, shop.orders, shop.checkout
    settings, inventory, office, ledger = shop.settings, shop.inventory, shop.back_office, shop.ledger
    privacy, upkeep = shop.privacy, shop.upkeep
    total = Money(1, "USD")
    return {
        "settings.name": lambda: settings.name,
        "settings.change": lambda: settings.change(name="X"),
        "accounts.register": lambda: accounts.register("b@example.com", PASSWORD, name="B"),
        "accounts.login": lambda: accounts.login("ada@example.com", PASSWORD),
        "accounts.guest": accounts.guest,
        "accounts.resume": lambda: accounts.resume(session.token),
        "accounts.logout": lambda: accounts.logout(session),
        "catalog.browse": lambda: catalog.browse(Query()),
        "catalog.product": lambda: catalog.product("mug"),
        "catalog.categories": catalog.categories,
        "catalog.is_empty": catalog.is_empty,
        "catalog.export_csv": lambda: catalog.export_csv(path / "out.csv"),
        "catalog.import_csv": lambda: catalog.import_csv(path / "in.csv"),
        "inventory.levels": lambda: inventory.levels("X"),
        "cart.view": lambda: cart.view(session),
        "cart.add": lambda: cart.add(session, variant),
        "cart.clear": lambda: cart.clear(session),
        "checkout.quote": lambda: checkout.quote(session),
        "checkout.place": lambda: checkout.place(session, Card.test("4242 4242 4242 4242"), expected_total=total,
                                                 idempotency_key="k"),
        "checkout.settle": checkout.settle,
        "orders.history": lambda: orders.history(session),
        "orders.get": lambda: orders.get(session, "SK-000001"),
        "orders.reorder": lambda: orders.reorder(session, "SK-000001"),
        "back_office.orders": office.orders,
        "back_office.altered": office.altered,
        "ledger.balances": ledger.balances,
        "ledger.entries": lambda: list(ledger.entries()),
        "privacy.export": lambda: privacy.export(session),
        "privacy.delete_account": lambda: privacy.delete_account(session, PASSWORD),
        "upkeep.backup": lambda: upkeep.backup(path / "backup.db"),
        "upkeep.daily_backup": upkeep.daily_backup,
        "changes": shop.changes,
    }


def test_every_verb_of_a_closed_shop_is_refused(shop_file: Path, tmp_path: Path) -> None:
    shop = Shop.open(str(shop_file))
    (tmp_path / "in.csv").write_text("Handle,Title,Variant Price\ncup,Cup,1\n")
    calls = verbs(shop, tmp_path)
    shop.close()
    for name, call in calls.items():
        with pytest.raises(DatabaseUnavailable, match="was closed"):
            pytest.fail(f"{name} gave {call()!r}")
    for name in SERVICES:
        with pytest.raises(DatabaseUnavailable, match="was closed"):
            getattr(shop, name)
    assert not (tmp_path / "out.csv").exists()
    with held_alone(shop_file):  # nobody has it open
        pass


def test_a_shop_is_closed_twice_and_not_entered_again(shop_file: Path) -> None:
    with Shop.open(str(shop_file)) as shop:
        shop.close()
    shop.close()
    with pytest.raises(DatabaseUnavailable, match="was closed"), shop:
        pytest.fail("it was entered")


def test_what_another_thread_is_at_ends_as_it_would_and_keeps_the_lock_until_then(shop_file: Path) -> None:
    shop = Shop.open(str(shop_file))
    within, closed = threading.Event(), threading.Event()
    count: list[int] = []

    def read_twice() -> None:
        with shop._database.read() as connection:
            within.set()
            assert closed.wait(PATIENCE)
            count.append(connection.exec_driver_sql("SELECT count(*) FROM product").scalar_one())

    thread = threading.Thread(target=read_twice)
    thread.start()
    assert within.wait(PATIENCE)
    shop.close()
    with pytest.raises(DatabaseUnavailable), held_alone(shop_file):
        pytest.fail("somebody still reads")
    closed.set()
    thread.join()
    assert count == [0]
    with held_alone(shop_file):
        pass


def test_help_shows_every_service_with_its_type_and_what_it_does() -> None:
    text = pydoc.render_doc(Shop, renderer=pydoc.plaintext)
    for name, kind in SERVICES.items():
        assert f"|  {name}\n |      {kind}: " in text, name
    assert "cached_property" not in text


def test_a_service_is_the_same_for_all_threads(shop: Shop) -> None:
    start = threading.Barrier(8)
    services: list[object] = []

    def ask() -> None:
        start.wait()
        services.append(shop.privacy)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, services))) == 1
