"""What must always hold, whatever is called over HTTP: several callers walk through one shop, and a model with them.

After each call the answer is the model's, carts and stock are as it says, and the laws hold in the shop's file.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from shopkeeper import Shop
from shopkeeper.api.problems import STATUS
from tests.api.caller import CARD, DECLINED, V1, Caller, code_of
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.laws import LAWS, broken
from tests.portals import Portal
from tests.properties.model import Model, Order, Terms, Thing
from tests.served import served
from tests.waiting import PATIENCE

EXAMPLES, STEPS = 10, 30
CALLS = 1000  # over HTTP, at least

GUEST = "a guest"
THINGS = [("Hoodie S", 1999, 4), ("Hoodie M", 1999, 4), ("Mug", 33, 6), ("Print", 1250, 2)]
CARDS = {"good": CARD, "declined": DECLINED}
WELL = {"ok": 200, "cancelled": 200}
BOUGHT = {"placed": 201, "awaiting_payment": 202, "cancelled": 201}  # the key of a cancelled order answers as it did

accounts = st.sampled_from(["ada", "bob"])
anybody = st.sampled_from(["ada", "bob", GUEST])
picks = st.integers(0, len(THINGS) - 1)
seen = st.sampled_from(["nothing", "nothing", "now", "before", "anything"])
moods = st.sampled_from(["well", "well", "well", "lost", "silent"])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy: four things to buy, two accounts."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), clock=FakeClock()) as shop:
        shop.settings.change(tax_rate="8.25", shipping_flat="4.99", shipping_free_from="60")
        for title, price, count in THINGS:
            add_product(shop, title, price=f"{price / 100:.2f}", stock=count)
        for name in ("ada", "bob"):
            add_account(shop, f"{name}@example.com", name=name)
        with shop._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


class ApiWalk(RuleBasedStateMachine):
    """Two accounts and a guest, each with a token."""

    template: Path
    calls = 0

    @initialize()
    def open_shop(self) -> None:
        self.open = ExitStack()
        path = Path(self.open.enter_context(TemporaryDirectory())) / "shop.db"
        shutil.copy(self.template, path)
        self.portal, self.keys = Portal(), 0
        self.shop = self.open.enter_context(Shop.open(str(path), gateway=self.portal, clock=FakeClock()))
        self.client = self.open.enter_context(httpx.Client(
            base_url=self.open.enter_context(served(self.shop)), timeout=PATIENCE,
            event_hooks={"response": [self.counted]}))
        self.model = Model([Thing(*each) for each in THINGS], terms=Terms())
        self.callers: dict[str, Caller] = {}
        self.tags: dict[str, list[str]] = {}
        self.asked_to_cancel: set[str] = set()
        for who in ("ada", "bob"):
            self.model.carts[who] = {}
            self.log_in(who)
        self.come_as_a_guest()

    def teardown(self) -> None:
        if hasattr(self, "open"):
            self.open.close()

    # What callers do

    @rule(who=anybody, pick=picks, quantity=st.integers(1, 3), saw=seen)
    def add(self, who: str, pick: int, quantity: int, saw: str) -> None:
        self.change(who, "POST", "/cart/product", saw, lambda: self.model.add(who, pick, quantity),
                    variant_id=pick + 1, quantity=quantity)

    @rule(who=anybody, pick=picks, quantity=st.integers(0, 5), saw=seen)
    def set_quantity(self, who: str, pick: int, quantity: int, saw: str) -> None:
        self.change(who, "PATCH", "/cart/product", saw, lambda: self.model.set_quantity(who, pick, quantity),
                    variant_id=pick + 1, quantity=quantity)

    @rule(who=anybody, pick=picks, saw=seen)
    def remove(self, who: str, pick: int, saw: str) -> None:
        self.change(who, "POST", "/cart/product/remove", saw, lambda: self.model.set_quantity(who, pick, 0),
                    variant_id=pick + 1)

    @rule(who=accounts, pick=picks, card=st.sampled_from(["good", "good", "declined"]), mood=moods,
          more=st.sampled_from([0, 0, 0, 1]))
    def add_and_pay(self, who: str, pick: int, card: str, mood: str, more: int) -> None:
        self.add(who, pick, 1, "nothing")
        self.keys += 1
        self.pay(who, f"key-{self.keys}", card, self.model.bill(who)["total"] + more, mood)

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), more=st.sampled_from([0, 0, 1]), mood=moods)
    def pay_again_with_an_old_key(self, data: st.DataObject, more: int, mood: str) -> None:
        order = data.draw(st.sampled_from(self.model.orders))
        charged = len(self.portal.charges)
        self.pay(order.owner, order.key, order.request[0], order.request[1] + more, mood)
        assert len(self.portal.charges) == charged

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), mood=moods)
    def cancel(self, data: st.DataObject, mood: str) -> None:
        order: Order = data.draw(st.sampled_from(self.model.orders[-3:]))
        again = order.state == "cancelled" and order.number in self.asked_to_cancel
        self.portal.mood = mood
        answer = self.callers[order.owner].call("POST", f"/order/{order.number}/cancel",
                                                 Idempotency_Key=f"cancel-{order.number}")
        self.portal.mood = "well"
        outcome = "cancelled" if again else self.model.cancel(order, mood)
        if order.refunding or order.refunded:
            self.asked_to_cancel.add(order.number)
        self.told(answer, outcome)

    @rule(who=accounts, with_a_cart=st.booleans())
    def leave_and_come_back(self, who: str, with_a_cart: bool) -> None:
        gone = self.callers[who]
        assert gone.call("POST", "/account/logout").status_code == 204
        assert code_of(gone.call("GET", "/cart/user")) == (401, "session_expired")
        self.log_in(who, self.callers[GUEST].token if with_a_cart else "")
        if with_a_cart:
            assert code_of(self.callers[GUEST].call("GET", "/cart/user")) == (401, "session_expired")
            self.model.merge(self.model.carts.pop(GUEST), who)
            self.come_as_a_guest()

    @rule(words=st.sampled_from(["", "hoo", "mug", "nothing like it", '"(*']), in_stock=st.booleans(),
          low=st.sampled_from([None, 0, 1000, 3000]), high=st.sampled_from([None, 33, 2000]),
          sort=st.sampled_from(["relevance", "price", "-price", "name", "newest"]), limit=st.integers(1, 4))
    def browse(self, words: str, in_stock: bool, low: int | None, high: int | None, sort: str, limit: int) -> None:
        asked = {"q": words, "in_stock": in_stock, "price_min": low, "price_max": high, "sort": sort, "limit": limit}
        answer = self.client.get(f"{V1}/product/query", params={
            name: value for name, value in asked.items() if value is not None})
        if low is not None and high is not None and low > high:
            self.told(answer, "invalid_input")
            return
        found = {thing.title for thing in self.model.things if (not in_stock or thing.most)
                 and (low or 0) <= thing.price <= (high or 9999) and words in thing.title.lower()}
        assert answer.json()["total"] == len(found)
        assert {card["title"] for card in answer.json()["items"]} <= found
        assert len(answer.json()["items"]) == min(limit, len(found))

    @rule(who=anybody, limit=st.integers(1, 3))
    def look_back(self, who: str, limit: int) -> None:
        if who == GUEST:
            assert code_of(self.callers[who].call("GET", "/order")) == (401, "login_required")
            return
        numbers, cursor = [], ""
        while cursor is not None:
            page = self.callers[who].call("GET", f"/order?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
            numbers += [(order["number"], order["status"], order["total"]["amount"]) for order in page.json()["items"]]
            cursor = page.json()["next_cursor"]
        assert numbers == [(order.number, order.state, order.bill["total"]) for order in reversed(self.model.orders)
                           if order.owner == who and (order.state != "cancelled" or order.booked)]

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data())
    def look_at_anothers_order(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.model.orders))
        other = self.callers["bob" if order.owner == "ada" else "ada"]
        assert code_of(other.call("GET", f"/order/{order.number}")) == (404, "not_found")
        assert code_of(other.call("POST", f"/order/{order.number}/cancel", Idempotency_Key="k")) == (404, "not_found")
        own = self.callers[order.owner].call("GET", f"/order/{order.number}")
        if order.number.startswith("attempt-"):
            assert code_of(own) == (404, "not_found")
        else:
            assert own.json()["status"] == order.state

    # What always holds

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        for who, caller in self.callers.items():
            answer = caller.call("GET", "/cart/user")
            cart = answer.json()
            assert {line["variant_id"] - 1: line["quantity"] for line in cart["lines"]} == self.model.carts[who]
            assert cart["total"]["amount"] == self.model.bill(who)["total"]
            self.tags[who].append(answer.headers["etag"])
        with self.shop._database.read() as connection:
            stock = connection.execute(text("SELECT on_hand, reserved FROM stock ORDER BY variant_id")).all()
            assert [tuple(row) for row in stock] == [(thing.on_hand, thing.reserved) for thing in self.model.things]
            assert broken(connection, LAWS) == []

    # Steps

    def change(self, who: str, method: str, path: str, saw: str, change: Callable[[], str], **body: int) -> None:
        """Changes a cart, as `saw` says with the tag of the cart as it is now, was before, or of any."""
        tags = self.tags[who]
        tag = {"now": tags[-1], "before": tags[0], "anything": "*"}.get(saw) if tags else None
        answer = self.callers[who].call(method, path, body, **({"If_Match": tag} if tag else {}))
        stale = saw == "before" and tag and _version(tag) != _version(tags[-1])
        self.told(answer, "cart_changed" if stale else change())

    def pay(self, who: str, key: str, card: str, expected: int, mood: str) -> None:
        self.portal.mood = mood
        answer = self.callers[who].pay(key, CARDS[card], expected_total={"amount": expected, "currency": "USD"})
        self.portal.mood = "well"
        self.told(answer, self.model.place(who, key, card, expected, mood), well=BOUGHT)

    def log_in(self, who: str, guest: str = "") -> None:
        answer = self.client.post(f"{V1}/account/login", json={"email": f"{who}@example.com", "password": PASSWORD},
                                  headers={"Authorization": f"Bearer {guest}"} if guest else {})
        self.callers[who] = Caller(self.client, answer.json()["token"])
        self.tags.setdefault(who, [])

    def come_as_a_guest(self) -> None:
        self.callers[GUEST] = Caller(self.client, self.client.post(f"{V1}/account/guest").json()["token"])
        self.model.carts[GUEST], self.tags[GUEST] = {}, []

    def told(self, answer: httpx.Response, outcome: str, well: Mapping[str, int] = WELL) -> None:
        if outcome in well:
            assert answer.status_code == well[outcome], (outcome, answer.text)
        else:
            assert code_of(answer) == (STATUS[outcome], outcome)

    def counted(self, _answer: httpx.Response) -> None:
        type(self).calls += 1


def _version(tag: str) -> str:
    return tag.partition(".")[0]


def test_the_laws_hold_whatever_is_called(template: Path, tried: Callable[[str, int], None]) -> None:
    walk = type("ApiWalk", (ApiWalk,), {"template": template, "calls": 0})
    run_state_machine_as_test(walk, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, print_blob=True,
        phases=[Phase.generate],  # to shorten a walk that failed takes longer over HTTP than to read it
        suppress_health_check=list(HealthCheck)))
    tried("calls over HTTP", walk.calls)
    assert walk.calls >= CALLS
