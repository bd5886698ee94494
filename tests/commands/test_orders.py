"""`shopkeeper orders`, `settle`, `ledger` and `stock`: the owner at a terminal."""
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from shopkeeper import Shop
from tests.command import Command
from tests.factories import add_account, add_product
from tests.orders.buying import pay
from tests.portals import Portal


@pytest.fixture
def number(tmp_path: Path) -> str:
    """Two of five mugs are bought; the shop is closed again."""
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
        session = add_account(shop)
        shop.cart.add(session, add_product(shop, "Plain Mug", stock=5).variants[0].id, 2)
        return pay(shop, session).number


def alter(tmp_path: Path, statement: str) -> None:
    with Shop.open(str(tmp_path / "shop.db")) as shop, shop._database.write() as connection:
        connection.execute(text(statement))


def test_orders_are_listed_and_sent(command: Command, number: str) -> None:
    assert command("orders", "list") == 0
    assert number in command.out
    assert "placed" in command.out
    assert command("orders", "fulfil", number) == 0
    assert command("orders", "list", "--status", "fulfilled", "--json") == 0
    assert json.loads(command.out)["total"] == {"amount": 4870, "currency": "USD"}
    assert command("orders", "fulfil", number) == 1
    assert command.err == f"Order {number} was sent already.\n"
    assert command("orders", "list", "--status", "placed") == 0
    assert command.out == "There are no such orders.\n"


def test_a_receipt_is_printed_and_verified(command: Command, number: str, tmp_path: Path) -> None:
    assert command("orders", "receipt", number) == 0
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(command.out, "utf-8")
    assert command("orders", "verify", receipt) == 0
    assert command.out == f"{receipt}: as it was given.\n"
    receipt.write_text(receipt.read_text("utf-8").replace("48.70", "84.70"), "utf-8")
    assert command("orders", "verify", receipt) == 1
    assert "text was altered" in command.err
    assert command("orders", "receipt", number, "--markdown") == 0
    assert command.out.startswith("# Receipt from")
    assert command("orders", "verify", tmp_path / "none.txt") == 1
    assert "No such file" in command.err


def test_a_receipt_that_cannot_be_read_keeps_no_other_from_being_verified(
    command: Command, number: str, tmp_path: Path
) -> None:
    command("orders", "receipt", number)
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(command.out, "utf-8")
    assert command("orders", "verify", tmp_path / "none.txt", receipt) == 1
    assert command.out == f"{receipt}: as it was given.\n"
    assert "none.txt cannot be read: No such file" in command.err


def test_an_order_that_cannot_be_sent_keeps_no_other_from_being_noted(command: Command, number: str) -> None:
    assert command("orders", "fulfil", "SK-999999", number) == 1
    assert command.out == f"Order {number} is noted as sent.\n"
    assert "SK-999999" in command.err


def test_altered_orders_are_found(command: Command, number: str, tmp_path: Path) -> None:
    assert command("orders", "verify") == 0
    assert command.out == "All orders are as they were placed.\n"
    alter(tmp_path, "UPDATE order_line SET title = 'Golden Mug'")
    assert command("orders", "verify") == 1
    assert command.err == f"Order {number} was altered since it was placed.\n"


def test_the_ledger_is_printed_and_exported(command: Command, number: str, tmp_path: Path) -> None:
    assert command("ledger") == 0
    assert [line.split() for line in command.out.splitlines()] == [
        ["portal", "$48.70"], ["sales", "-$40.00"], ["shipping", "-$4.99"], ["tax", "-$3.71"]]
    assert command("ledger", "--json", "--export", tmp_path / "books.beancount") == 0
    assert sum(each["amount"] for each in json.loads(command.out)) == 0
    assert f'"{number}" "capture"' in (tmp_path / "books.beancount").read_text()


def test_a_quiet_shop_has_an_empty_ledger(command: Command) -> None:
    assert command("ledger") == 0
    assert command.out == "Nothing was paid yet.\n"


def test_settle_tells_what_is_left_open(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, late = Portal(mood="silent"), datetime.now(UTC) - timedelta(minutes=5)
    with Shop.open(str(tmp_path / "shop.db"), gateway=portal, clock=lambda: late) as shop:
        session = add_account(shop)
        shop.cart.add(session, add_product(shop, "Plain Mug").variants[0].id)
        assert pay(shop, session).status == "awaiting_payment"
    open_as_it_is = Shop.open
    with_portal: Callable[..., Shop] = lambda url, *, settle, **_: open_as_it_is(  # noqa: E731 (a stand-in)
        url, gateway=portal, settle=settle)
    monkeypatch.setattr("shopkeeper.commands.base.Shop.open", with_portal)
    assert command("settle") == 1
    assert command.out == "0 payments settled.\n"
    assert command.err.startswith("Order SK-000001 is open since")
    portal.mood = "well"
    assert command("settle") == 0
    assert command.out == "1 payment settled.\n"
    assert command("settle") == 0
    assert command.out == "0 payments settled.\n"


def test_stock_is_shown_and_set_with_a_reason(command: Command, number: str, tmp_path: Path) -> None:
    assert number
    assert command("stock", "show", "PLAIN-MUG") == 0
    assert "Plain Mug: 3 on hand, 0 reserved" in command.out
    assert command("stock", "set", "PLAIN-MUG", "7", "--reason", "found behind the door") == 0
    assert command.out == "Plain Mug: 3 before, 7 now.\n"
    with Shop.open(str(tmp_path / "shop.db")) as shop, shop._database.read() as connection:
        assert connection.execute(text("SELECT quantity, reason FROM stock_movement ORDER BY id DESC LIMIT 1")).one() \
            == (4, "found behind the door")
    assert command("stock", "show", "PLAIN-MUG", "--json") == 0
    assert json.loads(command.out)["on_hand"] == 7


def test_a_sku_that_several_variants_have_asks_which(command: Command, tmp_path: Path) -> None:
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        add_product(shop, "Hat", options={"Color": ["Red", "Blue"]}, stock=2)
    alter(tmp_path, "UPDATE variant SET sku = 'HAT'")
    assert command("stock", "set", "HAT", "5", "--reason", "counted") == 1
    assert "Hat, Red: 2 on hand" in command.err
    blue = next(line.split()[0] for line in command.err.splitlines() if "Hat, Blue" in line)
    assert command("stock", "set", "HAT", "5", "--reason", "counted", "--variant", blue) == 0
    assert command.out == "Hat, Blue: 2 before, 5 now.\n"
    assert command("stock", "show", "CAP") == 1
    assert command.err == "No variant has the SKU CAP.\n"
