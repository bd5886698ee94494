"""A damaged shop is called damaged, with the row: by the doctor, by every command, by services, screens and HTTP."""
from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from shopkeeper import Query, RestoreRefused, Session, Shop, ShopDamaged
from shopkeeper.commands.command_line import run
from shopkeeper.database.driver import journal_mode, sqlite_driver
from shopkeeper.upkeep.doctor import examine
from shopkeeper.upkeep.files import sqlite_file
from shopkeeper.upkeep.restore import restore
from tests.api.caller import Caller, code_of
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_product
from tests.orders.buying import pay
from tests.portals import Portal
from tests.served import served
from tests.upkeep.looking import findings
from tests.waiting import PATIENCE

LINE = "table order_line, row order_id=1, position=0: column"
VALUES = {
    "UPDATE order_line SET options = ';' WHERE order_id = 1": f"{LINE} options is not the JSON that belongs there",
    "UPDATE order_line SET specs = '[1]' WHERE order_id = 1": f"{LINE} specs is not the JSON that belongs there",
    "UPDATE order_line SET title = CAST(x'ff41' AS TEXT) WHERE order_id = 1": f"{LINE} title is not text in UTF-8",
    """UPDATE "order" SET address = '{"nbme": "Ada"}' WHERE id = 1""":
        "table order, row id=1: column address is not the JSON that belongs there",
    "UPDATE receipt SET terms = replace(terms, 'tax_rate', 'tax_rbte') WHERE order_id = 1":
        "table receipt, row order_id=1: column terms is not the JSON that belongs there",
    """UPDATE "order" SET status = 'plbced' WHERE id = 1""":
        "table order, row id=1: column status is not one of awaiting_payment, placed, fulfilled, cancelled",
    """UPDATE "order" SET currency = 'usd' WHERE id = 1""": "table order, row id=1: column currency is not a currency",
    """UPDATE "order" SET placed_at = 1 << 62 WHERE id = 1""":
        "table order, row id=1: column placed_at is not a moment",
    "UPDATE payment SET refunding = 3 WHERE order_id = 1":
        "table payment, row id=1: column refunding is neither 1 nor 0",
}
SCHEMAS = {
    "DELETE FROM alembic_version": "does not say which schema it has",
    "INSERT INTO alembic_version VALUES ('0001')": "names several schemas",
    "UPDATE alembic_version SET version_num = '00b9'": "there is no schema '00b9'",
    "DROP TABLE alembic_version": "does not say which schema it has",
}
OBJECTS = {
    "DROP TABLE product_search": "it has no table product_search",
    "DROP INDEX ix_payment_open": "it has no index ix_payment_open",
    "DROP TRIGGER note_update_of_product": "it has no trigger note_update_of_product",
    "DROP TABLE demo_refund": "it has no table demo_refund",
    "CREATE TABLE extra (id INTEGER)": "its table extra is not what a shop's is",
    "ALTER TABLE account ADD COLUMN extra TEXT": "its table account is not what a shop's is",
}

ALTERED = [
    "UPDATE order_line SET title = 'Plain Mvg' WHERE order_id = 1",
    """UPDATE "order" SET placed_at = placed_at + 1 WHERE id = 1""",
    """UPDATE "order" SET placed_at = NULL WHERE id = 2""",
    "UPDATE receipt SET digest = NULL WHERE order_id = 1",
]
SETTINGS = ["UPDATE setting SET name = 'tax_ratf' WHERE name = 'tax_rate'",
            "DELETE FROM setting WHERE name = 'shop_id'"]


def damage(file: Path, statement: str) -> None:
    """Changes the file as no service would, without SQLite's own checks."""
    with sqlite_file(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)


def said(file: Path) -> str:
    """All that the doctor finds."""
    return "\n".join(finding.message for finding in examine(str(file), clock=FakeClock()).findings)


def command(file: Path, *arguments: str) -> int:
    return run(["--db", str(file), *arguments], lambda _shop, _folder: 0)


@pytest.fixture
def ada(file: Path) -> Session:
    with Shop.open(str(file), clock=FakeClock()) as shop:
        return shop.accounts.login("ada@example.com", PASSWORD)


@pytest.mark.parametrize("statement", VALUES)
def test_a_value_that_cannot_be_is_named_by_everybody_who_reads_it(
    file: Path, ada: Session, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(file, statement)
    assert VALUES[statement] in said(file)
    with Shop.open(str(file), clock=FakeClock()) as shop:
        for read in (shop.back_office.orders, lambda: shop.orders.history(ada), shop.back_office.altered):
            with pytest.raises(ShopDamaged, match=re.escape(VALUES[statement])) as refused:
                read()
            assert refused.value.code == "shop_damaged"
    assert command(file, "orders", "list") == 1
    assert VALUES[statement] in capsys.readouterr().err


@pytest.mark.parametrize("statement", SCHEMAS)
def test_a_shop_that_does_not_say_its_schema_is_damaged_and_not_empty(
    file: Path, tmp_path: Path, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(file, statement)
    assert SCHEMAS[statement] in said(file)
    for arguments in (["orders", "list"], ["backup", str(tmp_path / "backup.db")]):
        assert command(file, *arguments) == 1
        assert "is damaged" in capsys.readouterr().err


@pytest.mark.parametrize("statement", OBJECTS)
def test_what_a_schema_lost_or_gained_is_named(file: Path, statement: str) -> None:
    damage(file, statement)
    assert OBJECTS[statement] in said(file)


def test_a_schema_that_is_not_text_is_damage(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(b"CREATE TABLE shopper") + 3] = 0xBB
    file.write_bytes(content)
    assert "is damaged" in said(file)
    assert command(file, "orders", "list") == 1
    assert "is damaged" in capsys.readouterr().err


def test_a_setting_that_cannot_be_is_damage(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(file, "UPDATE setting SET value = 'x8' WHERE name = 'tax_rate'")
    assert "The setting tax_rate" in said(file)
    assert command(file, "settings") == 1
    assert "tax_rate" in capsys.readouterr().err


@pytest.mark.parametrize("statement", SETTINGS)
def test_a_setting_that_is_lost_is_told(file: Path, statement: str) -> None:
    damage(file, statement)
    assert set(findings(file)) == {"damaged"}


@pytest.mark.parametrize("statement", ALTERED)
def test_the_doctor_tells_of_an_order_that_was_altered(file: Path, statement: str) -> None:
    damage(file, statement)
    assert findings(file) == ["order_altered"]


@pytest.mark.parametrize("statement", [
    *VALUES, *SCHEMAS, *OBJECTS, *ALTERED, *SETTINGS,
    "UPDATE setting SET value = '[]' WHERE name = 'tax_rate'",
    "INSERT INTO setting VALUES ('orders_after', '[]')",
    "UPDATE login_bucket SET id = 2",  # by a constraint of its table alone
    "UPDATE stock SET on_hand = 99",
])
def test_a_backup_of_which_the_doctor_finds_something_is_refused(file: Path, tmp_path: Path, statement: str) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(file, backup)
    backup.chmod(0o600)
    damage(backup, statement)
    assert findings(backup)
    whole = file.read_bytes()
    with pytest.raises(RestoreRefused):
        restore(str(file), backup)
    assert file.read_bytes() == whole


def test_the_refusal_of_an_altered_backup_names_the_order_and_the_way_on(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(file, ALTERED[0])
    shutil.copy(file, tmp_path / "backup.db")
    assert command(tmp_path / "other.db", "restore", str(tmp_path / "backup.db")) == 1
    refusal = capsys.readouterr().err
    assert "Order SK-000001 was altered" in refusal
    assert "open a copy of it as a shop" in refusal
    shutil.copy(tmp_path / "backup.db", tmp_path / "copy.db")
    assert command(tmp_path / "copy.db", "orders", "list") == 0


def test_an_order_without_its_payment_is_damage(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(file, "UPDATE payment SET order_id = 2 WHERE order_id = 1")
    assert "order_unpaid" in findings(file)
    assert command(file, "orders", "list") == 1
    assert "payment of order SK-000001 is missing" in capsys.readouterr().err


def test_a_damaged_search_table_is_damage(file: Path) -> None:
    damage(file, "UPDATE product_search_data SET block = x'00' WHERE id > 10")
    with Shop.open(str(file), clock=FakeClock()) as shop, pytest.raises(ShopDamaged):
        shop.catalog.browse(Query(text="mug"))


def test_an_error_of_the_program_stays_one_where_nothing_is_damaged(shop: Shop) -> None:
    with pytest.raises(KeyError), shop._database.read():
        raise KeyError("a fault of ours")


def test_a_backup_with_a_value_that_cannot_be_is_refused(file: Path, tmp_path: Path) -> None:
    damage(file, "UPDATE order_line SET options = ';' WHERE order_id = 1")
    backup = tmp_path / "backup.db"
    file.rename(backup)
    with pytest.raises(RestoreRefused, match="column options is not the JSON"):
        restore(str(file), backup)


def test_over_http_a_damaged_shop_is_a_problem_without_its_inside(file: Path, ada: Session) -> None:
    damage(file, "UPDATE order_line SET options = ';' WHERE order_id = 1")
    with Shop.open(str(file), clock=FakeClock()) as shop, served(shop) as address, httpx.Client(
            base_url=address, timeout=PATIENCE) as client:
        answer = Caller(client, ada.token).call("GET", "/order/SK-000001")
    assert code_of(answer) == (500, "shop_damaged")
    assert "order_line" not in answer.text


def test_a_restored_shop_has_the_journal_that_the_doctor_wants(file: Path, tmp_path: Path) -> None:
    with Shop.open(str(file), clock=FakeClock()) as shop:
        shop.upkeep.backup(tmp_path / "backup.db")
    restore(str(file), tmp_path / "backup.db", clock=FakeClock())
    facts = examine(str(file), clock=FakeClock()).facts
    assert facts["journal_mode"] == journal_mode(sqlite_driver().sqlite_version_info)


def test_a_journal_that_is_not_set_yet_is_said_to_be_set_later(file: Path) -> None:
    damage(file, "PRAGMA journal_mode = DELETE")
    facts = examine(str(file), clock=FakeClock()).facts
    assert facts["journal_mode"] == "DELETE"
    assert str(facts["journal_mode_wanted"]).endswith("; it is set when the shop is opened")


def test_a_variant_without_a_choice_of_an_option_is_damage(shop: Shop, file: Path, tmp_path: Path) -> None:
    add_product(shop, "Plain Tee", options={"Size": ("S", "M")})
    damage(file, "UPDATE variant_option SET variant_id = 1 WHERE variant_id = (SELECT max(id) FROM variant)")
    for read in (lambda: shop.catalog.product("plain-tee"), lambda: shop.catalog.export_csv(tmp_path / "catalog.csv")):
        with pytest.raises(ShopDamaged, match=r"variant_option.choice_id is missing for an option of variant \d"):
            read()


def test_an_attribute_that_does_not_go_by_its_code_is_damage(shop: Shop, file: Path, tmp_path: Path) -> None:
    vocabulary = tmp_path / "attributes.toml"
    vocabulary.write_text('[sock_size]\nlabel = "Sock size"\n', "utf-8")
    shop.catalog.import_attributes(vocabulary)
    damage(file, "UPDATE attribute_alias SET alias_key = ''")
    with pytest.raises(ShopDamaged, match="alias_key is missing for the attribute sock_size"):
        shop.catalog.import_attributes(vocabulary)


def test_less_reserved_stock_than_an_order_has_is_damage(file: Path, ada: Session, clock: FakeClock) -> None:
    portal = Portal(meanwhile=lambda: damage(file, "UPDATE stock SET reserved = 0"))
    with Shop.open(str(file), gateway=portal, clock=clock) as shop, pytest.raises(
            ShopDamaged, match="of variant 1 is less than an order has reserved"):
        pay(shop, ada, key="another")
