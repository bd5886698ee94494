"""My data: everything that the shop keeps of an account, and nothing else."""
from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from shopkeeper import InvalidInput, LoginRequired, PaymentDeclined, Session, Shop
from shopkeeper.accounts.tables import shopper
from shopkeeper.database.metadata import metadata
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import DECLINED, HOME, pay
from tests.privacy.belongings import rows_of

# What the database keeps of an account and the export does not say, and why.
LEFT_OUT = {
    "account.password_hash": "a secret", "account.email_key": "the email again, for comparing",
    "session.token_hash": "a secret",
    "session.token_at": "how a session is kept, not when it was used",
    "session.idle_until": "how a session is kept, not when it was used",
    "cart.updated_at": "says no more than the lines", "cart_line.wanted": "is said in words, by the line's warning",
    "cart_line.price_minor": "is said in words, by the line's warning",
    "order.idempotency_key": "a program's own", "order.request_digest": "a digest",
    "order.created_at": "the order says when it was placed", "receipt.digest": "a digest; it stands on the receipt",
    "payment.key": "made of a number of the shop's own", "payment.gateway": "who takes the shop's payments",
    "payment.reference": "the portal's own number", "payment.refunding": "an order under way says so itself",
    "payment.created_at": "the order says when", "payment.refunded_minor": "the order says that it was cancelled",
    "receipt.ships": "as in requires_shipping", "journal_entry.at": "the shop's books, of the same orders",
    "journal_entry.kind": "the shop's books, of the same orders", "posting.account": "the shop's books",
    "posting.amount_minor": "the shop's books",
}


@pytest.fixture
def ada(shop: Shop, clock: FakeClock) -> Session:
    """Somebody who bought twice, once with a card that was declined, and has something in the cart."""
    mug = add_product(shop, "Plain Mug", options={"Size": ["L"]}).variants[0].id
    session = add_account(shop)
    shop.cart.add(session, mug, 2)
    with pytest.raises(PaymentDeclined):
        pay(shop, session, DECLINED, key="declined", address=HOME)
    clock.advance(60)
    pay(shop, session, key="paid", address=HOME)
    shop.cart.add(session, mug, 3)
    return session


def exported(shop: Shop, session: Session) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(shop.privacy.export(session))
    return told


def test_the_export_says_who_when_and_what(shop: Shop, ada: Session, clock: FakeClock) -> None:
    told = exported(shop, ada)
    assert (told["shop"], told["exported_at"]) == ("Shopkeeper", clock().isoformat())
    assert told["account"] == {"id": 1, "email": "ada@example.com", "name": "Ada",
                               "created_at": "2026-11-22T14:05:00+00:00"}
    assert told["sessions"] == [{"created_at": "2026-11-22T14:05:00+00:00", "last_seen_at": "2026-11-22T14:05:00+00:00",
                                 "expires_at": "2026-12-22T14:05:00+00:00"}]
    assert [(line["title"], line["quantity"]) for line in told["cart"]["lines"]] == [("Plain Mug", 3)]
    assert [(each["number"], each["status"], each["address"]["city"], each["payment"]["last4"])
            for each in told["orders"]] == [("attempt-000001", "cancelled", "London", "0002"),
                                            ("SK-000001", "placed", "London", "4242")]
    assert told["orders"][1]["total"] == {"minor": 4000, "currency": "USD"}


def test_all_that_is_kept_is_exported(shop: Shop, ada: Session, tried: Callable[[str, int], None]) -> None:
    """Every value in every row that leads to the account, in whatever table, is in the export or named above."""
    text = shop.privacy.export(ada)
    with shop._database.read() as connection:
        missing = {column for column, value in _values(connection, 1) if column not in LEFT_OUT and value not in text}
        seen = [column for column, _ in _values(connection, 1)]
    assert missing == set()
    assert set(LEFT_OUT) <= set(seen), "what is left out is kept"
    tried("values that are kept of an account", len(seen))


def test_no_secret_is_exported(shop: Shop, ada: Session) -> None:
    text = shop.privacy.export(ada)
    assert ada.token not in text
    assert "argon2" not in text
    assert not re.search("[0-9a-f]{32}", text)
    assert "4242424242424242" not in text


def test_nothing_of_anybody_else_is_exported(shop: Shop, ada: Session) -> None:
    bob = add_account(shop, "bob@example.com", name="Bob")
    shop.cart.add(bob, 1)
    before = exported(shop, ada)["orders"]
    pay(shop, bob, address=HOME)
    assert exported(shop, ada)["orders"] == before
    assert "bob" not in shop.privacy.export(ada).casefold()
    assert [each["number"] for each in exported(shop, bob)["orders"]] == ["SK-000002"]


def test_a_guest_is_told_to_log_in(shop: Shop) -> None:
    with pytest.raises(LoginRequired):
        shop.privacy.export(shop.accounts.guest())


def test_the_export_is_written_whole_or_not_at_all(shop: Shop, ada: Session, tmp_path: Path) -> None:
    shop.privacy.export_to(ada, tmp_path / "mine.json")
    assert (tmp_path / "mine.json").read_text("utf-8") == shop.privacy.export(ada)
    with pytest.raises(InvalidInput, match="cannot be written"):
        shop.privacy.export_to(ada, tmp_path / "nowhere" / "mine.json")


def _values(connection: Connection, account_id: int) -> list[tuple[str, str]]:
    """Every value that is kept of an account, as the export would say it, with its column."""
    told = []
    for name, rows in rows_of(connection, account_id).items():
        for row in rows:
            for column, value in row.items():
                is_link = metadata.tables[name].c[column].foreign_keys or column in {"id", "entry_id", "position"}
                if value in (None, "", {}) or (is_link and name != "account"):
                    continue
                told += [(f"{name}.{column}", each) for each in _told(value)]
    return told


def _told(value: Any) -> list[str]:
    """A value as the export would say it; of what has parts, each part."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return [text for part in value.values() if not isinstance(part, bool | None) for text in _told(part)]
    return [value.isoformat() if hasattr(value, "isoformat") else str(value)]


def test_the_rows_of_an_account_are_found(shop: Shop, ada: Session) -> None:
    assert ada
    with shop._database.read() as connection:
        found = {name for name, rows in rows_of(connection, 1).items() if rows}
        assert connection.execute(select(shopper)).all()
    assert found == {"shopper", "account", "session", "cart", "cart_line", "order", "order_line", "payment", "receipt",
                     "journal_entry", "posting", "order_number"}
