"""What must always hold, whatever shoppers, owner, portal and power supply do: the laws 1 to 11 of the design.

A real shop and the model in plain Python go through the same steps; after each, the shop must be as the model says, and
the laws must hold in its file. `pytest -m soak` goes a hundred times as far.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, text

from shopkeeper import Card, Cart, ImportFailed, Money, NotFound, Query, Session, Shop, ShopError
from shopkeeper.accounts import sessions
from shopkeeper.accounts.model import Account, Shopper
from shopkeeper.accounts.tables import account, shopper
from tests.catalogs import contents, simple, write_csv
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_product, set_stock, withdraw
from tests.laws import LAWS, broken
from tests.portals import Portal
from tests.properties.model import Model, Order, Terms, Thing

PARTS, EXAMPLES, STEPS = 4, 56, 50
SOAK = 100

CARDS = {"good": Card("4242424242424242", 12, 2030, "123"), "declined": Card("4000000000000002", 12, 2030, "123")}
HOODIE_S, HOODIE_M, MUG, PRINT, GIFT = range(5)  # things by their position, which is their variant's id less one
PRICES = {"Hoodie": 1999, "Mug": 33, "Print": 1250, "Gift Card": 2500}

names = st.sampled_from(["ada", "bob"])
picks = st.integers(HOODIE_S, GIFT)
quantities = st.integers(1, 6)
moods = st.sampled_from(["well", "well", "well", "late", "lost", "silent", "unreached", "delayed", "dying"])
cards = st.sampled_from(["good", "good", "declined"])

ORDERS = """SELECT number, status, payment.state, refunding, subtotal_minor, shipping_minor, tax_minor, total_minor,
    tax_included_minor FROM "order" JOIN payment ON payment.order_id = "order".id ORDER BY "order".id"""
BALANCES = "SELECT account, sum(amount_minor) FROM posting GROUP BY account"
UNBALANCED = """SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY entry_id HAVING sum(amount_minor) <> 0)"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy: five things to buy, two accounts."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path)) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99", shipping_free_from="60")
        bring_in(shop, "Hoodie", 1999, 4)
        bring_in(shop, "Mug", 33, 0)
        bring_in(shop, "Print", 1250, 1)
        bring_in(shop, "Gift Card", 2500, 2)
        with shop._database.write() as connection:
            for id_, name in enumerate(("ada", "bob"), start=1):
                connection.execute(insert(shopper).values(id=id_, created_at=FakeClock()()))
                connection.execute(insert(account).values(
                    id=id_, email=f"{name}@example.com", email_key=f"{name}@example.com", name=name,
                    password_hash="none", created_at=FakeClock()()))
        with shop._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def bring_in(shop: Shop, title: str, price: int, count: int, *, sizes: tuple[str, ...] = ("S", "M")) -> None:
    """A file with one product, as its owner exports it."""
    add_product(shop, title, options={"Size": sizes} if title == "Hoodie" else None, price=f"{price / 100:.2f}",
                stock=None if title == "Mug" else count, policy="continue" if title == "Print" else "deny",
                ships=title != "Gift Card")


class ShopWalk(RuleBasedStateMachine):
    """Two accounts, a third one that registers, and their guests walk through one shop."""

    template: Path
    steps = 0

    @initialize()
    def open_shop(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "shop.db"
        shutil.copy(self.template, self.path)
        self.clock, self.portal, self.keys = FakeClock(), Portal(), 0
        self.portal.meanwhile = self.an_order_was_written_before
        self.model = Model([Thing("Hoodie", 1999, 4), Thing("Hoodie", 1999, 4), Thing("Mug", 33, 0, tracked=False),
                            Thing("Print", 1250, 1, policy="continue"), Thing("Gift Card", 2500, 2, ships=False)])
        self.shop = self.opened()
        self.sessions = {name: self.signed_in(name) for name in ("ada", "bob")}
        self.model.carts = {name: {} for name in self.sessions}
        self.checked: Any = None
        self.catalog_changed = False

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            for _ in range(2):
                self.let_time_pass(61)
            assert not any(order.state == "awaiting_payment" or order.refunding for order in self.model.orders)
            self.is_as_the_model_says()
            self.shop.close()
            self.folder.cleanup()

    # What shoppers do

    @rule(who=names, pick=picks, quantity=quantities)
    def add(self, who: str, pick: int, quantity: int) -> None:
        self.same(lambda: self.shop.cart.add(self.sessions[who], pick + 1, quantity),
                  self.model.add(who, pick, quantity))

    @rule(who=names, pick=picks, quantity=st.integers(0, 6))
    def set_quantity(self, who: str, pick: int, quantity: int) -> None:
        self.same(lambda: self.shop.cart.set_quantity(self.sessions[who], pick + 1, quantity),
                  self.model.set_quantity(who, pick, quantity))

    @rule(who=names, wishes=st.dictionaries(picks, quantities, max_size=3), new=st.booleans())
    def sign_in_with_a_guests_cart(self, who: str, wishes: dict[int, int], new: bool) -> None:
        guest = self.shop.accounts.guest()
        brought: dict[int, int] = {}
        for pick, quantity in wishes.items():
            thing = self.model.things[pick]
            fits = "not_found" if not thing.live else "ok" if quantity <= thing.most else "out_of_stock"
            self.same(lambda: self.shop.cart.add(guest, pick + 1, quantity), fits)  # noqa: B023 (called at once)
            brought |= {pick: quantity} if fits == "ok" else {}
        if new and "cleo" not in self.sessions:
            self.sessions["cleo"] = self.shop.accounts.register("cleo@example.com", PASSWORD, name="Cleo", guest=guest)
            self.model.carts["cleo"] = brought
            return
        with self.shop._database.write() as connection:
            guest_id = self.shop.accounts.shopper(connection, guest).id
            for _ in range(2):  # the second time, nothing changes
                self.shop.cart.merge(connection, guest_id, self.id_of(who))
        self.model.merge(brought, who)

    @rule(who=names, verb=st.sampled_from(["clear", "log out and in"]))
    def leave(self, who: str, verb: str) -> None:
        if verb == "clear":
            self.shop.cart.clear(self.sessions[who])
            self.model.carts[who].clear()
        else:
            self.shop.accounts.logout(self.sessions[who])
            self.sessions[who] = self.signed_in(who)

    @rule(who=names, card=cards, mood=moods, more=st.sampled_from([0, 0, 0, 1]))
    def pay(self, who: str, card: str, mood: str, more: int) -> None:
        self.keys += 1
        expected = self.model.bill(who)["total"] + more
        self.place(who, f"key-{self.keys}", card, expected, mood)

    @rule(who=names, pick=picks, quantity=st.integers(1, 3), card=cards, mood=moods)
    def add_and_pay(self, who: str, pick: int, quantity: int, card: str, mood: str) -> None:
        self.add(who, pick, quantity)
        self.pay(who, card, mood, 0)

    # Chance alone hardly ever takes these two ways.

    @rule(who=names, pick=picks, settled=st.booleans())
    def a_charge_arrives_when_its_order_was_given_up(self, who: str, pick: int, settled: bool) -> None:
        self.add_and_pay(who, pick, 1, "good", "delayed")
        self.settle(61, "well", delivered=False)
        self.settle(0, "well", delivered=True)
        if settled:
            self.settle(61, "well", delivered=False)

    @rule(who=names, pick=picks)
    def an_order_is_to_be_sent_while_it_is_refunded(self, who: str, pick: int) -> None:
        self.add_and_pay(who, pick, 1, "good", "well")
        if self.model.orders:
            order = self.model.orders[-1]
            self.with_mood("silent", lambda: self.same(lambda: self.shop.orders.cancel(
                self.sessions[order.owner], order.number).status, self.model.cancel(order, "silent")))
            self.same(lambda: self.shop.back_office.fulfil(order.number), self.model.fulfil(order))

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), more=st.sampled_from([0, 1]))
    def pay_again_with_an_old_key(self, data: st.DataObject, more: int) -> None:
        order = data.draw(st.sampled_from(self.model.orders))
        calls = self.portal.calls
        self.place(order.owner, order.key, order.request[0], order.request[1] + more, "well")
        assert self.portal.calls == calls

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), mood=moods, verb=st.sampled_from(["cancel", "cancel", "reorder", "fulfil", "strange"]))
    def look_back(self, data: st.DataObject, mood: str, verb: str) -> None:
        order: Order = data.draw(st.sampled_from(self.model.orders[-4:]))
        session = self.sessions[order.owner]
        if verb == "cancel":
            self.with_mood(mood, lambda: self.same(lambda: self.shop.orders.cancel(session, order.number).status,
                                                   self.model.cancel(order, mood)))
        elif verb == "fulfil":
            self.same(lambda: self.shop.back_office.fulfil(order.number), self.model.fulfil(order))
        elif verb == "reorder" and order.number.startswith("attempt-"):
            self.same(lambda: self.shop.orders.reorder(session, order.number), "not_found")
        elif verb == "reorder":
            cart = self.shop.orders.reorder(session, order.number)
            short = self.model.reorder(order.owner, order)
            assert sum(warning.code == "not_added" for warning in cart.warnings) == short
        else:
            self.is_nobody_elses(order)

    # What the owner does, and time

    @rule(title=st.sampled_from(sorted(PRICES)), price=st.sampled_from([0, 7, 1250, 1999, 6000]),
          count=st.integers(0, 6),
          verb=st.sampled_from(["import", "import", "fewer sizes", "restock", "withdraw", "wrong file"]))
    def change_the_catalog(self, title: str, price: int, count: int, verb: str) -> None:
        listed = [pick for pick, thing in enumerate(self.model.things) if thing.title == title]
        self.catalog_changed = True
        match verb:
            case "import":
                bring_in(self.shop, title, price, count)
                for pick in listed:
                    self.model.receive(pick, price=price, count=count)
            case "fewer sizes":
                bring_in(self.shop, "Hoodie", price, count, sizes=("S",))
                self.model.receive(HOODIE_S, price=price, count=count)
                self.model.things[HOODIE_M].live = False
            case "restock" if title != "Mug":
                set_stock(self.shop, listed[0] + 1, count)
                thing = self.model.things[listed[0]]
                thing.on_hand = max(count, thing.reserved) if thing.limited else count
            case "withdraw":
                withdraw(self.shop, title.lower().replace(" ", "-"))
                for pick in listed:
                    self.model.things[pick].live = False
            case _:
                self.refuse_a_wrong_file(title, price)

    @rule(rate=st.sampled_from([0, 825, 1900]), included=st.booleans(), free_from=st.sampled_from([0, 6000]))
    def change_the_terms(self, rate: int, included: bool, free_from: int) -> None:
        self.shop.settings.change(tax_rate=f"{rate / 100}", prices_include_tax="yes" if included else "no",
                                  shipping_free_from=f"{free_from / 100}")
        self.model.terms = Terms(rate, included, 499, free_from)

    @rule(seconds=st.sampled_from([0, 1, 61, 61]), mood=st.sampled_from(["well", "well", "silent"]),
          delivered=st.booleans())
    def settle(self, seconds: int, mood: str, delivered: bool) -> None:
        if delivered:
            self.portal.deliver()
            self.model.deliver()
        self.with_mood(mood, lambda: self.let_time_pass(seconds, mood))

    @rule()
    def start_again(self) -> None:
        self.shop.close()
        self.shop = self.opened()
        self.model.settle("well")
        self.sessions = {who: self.shop.accounts.resume(session.token) for who, session in self.sessions.items()}

    # What always holds

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not hasattr(self, "shop"):
            return
        type(self).steps += 1
        with self.shop._database.read() as connection:
            stock = connection.execute(text("SELECT on_hand, reserved FROM stock ORDER BY variant_id")).all()
            assert [tuple(row) for row in stock] == [(thing.on_hand, thing.reserved) for thing in self.model.things]
            assert [tuple(row) for row in connection.execute(text(ORDERS))] == [
                (each.number, each.state, each.payment, int(each.refunding), *each.bill.values())
                for each in self.model.orders]
            assert broken(connection, {**LAWS, "UNBALANCED": UNBALANCED}) == []
            self.books_agree({row[0]: row[1] for row in connection.execute(text(BALANCES))})
        for who, session in self.sessions.items():
            self.cart_agrees(who, self.shop.cart.view(session))
        self.catalog_is_in_order()

    def books_agree(self, balances: Mapping[str, int]) -> None:
        ledger = self.model.ledger()
        assert {name: balances.get(name, 0) for name in ("portal", "tax", "refunds")} == {
            name: ledger[name] for name in ("portal", "tax", "refunds")}
        assert balances.get("sales", 0) + balances.get("shipping", 0) == ledger["goods"]
        charged = {each.key_of_payment: each.bill["total"] for each in self.model.orders
                   if each.charged == "succeeded" and each.bill["total"]}
        assert self.portal.captured == charged
        assert self.portal.refunded == {each.key_of_payment.replace("pay", "refund").removesuffix(":1"):
                                        each.bill["total"] for each in self.model.orders
                                        if each.refunded and each.bill["total"]}

    def cart_agrees(self, who: str, cart: Cart) -> None:
        assert {line.variant_id - 1: line.quantity for line in cart.lines} == self.model.carts[who]
        amounts = (cart.subtotal, cart.shipping, cart.tax, cart.total, cart.tax_included)
        assert [amount.minor for amount in amounts] == list(self.model.bill(who).values())

    def catalog_is_in_order(self) -> None:
        seen = [(thing.live, thing.price, thing.limited, thing.most > 0) for thing in self.model.things]
        if seen != self.checked:
            self.checked = seen
            self.facets_count_what_choosing_gives()
        if self.catalog_changed:
            self.catalog_changed = False
            self.what_is_exported_changes_nothing()

    def facets_count_what_choosing_gives(self) -> None:
        query = Query(in_stock=True)
        page = self.shop.catalog.browse(query)
        assert page.total == len({thing.title for thing in self.model.things if thing.live and thing.most})
        for facet in page.facets:
            for value in facet.values:
                chosen = Query(in_stock=True, options={facet.code: {value.label}})
                assert self.shop.catalog.browse(chosen).total == value.count

    def what_is_exported_changes_nothing(self) -> None:
        file = self.path.with_name("export.csv")
        self.shop.catalog.export_csv(file)
        report = self.shop.catalog.import_csv(file)
        assert (report.unchanged, report.products) == (len(PRICES), len(PRICES))

    # Steps

    def place(self, who: str, key: str, card: str, expected: int, mood: str) -> None:
        def paid() -> str:
            order = self.shop.checkout.place(self.sessions[who], CARDS[card], expected_total=Money(expected, "USD"),
                                             idempotency_key=key)
            assert order.total.minor == expected
            return order.status

        self.with_mood(mood, lambda: self.same(paid, self.model.place(who, key, card, expected, mood)))

    def refuse_a_wrong_file(self, title: str, price: int) -> None:
        before = contents(self.shop._database)
        good = simple(title.lower().replace(" ", "-"), **{"Variant Price": str(price)})
        file = write_csv(self.path.with_name("wrong.csv"), good, simple("cap", **{"Variant Price": ""}))
        with pytest.raises(ImportFailed):
            self.shop.catalog.import_csv(file)
        assert contents(self.shop._database) == before

    def is_nobody_elses(self, order: Order) -> None:
        stranger = self.sessions["bob" if order.owner == "ada" else "ada"]
        for verb in (self.shop.orders.get, self.shop.orders.cancel, self.shop.orders.reorder,
                     self.shop.orders.receipt):
            with pytest.raises(NotFound):
                verb(stranger, order.number)

    def let_time_pass(self, seconds: int, mood: str = "well") -> None:
        self.clock.advance(seconds)
        self.model.now += seconds
        self.shop.checkout.settle()
        self.model.settle(mood)

    def same(self, verb: Callable[[], object], expected: str) -> None:
        """Does it; what comes of it must be what the model said."""
        try:
            outcome = verb()
        except ShopError as refused:
            outcome = refused.code
        except KeyboardInterrupt:
            outcome = "died"
        assert (outcome if isinstance(outcome, str) else "ok") == expected

    def with_mood(self, mood: str, verb: Callable[[], object]) -> None:
        self.portal.mood = mood
        verb()
        self.portal.mood = "well"

    def an_order_was_written_before(self) -> None:
        with self.shop._database.read() as connection:
            assert connection.scalar(text("SELECT count(*) FROM payment WHERE state = 'submitting'"))

    def opened(self) -> Shop:
        # On a busy machine, what opening asks would go on aside, while the model is ahead.
        shop = Shop.open(str(self.path), gateway=self.portal, clock=self.clock, settle=False)
        shop.checkout.settle()
        return shop

    def signed_in(self, who: str) -> Session:
        now = self.clock()
        known = Account(self.id_of(who), f"{who}@example.com", who, now)
        with self.shop._database.write() as connection:
            return sessions.start(connection, Shopper(known.id, known), now)

    def id_of(self, who: str) -> int:
        return ("ada", "bob").index(who) + 1


def walk(template: Path, examples: int) -> int:
    """Walks through so many shops; how many steps were taken and checked."""
    part = type("ShopWalk", (ShopWalk,), {"template": template, "steps": 0})
    run_state_machine_as_test(part, settings=settings(
        max_examples=examples, stateful_step_count=STEPS, deadline=None, print_blob=True,
        suppress_health_check=list(HealthCheck)))
    return part.steps


@pytest.mark.parametrize("part", range(PARTS))
def test_the_laws_hold_whatever_happens(template: Path, tried: Callable[[str, int], None], part: int) -> None:
    tried("steps through a shop", walk(template, EXAMPLES))
    assert part < PARTS


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_laws_hold_for_a_million_steps(template: Path, tried: Callable[[str, int], None], part: int) -> None:
    tried("steps through a shop", walk(template, EXAMPLES * SOAK))
    assert part < PARTS
