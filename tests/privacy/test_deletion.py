"""Deleting an account: the person is gone, the books stay."""
from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from shopkeeper import AuthenticationFailed, EmptyCart, InvalidState, LoginRequired, Session, SessionExpired, Shop
from shopkeeper.orders.receipt import receipt
from shopkeeper.orders.tables import order
from shopkeeper.upkeep.doctor import examine
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account
from tests.laws import LAWS, broken
from tests.orders.buying import HOME, pay, stock_of
from tests.portals import Portal
from tests.privacy.belongings import rows_of

PERSONAL = ("ada@example.com", "Ada", HOME.name, HOME.street, HOME.city, HOME.postal_code, "4242")


def everything(shop: Shop) -> str:
    """All that is in the database but how often logins failed, as one text."""
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('login_failure', 'login_bucket')"
    with shop._database.read() as connection:
        return "\n".join(" ".join(map(str, row)) for name in connection.exec_driver_sql(names).scalars().all()
                         for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))  # noqa: S608 - ours


def ledger(shop: Shop) -> list[object]:
    return [*shop.ledger.balances(), *shop.ledger.entries()]


def test_the_person_is_gone_from_the_database(shop: Shop, ada: Session, mug: int) -> None:
    pay(shop, ada, address=HOME)
    shop.cart.add(ada, mug)
    assert all(each in everything(shop) for each in PERSONAL)
    shop.privacy.delete_account(ada, PASSWORD)
    assert [each for each in PERSONAL if each in everything(shop)] == []
    with shop._database.read() as connection:
        left = {name for name, rows in rows_of(connection, 1).items() if rows}
    assert left == {"shopper", "order", "order_line", "payment", "receipt", "journal_entry", "posting",
                    "order_number"}


def test_the_person_is_gone_from_the_file_too(shop: Shop, ada: Session, mug: int, file: Path) -> None:
    for number in range(3):
        pay(shop, ada, address=HOME, key=f"ada-lovelace-{number}")
        shop.cart.add(ada, mug)
    ada = shop.accounts.login("ada@example.com", PASSWORD)
    shop.accounts.change_details(ada, name="Augusta", email="countess@example.com", password=PASSWORD)
    gone = [each.encode() for each in (*PERSONAL, "Augusta", "countess@example.com", "ada-lovelace-1")]
    gone.remove(b"4242")  # digits, which also a time or a digest may have
    shop.privacy.delete_account(ada, PASSWORD)
    shop.close()  # the write-ahead log goes into the file
    assert [each for each in gone if each in file.read_bytes()] == []
    beside = {path.name for path in file.parent.iterdir() if path.name.startswith("shop.db-")}
    assert beside == {"shop.db-lock", "shop.db-import-lock"}


def test_the_books_stay_as_they_are(shop: Shop, ada: Session, mug: int, file: Path, clock: FakeClock) -> None:
    number = pay(shop, ada, address=HOME).number
    shop.cart.add(ada, mug)
    cancelled = shop.orders.cancel(ada, pay(shop, ada, key="key-2").number).number
    before, books, stock = shop.back_office.orders(), ledger(shop), stock_of(shop, mug)
    shop.privacy.delete_account(ada, PASSWORD)
    after = shop.back_office.orders()
    assert [each.number for each in after] == [each.number for each in before] == [cancelled, number]
    for one, other in zip(before, after, strict=True):
        assert (one.lines, one.total, one.status, one.placed_at, one.terms) == (
            other.lines, other.total, other.status, other.placed_at, other.terms)
        assert (one.payment.amount, one.payment.state, one.payment.brand) == (
            other.payment.amount, other.payment.state, other.payment.brand)
        assert (other.address, other.payment.last4) == (None, "")
    assert ledger(shop) == books
    assert stock_of(shop, mug) == stock
    assert shop.back_office.fulfil(number).status == "fulfilled"
    with shop._database.read() as connection:
        assert broken(connection, LAWS) == []
    assert examine(str(file), clock=clock).findings == ()


def test_that_somebody_failed_to_log_in_is_forgotten(shop: Shop, ada: Session) -> None:
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login("ada@example.com", "wrong")
    shop.privacy.delete_account(ada, PASSWORD)
    with shop._database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM login_failure").all() == []


def test_all_sessions_are_dead(shop: Shop, ada: Session) -> None:
    other = shop.accounts.login("ada@example.com", PASSWORD)
    shop.privacy.delete_account(ada, PASSWORD)
    for dead in (ada, other):
        with pytest.raises(SessionExpired):
            shop.accounts.resume(dead.token)
        with pytest.raises(SessionExpired):
            shop.cart.view(dead)
    with pytest.raises(AuthenticationFailed, match="do not belong together"):
        shop.accounts.login("ada@example.com", PASSWORD)


def test_who_registers_the_email_again_sees_nothing_of_what_was_before(shop: Shop, ada: Session, mug: int) -> None:
    number = pay(shop, ada, address=HOME).number
    shop.cart.add(ada, mug)
    shop.privacy.delete_account(ada, PASSWORD)
    again = add_account(shop)
    assert ada.account and again.account and again.account.id != ada.account.id
    assert shop.orders.history(again).items == ()
    assert shop.cart.view(again).count == 0
    for verb in (shop.orders.get, shop.orders.cancel, shop.orders.reorder, shop.orders.receipt):
        with pytest.raises(Exception, match=f"You have no order {number}"):
            verb(again, number)
    assert number not in shop.privacy.export(again)
    shop.cart.add(again, mug)
    assert pay(shop, again).number != number  # with the same key


def test_nobody_else_is_touched(shop: Shop, ada: Session, mug: int) -> None:
    bob = add_account(shop, "bob@example.com", name="Bob")
    shop.cart.add(bob, mug)
    number = pay(shop, bob, address=HOME).number
    shop.cart.add(bob, mug)
    with shop._database.read() as connection:
        before = rows_of(connection, 2)
    shop.privacy.delete_account(ada, PASSWORD)
    with shop._database.read() as connection:
        assert rows_of(connection, 2) == before
    assert shop.orders.get(bob, number).address == HOME


def test_without_the_password_nothing_is_deleted(shop: Shop, ada: Session) -> None:
    guest = shop.accounts.guest()
    before = everything(shop)
    with pytest.raises(AuthenticationFailed):
        shop.privacy.delete_account(ada, "wrong")
    with pytest.raises(LoginRequired):
        shop.privacy.delete_account(guest, PASSWORD)
    assert everything(shop) == before
    assert shop.accounts.resume(ada.token) == ada


@pytest.mark.parametrize("mood", ["silent", "lost"])
def test_a_payment_that_is_under_way_comes_first(
    shop: Shop, ada: Session, portal: Portal, mood: str
) -> None:
    refusals = []

    def delete() -> None:
        with pytest.raises(InvalidState, match="payment or refund of order SK-000001 is under way") as refused:
            shop.privacy.delete_account(ada, PASSWORD)
        refusals.append(refused.value.details["number"])

    portal.mood, portal.meanwhile = mood, delete
    pay(shop, ada, address=HOME)
    if mood == "silent":
        delete()
        portal.mood = "well"
        shop.checkout.settle()
    assert shop.orders.get(ada, "SK-000001").address == HOME
    shop.privacy.delete_account(ada, PASSWORD)
    assert set(refusals) == {"SK-000001"}


def test_a_refund_that_is_under_way_comes_first(shop: Shop, ada: Session, portal: Portal) -> None:
    number = pay(shop, ada).number
    portal.mood = "unreached"
    with pytest.raises(InvalidState):
        shop.orders.cancel(ada, number)
    with pytest.raises(InvalidState, match="is under way"):
        shop.privacy.delete_account(ada, PASSWORD)
    portal.mood = "well"
    shop.checkout.settle()
    shop.privacy.delete_account(ada, PASSWORD)
    assert shop.back_office.get(number).status == "cancelled"


def test_a_charge_that_comes_through_after_all_still_goes_back(
    shop: Shop, ada: Session, portal: Portal, clock: FakeClock
) -> None:
    portal.mood = "delayed"
    assert pay(shop, ada).status == "awaiting_payment"
    clock.advance(61)
    shop.checkout.settle()  # given up
    shop.privacy.delete_account(ada, PASSWORD)
    portal.deliver()
    portal.mood = "well"
    shop.checkout.settle()
    assert set(portal.refunded) == {"refund:attempt-000001"}


def test_a_checkout_that_finds_its_account_deleted_says_so(shop: Shop, ada: Session, portal: Portal) -> None:
    book = shop._settlement._book

    def deleted_afterwards(*given: object) -> None:
        book(*given)  # type: ignore[arg-type]  # as it was called
        shop.privacy.delete_account(ada, PASSWORD)

    shop._settlement._book = deleted_afterwards  # type: ignore[method-assign]
    with pytest.raises(SessionExpired):
        pay(shop, ada)
    assert shop.back_office.get("SK-000001").status == "placed"
    assert portal.captured
    with pytest.raises(SessionExpired):
        shop.checkout.quote(ada)


def test_a_cart_that_is_gone_is_not_bought(shop: Shop, ada: Session) -> None:
    total = shop.cart.view(ada).total
    open_of = shop._settlement.open_of
    calls = []

    def deleted_meanwhile(connection: object, shopper_id: int) -> object:
        found = open_of(connection, shopper_id)  # type: ignore[arg-type]  # as it was called
        if not calls:
            calls.append(connection)
            shop.privacy.delete_account(ada, PASSWORD)
        return found

    shop._settlement.open_of = deleted_meanwhile  # type: ignore[method-assign, assignment]
    with pytest.raises(EmptyCart):
        pay(shop, ada, total=total)
    assert shop.back_office.orders() == ()


# That orders were not altered

def test_no_order_passes_for_altered_because_its_account_was_deleted(shop: Shop, ada: Session) -> None:
    number = pay(shop, ada, address=HOME).number
    sealed = shop.back_office.get(number).digest
    shop.privacy.delete_account(ada, PASSWORD)
    assert shop.back_office.altered() == ()
    assert shop.back_office.get(number).digest not in ("", sealed)
    with shop._database.write() as connection:
        connection.execute(text("UPDATE order_line SET title = 'Golden Mug'"))
    assert shop.back_office.altered() == (number,)


def test_an_order_that_was_altered_before_does_not_pass_for_one_that_was_not(shop: Shop, ada: Session) -> None:
    number = pay(shop, ada, address=HOME).number
    with shop._database.write() as connection:
        connection.execute(text("UPDATE order_line SET title = 'Golden Mug'"))
    shop.privacy.delete_account(ada, PASSWORD)
    assert shop.back_office.altered() == (number,)


def test_of_a_receipt_from_before_it_is_said_that_it_cannot_be_checked_any_more(shop: Shop, ada: Session) -> None:
    number = pay(shop, ada, address=HOME).number
    given = shop.orders.receipt(ada, number)
    shop.privacy.delete_account(ada, PASSWORD)
    assert "was deleted" in shop.back_office.problem_of_receipt(given)
    bob = add_account(shop, "bob@example.com")
    shop.cart.add(bob, 1)
    other = shop.orders.receipt(bob, pay(shop, bob).number)
    assert shop.back_office.problem_of_receipt(other) == ""


def test_orders_without_an_account_name_no_card(shop: Shop, ada: Session) -> None:
    number = pay(shop, ada, address=HOME).number
    shop.privacy.delete_account(ada, PASSWORD)
    assert "\nPaid with Visa\n" in receipt(shop.back_office.get(number))


def test_the_request_behind_an_order_cannot_be_guessed_back(shop: Shop, ada: Session) -> None:
    pay(shop, ada, address=HOME, key="ada-lovelace-1")
    shop.privacy.delete_account(ada, PASSWORD)
    with shop._database.read() as connection:
        row = connection.execute(select(order.c.request_digest, order.c.idempotency_key)).one()
    assert row.request_digest == ""
    assert "ada" not in row.idempotency_key


def test_deleting_takes_all_or_nothing(shop: Shop, ada: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(shop, ada, address=HOME)
    before = everything(shop)

    class Broken(Exception):
        pass

    def fail(*_given: object) -> None:
        raise Broken

    monkeypatch.setattr(shop.cart, "discard", fail)
    with pytest.raises(Broken):
        shop.privacy.delete_account(ada, PASSWORD)
    assert everything(shop) == before
