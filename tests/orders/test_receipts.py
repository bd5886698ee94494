"""Receipts, and the digests by which one can tell that an order was not altered."""
from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from shopkeeper import InvalidInput, InvalidState, NotFound, Session, Shop
from tests.factories import add_account, add_product
from tests.orders.buying import HOME, pay
from tests.portals import Portal

ALTERATIONS = {
    "a title": "UPDATE order_line SET title = 'Golden Mug'",
    "an option": """UPDATE order_line SET options = '{"size": "XL"}'""",
    "a specification": """UPDATE order_line SET specs = '{"Material": "Gold"}'""",
    "a SKU": "UPDATE order_line SET sku = 'OTHER'",
    "a quantity": "UPDATE order_line SET quantity = 1, total_minor = unit_price_minor",
    "a price": "UPDATE order_line SET unit_price_minor = 1, total_minor = quantity",
    "a total": 'UPDATE "order" SET subtotal_minor = 1, total_minor = 1 + shipping_minor + tax_minor',
    "a date": 'UPDATE "order" SET placed_at = placed_at + 1',
    "an address": """UPDATE "order" SET address = replace(address, 'London', 'Paris')""",
    "a card": "UPDATE payment SET last4 = '0000'",
    "the terms": "UPDATE receipt SET terms = replace(terms, '8.25', '0.25')",
    "a missing line": "DELETE FROM order_line",
    "the digest": "UPDATE receipt SET digest = NULL",
}


@pytest.fixture
def number(shop: Shop, ada: Session) -> str:
    shop.settings.change(tax_rate="8.25", shipping_flat="4.99")
    return pay(shop, ada, address=HOME).number


def test_a_receipt_says_what_was_bought_and_how_it_adds_up(shop: Shop, ada: Session, number: str) -> None:
    lines = [" ".join(line.split()) for line in shop.orders.receipt(ada, number).splitlines()]
    assert lines[0] == "Receipt from Shopkeeper"
    for said in (f"Order {number}", "2026-11-22 14:05 UTC", "Paid with Visa ending 4242", "2 × Plain Mug $40.00",
                 "$20.00 each", "Items $40.00", "Shipping $4.99", "Tax $3.71", "Total $48.70",
                 "Goes to Ada Lovelace, 12 St James's Square, SW1Y 4JH London, United Kingdom",
                 shop.orders.get(ada, number).digest):
        assert said in lines


def test_titles_are_no_markup_in_a_markdown_receipt(shop: Shop) -> None:
    session = add_account(shop)
    shop.cart.add(session, add_product(shop, "Shirt [XL](x) | *bold*").variants[0].id)
    receipt = shop.orders.receipt(session, pay(shop, session).number, markdown=True)
    assert r"Shirt \[XL\]\(x\) \| \*bold\*" in receipt


def test_the_name_of_the_file_says_how_a_receipt_is_written(
    shop: Shop, ada: Session, number: str, tmp_path: Path
) -> None:
    shop.orders.save_receipt(ada, number, tmp_path / "receipt.md")
    shop.orders.save_receipt(ada, number, tmp_path / "receipt.txt")
    assert (tmp_path / "receipt.md").read_text().startswith("# Receipt from Shopkeeper")
    assert (tmp_path / "receipt.txt").read_text() == shop.orders.receipt(ada, number)


def test_a_receipt_that_cannot_be_written_is_told(shop: Shop, ada: Session, number: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        shop.orders.save_receipt(ada, number, tmp_path / "no such folder" / "receipt.txt")


def test_what_was_not_paid_has_no_receipt_nor_has_a_stranger(
    shop: Shop, ada: Session, number: str, portal: Portal, mug: int
) -> None:
    shop.cart.add(ada, mug)
    portal.mood = "silent"
    waiting = pay(shop, ada, key="key-2")
    with pytest.raises(InvalidState, match="still being paid"):
        shop.orders.receipt(ada, waiting.number)
    with pytest.raises(NotFound):
        shop.orders.receipt(add_account(shop, "bob@example.com"), number)


def test_an_order_is_as_it_was_whatever_happens_to_catalog_and_settings(
    shop: Shop, ada: Session, number: str
) -> None:
    before = shop.orders.receipt(ada, number)
    add_product(shop, "Plain Mug", price="99.00", stock=1)
    shop.settings.change(name="Another", tax_rate="0")
    assert shop.orders.receipt(ada, number) == before
    assert shop.back_office.altered() == ()


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_whatever_is_altered_in_an_order_is_told(shop: Shop, number: str, alteration: str) -> None:
    assert shop.back_office.altered() == ()
    with shop._database.write() as connection:
        connection.execute(text(alteration))
    assert shop.back_office.altered() == (number,)


@pytest.mark.parametrize("markdown", [False, True])
def test_a_receipt_is_verified_before_and_after_its_order_is_cancelled(
    shop: Shop, ada: Session, number: str, markdown: bool
) -> None:
    before = shop.orders.receipt(ada, number, markdown=markdown)
    shop.orders.cancel(ada, number)
    after = shop.orders.receipt(ada, number, markdown=markdown)
    assert "Cancelled since" in after
    for receipt in (before, after, before.replace("\n", "\r\n")):
        assert shop.back_office.problem_of_receipt(receipt) == ""
    assert shop.back_office.altered() == ()


def test_a_receipt_that_was_altered_or_made_up_is_told(shop: Shop, ada: Session, number: str) -> None:
    receipt = shop.orders.receipt(ada, number)
    problem = shop.back_office.problem_of_receipt
    assert "text was altered" in problem(receipt.replace("$48.70", "$84.70"))
    assert "digest is not that of" in problem(receipt.replace(shop.orders.get(ada, number).digest, "0" * 64))
    assert "no order SK-000099" in problem(receipt.replace(number, "SK-000099"))
    assert "no receipt" in problem("Dear Sir or Madam")
    with shop._database.write() as connection:
        connection.execute(text("UPDATE order_line SET title = 'Golden Mug'"))
    assert "altered in the shop's database" in problem(receipt)
