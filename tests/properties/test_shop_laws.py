"""What must always hold, whatever shoppers, owner, portal and power supply do: the laws 1 to 9 of the design.

1. `0 ≤ reserved ≤ on_hand` where no more may be sold than there are; `on_hand` is the sum of its movements.
2. One key, one order. 3. No charge without an order written before it; captures ≤ total, refunds ≤ captured.
4. A decline, a crash or a cancel gives the stock back and leaves the cart as it was. 5. What is charged is what was
shown. 6. Lines + shipping + tax = total. 7. One open cart per shopper; merging loses no variant, and doing it twice
changes nothing. 8. A cart outlives log-out and restart. 9. What belongs to another account is not found.
"""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, insert, text

from shopkeeper import Card, Cart, IdempotencyMismatch, Money, NotFound, Order, PaymentDeclined, PriceChanged, Shop
from shopkeeper.accounts import sessions
from shopkeeper.accounts.model import Account, Session, Shopper
from shopkeeper.accounts.tables import account, shopper
from shopkeeper.errors import InvalidState, OutOfStock, ShopError
from tests.conftest import FakeClock
from tests.factories import add_product, set_price, set_stock, withdraw
from tests.laws import LAWS
from tests.portals import Portal

NAMES = ("ada", "bob")
CARDS = {"good": Card("4242424242424242", 12, 2030, "123"), "declined": Card("4000000000000002", 12, 2030, "123")}

names = st.sampled_from(NAMES)
picks = st.integers(0, 4)
quantities = st.integers(1, 6)
moods = st.sampled_from(["well", "well", "late", "lost", "silent", "unreached", "dying"])
cards = st.sampled_from(["good", "good", "declined"])

UNDECIDED_OF = """SELECT count(*) FROM "order" WHERE shopper_id = :id AND status = 'awaiting_payment'"""
OWED = """SELECT coalesce(sum(total_minor), 0) FROM "order" WHERE status = 'placed'"""
OPEN = "SELECT count(*) FROM payment WHERE state IN ('submitting', 'unknown') OR refunding = 1"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy: five things to buy, two accounts."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path)) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99", shipping_free_from="60")
        add_product(shop, "Hoodie", options={"Size": ["S", "M"]}, price="19.99", stock=4)
        add_product(shop, "Mug", price="0.33", stock=None)
        add_product(shop, "Print", price="12.50", stock=1, policy="continue")
        add_product(shop, "Gift Card", price="25.00", stock=2, ships=False)
        now = FakeClock()()
        with shop._database.write() as connection:
            for id_, name in enumerate(NAMES, start=1):
                connection.execute(insert(shopper).values(id=id_, created_at=now))
                connection.execute(insert(account).values(
                    id=id_, email=f"{name}@example.com", email_key=f"{name}@example.com", name=name,
                    password_hash="none", created_at=now))
        with shop._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


class ShopWalk(RuleBasedStateMachine):
    """Two accounts and their guests walk through one shop."""

    template: Path

    @initialize()
    def open_shop(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "shop.db"
        shutil.copy(self.template, self.path)
        self.clock, self.portal, self.keys = FakeClock(), Portal(), 0
        self.portal.meanwhile = self.an_order_was_written_before
        self.requests: dict[tuple[str, str], tuple[str, Money]] = {}
        self.shop = self.opened()
        self.variants = self.all("SELECT id FROM variant ORDER BY id")
        self.mug = 2  # not counted
        self.sessions = {name: self.signed_in(name) for name in NAMES}
        self.seen = {name: self.cart(name) for name in NAMES}

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.settle_all()
            assert self.one(OPEN) == 0
            assert sum(self.portal.captured.values()) - sum(self.portal.refunded.values()) == self.one(OWED)
            self.shop.close()
            self.folder.cleanup()

    # What people do

    @rule(name=names, pick=picks, quantity=quantities)
    def add(self, name: str, pick: int, quantity: int) -> None:
        with self.refusals(name, OutOfStock, NotFound):
            self.seen[name] = self.shop.cart.add(self.sessions[name], self.variants[pick], quantity)

    @rule(name=names, pick=picks, quantity=st.integers(0, 6))
    def set_quantity(self, name: str, pick: int, quantity: int) -> None:
        with self.refusals(name, OutOfStock, NotFound):
            self.seen[name] = self.shop.cart.set_quantity(self.sessions[name], self.variants[pick], quantity)

    def look(self, name: str) -> None:
        self.seen[name] = self.cart(name)

    def clear(self, name: str) -> None:
        assert self.shop.cart.clear(self.sessions[name]).lines == ()

    @rule(name=names, wishes=st.dictionaries(picks, quantities, max_size=3))
    def sign_in_with_a_guests_cart(self, name: str, wishes: dict[int, int]) -> None:
        guest = self.shop.accounts.guest()
        for pick, quantity in wishes.items():
            with self.refusals(None, OutOfStock, NotFound):
                self.shop.cart.add(guest, self.variants[pick], quantity)
        brought = variants_in(self.shop.cart.view(guest))
        wanted = brought | variants_in(self.cart(name))
        with self.shop._database.write() as connection:
            guest_id = self.shop.accounts.shopper(connection, guest).id
            self.shop.cart.merge(connection, guest_id, self.id_of(name))
        once = self.cart(name)
        assert variants_in(once) == wanted
        for line in once.lines:
            assert line.variant_id not in brought or line.available is None or line.quantity <= max(1, line.available)
        with self.shop._database.write() as connection:
            self.shop.cart.merge(connection, guest_id, self.id_of(name))
        assert self.cart(name) == once

    def log_out_and_in(self, name: str) -> None:
        before = self.cart(name)
        self.shop.accounts.logout(self.sessions[name])
        self.sessions[name] = self.signed_in(name)
        assert self.cart(name) == before

    @rule(name=names, card=cards, mood=moods)
    def pay_what_was_seen(self, name: str, card: str, mood: str) -> None:
        self.keys += 1
        self.pay(name, card, mood, f"key-{self.keys}", self.seen[name].total)

    @rule(name=names, pick=picks, quantity=st.integers(1, 3), card=cards, mood=moods)
    def add_and_pay(self, name: str, pick: int, quantity: int, card: str, mood: str) -> None:
        self.add(name, pick, quantity)
        self.look(name)
        self.pay_what_was_seen(name, card, mood)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def pay_again_with_an_old_key(self, data: st.DataObject) -> None:
        (name, key), (card, total) = data.draw(st.sampled_from(sorted(self.requests.items(), key=str)))
        calls = self.portal.calls
        with self.refusals(None, PaymentDeclined):
            again = self.placed(name, card, key, total)
            assert again.number == self.number_of(name, key)
        with pytest.raises(IdempotencyMismatch):
            self.placed(name, card, key, total + Money(1, "USD"))
        assert self.portal.calls == calls

    def cancel(self, name: str, order: Order, mood: str) -> None:
        before = self.cart(name)
        self.portal.mood = mood
        with self.refusals(name, InvalidState):
            assert self.shop.orders.cancel(self.sessions[name], order.number).status == "cancelled"
        self.portal.mood = "well"
        assert contents(self.cart(name)) == contents(before)

    def reorder(self, name: str, order: Order) -> None:
        cart = self.shop.orders.reorder(self.sessions[name], order.number)
        told = sum(warning.code == "not_added" for warning in cart.warnings)
        assert len({line.variant_id for line in order.lines} - variants_in(cart)) <= told

    def reopen(self) -> None:
        self.settle_all()
        before = {name: self.cart(name) for name in NAMES}
        self.shop.close()
        self.shop = self.opened()
        assert {name: self.cart(name) for name in NAMES} == before

    # Rules are drawn alike often: what should be rarer than buying shares one.

    @rule(name=names, verb=st.sampled_from(["look", "clear", "log_out_and_in"]))
    def do_something_else(self, name: str, verb: str) -> None:
        getattr(self, verb)(name)

    @rule(name=names, mood=moods, verb=st.sampled_from(["cancel", "cancel", "reorder"]))
    def look_back(self, name: str, mood: str, verb: str) -> None:
        if order := self.latest(name):
            self.cancel(name, order, mood) if verb == "cancel" else self.reorder(name, order)

    @rule(pick=picks, count=st.integers(0, 6), price=st.sampled_from(["", "", "0.00", "0.07", "12.50"]))
    def change_the_catalog(self, pick: int, count: int, price: str) -> None:
        if price:
            set_price(self.shop, self.variants[pick], price)
        elif pick != self.mug:
            set_stock(self.shop, self.variants[pick], count)
        elif count == 0:
            withdraw(self.shop, "mug")

    @rule(seconds=st.sampled_from([0, 1, 61]))
    def let_time_pass(self, seconds: int) -> None:
        self.clock.advance(seconds)
        if seconds:
            self.shop.checkout.settle()
        else:
            self.reopen()

    # What always holds

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "shop"):
            with self.shop._database.read() as connection:
                broken = [name for name, law in LAWS.items() if connection.scalar(text(law))]
                assert broken == []
                self.no_money_without_an_order(connection)

    @invariant()
    def carts_add_up(self) -> None:
        for cart in [self.cart(name) for name in getattr(self, "sessions", ())]:
            assert sum(line.total.minor for line in cart.lines) == cart.subtotal.minor
            assert cart.subtotal + cart.shipping + cart.tax == cart.total

    def no_money_without_an_order(self, connection: Connection) -> None:
        paid = connection.execute(text(
            'SELECT key, amount_minor, number FROM payment JOIN "order" ON "order".id = payment.order_id'))
        for row in paid:
            captured = self.portal.captured.get(row.key, 0)
            assert captured in {0, row.amount_minor}
            assert self.portal.refunded.get(f"refund:{row.number}", 0) <= captured

    def an_order_was_written_before(self) -> None:
        assert self.one("SELECT count(*) FROM payment WHERE state = 'submitting'") >= 1

    # Steps

    def pay(self, name: str, card: str, mood: str, key: str, total: Money) -> None:
        charged = dict(self.portal.captured)
        self.portal.mood = mood
        if self.one(UNDECIDED_OF, id=self.id_of(name)):  # it is settled first, and what it bought leaves the cart
            with self.refusals(None, ShopError):
                self.placed(name, card, key, total)
        else:
            self.pay_alone(name, card, key, total, charged)
        self.portal.mood = "well"
        if self.number_of(name, key):
            self.requests[name, key] = (card, total)
        new = {paid: minor for paid, minor in self.portal.captured.items() if paid not in charged}
        assert set(new.values()) <= {total.minor}

    def pay_alone(self, name: str, card: str, key: str, total: Money, charged: dict[str, int]) -> None:
        before = self.cart(name)
        try:
            order = self.placed(name, card, key, total)
        except PriceChanged as changed:
            assert changed.total == before.total != total
        except (PaymentDeclined, KeyboardInterrupt):
            assert contents(self.cart(name)) == contents(before)
        except ShopError as refused:
            note(refused.message)
            assert self.portal.captured == charged
        else:
            assert order.total == total == before.total
            left = contents(before) if order.status == "awaiting_payment" else {}
            assert contents(self.cart(name)) == left
            self.is_nobody_elses(name, order.number)

    def is_nobody_elses(self, name: str, number: str) -> None:
        stranger = self.sessions[NAMES[1 - NAMES.index(name)]]
        for verb in (self.shop.orders.get, self.shop.orders.cancel, self.shop.orders.reorder):
            with pytest.raises(NotFound):
                verb(stranger, number)

    def placed(self, name: str, card: str, key: str, total: Money) -> Order:
        return self.shop.checkout.place(self.sessions[name], CARDS[card], expected_total=total, idempotency_key=key)

    def settle_all(self) -> None:
        self.clock.advance(61)
        self.shop.checkout.settle()

    @contextmanager
    def refusals(self, name: str | None, *kinds: type[ShopError]) -> Iterator[None]:
        """Shop errors of these kinds may come, and a program may die; neither changes the cart."""
        before = contents(self.cart(name)) if name else None
        try:
            yield
        except (ShopError, KeyboardInterrupt) as refused:
            note(repr(refused))
            assert isinstance(refused, (KeyboardInterrupt, *kinds))
            assert before is None or contents(self.cart(name or "")) == before

    def opened(self) -> Shop:
        return Shop.open(str(self.path), gateway=self.portal, clock=self.clock)

    def signed_in(self, name: str) -> Session:
        now = self.clock()
        who = Account(self.id_of(name), f"{name}@example.com", name, now)
        with self.shop._database.write() as connection:
            return sessions.start(connection, Shopper(who.id, who), now)

    def id_of(self, name: str) -> int:
        return NAMES.index(name) + 1

    def cart(self, name: str) -> Cart:
        return self.shop.cart.view(self.sessions[name])

    def latest(self, name: str) -> Order | None:
        return next(iter(self.shop.orders.history(self.sessions[name], limit=1).items), None)

    def number_of(self, name: str, key: str) -> str | None:
        query = 'SELECT number FROM "order" WHERE shopper_id = :id AND idempotency_key = :key'
        return next(iter(self.all(query, id=self.id_of(name), key=key)), None)

    def one(self, query: str, **values: object) -> int:
        return int(self.all(query, **values)[0])

    def all(self, query: str, **values: object) -> list[Any]:
        with self.shop._database.read() as connection:
            return list(connection.scalars(text(query), values))


def contents(cart: Cart) -> dict[int, int]:
    return {line.variant_id: line.quantity for line in cart.lines}


def variants_in(cart: Cart) -> set[int]:
    return set(contents(cart))


def test_the_laws_hold_whatever_happens(template: Path) -> None:
    ShopWalk.template = template
    run_state_machine_as_test(ShopWalk, settings=settings(
        max_examples=15, stateful_step_count=40, deadline=None, print_blob=True,
        suppress_health_check=[HealthCheck.too_slow]))
