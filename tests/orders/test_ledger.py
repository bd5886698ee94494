"""The ledger: what was captured and given back, and what it was for."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization
from beancount.core.data import Open, Transaction

from shopkeeper import PaymentDeclined, Session, Shop
from shopkeeper.orders.beancount import NAMES
from shopkeeper.orders.model import JournalEntry
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import DECLINED, pay
from tests.portals import Portal


def postings(entry: JournalEntry) -> dict[str, int]:
    return {posting.account: posting.amount.minor for posting in entry.postings}


def balances(shop: Shop) -> dict[str, int]:
    return {each.account: each.amount.minor for each in shop.ledger.balances()}


def test_a_capture_is_owed_to_sales_shipping_and_tax(shop: Shop, ada: Session) -> None:
    shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
    order = pay(shop, ada)
    (entry,) = shop.ledger.entries()
    assert (entry.kind, entry.order_number, entry.at) == ("capture", order.number, order.placed_at)
    assert postings(entry) == {"portal": 4870, "sales": -4000, "shipping": -499, "tax": -371}
    assert order.total.minor == 4870


def test_where_prices_include_tax_sales_and_shipping_are_what_is_left_of_them(shop: Shop, ada: Session) -> None:
    shop.settings.change(tax_rate="19", prices_include_tax="yes", shipping_flat="4.99")
    assert pay(shop, ada).tax_included.minor == 718
    (entry,) = shop.ledger.entries()
    assert postings(entry) == {"portal": 4499, "sales": -3362, "shipping": -419, "tax": -718}
    assert sum(postings(entry).values()) == 0


def test_a_refund_leaves_sales_as_they_were_and_owes_no_tax(shop: Shop, ada: Session) -> None:
    shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
    shop.orders.cancel(ada, pay(shop, ada).number)
    captured, refunded = shop.ledger.entries()
    assert postings(refunded) == {"portal": -4870, "refunds": 4499, "tax": 371}
    assert refunded.order_number == captured.order_number
    assert balances(shop) == {"portal": 0, "sales": -4000, "shipping": -499, "tax": 0, "refunds": 4499}


def test_a_decline_is_no_entry(shop: Shop, ada: Session) -> None:
    with pytest.raises(PaymentDeclined):
        pay(shop, ada, DECLINED)
    assert list(shop.ledger.entries()) == []


def test_a_charge_that_went_through_after_its_order_was_given_up_is_written_down_and_given_back_once(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "silent"
    number = pay(shop, ada).number
    charged = dict(portal.charges)
    portal.charges.clear()
    portal.mood = "well"
    clock.advance(61)
    shop.checkout.settle()
    assert list(shop.ledger.entries()) == []
    portal.charges.update(charged)
    for _ in range(2):
        paying = shop.checkout._settlement._find(1)
        shop.checkout._settlement.look_up(paying)
    assert [(entry.kind, entry.order_number) for entry in shop.ledger.entries()] == [
        ("capture", number), ("refund", number)]
    assert portal.refunded == {"refund:attempt-000001": 4000}
    assert [order.status for order in shop.orders.history(ada).items] == ["cancelled"]


def test_an_order_that_costs_nothing_moves_no_money(shop: Shop) -> None:
    session = add_account(shop)
    shop.cart.add(session, add_product(shop, "Sticker", price="0.00").variants[0].id)
    assert pay(shop, session).status == "placed"
    assert shop.ledger.balances() == ()


def test_beancount_accepts_the_books_and_comes_to_the_same_balances(
    shop: Shop, ada: Session, mug: int, clock: FakeClock, tmp_path: Path
) -> None:
    shop.settings.change(name='The "Mug" \\ Shop', tax_rate="8.25", shipping_flat="4.99")
    cancelled = pay(shop, ada).number
    for day in range(3):
        clock.advance(timedelta(days=1).total_seconds())
        shop.cart.add(ada, mug)
        with pytest.raises(PaymentDeclined):
            pay(shop, ada, DECLINED, key=f"declined-{day}")
        shop.settings.change(tax_rate=f"{7 + day}", prices_include_tax="yes" if day == 1 else "no")
        pay(shop, ada, key=f"paid-{day}")
    shop.orders.cancel(ada, cancelled)

    shop.ledger.export(tmp_path / "books.beancount", title=shop.settings.name)
    entries, errors, options = loader.load_file(str(tmp_path / "books.beancount"))
    assert errors == []
    assert options["title"] == 'The "Mug" \\ Shop'
    assert len([entry for entry in entries if isinstance(entry, Transaction)]) == 5
    assert {entry.account for entry in entries if isinstance(entry, Open)} == set(NAMES.values())
    real = realization.realize(entries)
    for balance in shop.ledger.balances():
        account = realization.get(real, NAMES[balance.account])
        assert account is not None
        assert account.balance.get_currency_units("USD").number == Decimal(balance.amount.minor) / 100


def test_beancount_accepts_the_books_of_a_shop_that_never_sold(shop: Shop, tmp_path: Path) -> None:
    shop.ledger.export(tmp_path / "books.beancount", title="Quiet")
    assert loader.load_file(str(tmp_path / "books.beancount"))[:2] == ([], [])
