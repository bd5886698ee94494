"""Whatever a clock says for a while: once it is right, the shop is."""
from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import Session, SessionExpired, Shop, ShopError
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.laws import LAWS, broken
from tests.orders.buying import pay
from tests.portals import Portal

EMAIL = "ada@example.com"
HOUR, DAY, YEAR = 3600.0, 86400.0, 365 * 86400.0

wrong_by = st.sampled_from([-20 * YEAR, -DAY, -90.0, 0.0, 90.0, 2 * DAY, 100 * DAY, 4 * YEAR])
steps = st.lists(st.tuples(wrong_by, st.sampled_from(
    ["pay", "pay, unreached", "pay, delayed", "pay, dying", "guest", "login", "back up", "settle", "deliver",
     "start again"])), max_size=8)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy: mugs, and an account."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), clock=FakeClock()) as shop:
        add_product(shop, stock=50)
        add_account(shop, EMAIL)
    return path


class Visit:
    """An account, guests and an owner in a shop whose clock is wrong by as much as each step says."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock, self.portal = path, FakeClock(), Portal()
        self.shop = Shop.open(str(path), gateway=self.portal, clock=self.clock)
        self.guests: list[Session] = []
        self.keys = 0
        self.token = ""
        self.add_guest()

    def add_guest(self) -> None:
        guest = self.shop.accounts.guest()
        self.shop.cart.add(guest, 1)
        self.guests.append(guest)

    def signed_in(self) -> Session:
        try:
            session = self.shop.accounts.resume(self.token)
        except SessionExpired:
            session = self.shop.accounts.login(EMAIL, PASSWORD)
        self.token = session.token
        return session

    def buy(self, mood: str) -> str:
        ada = self.signed_in()
        if not self.shop.cart.view(ada).lines:
            self.shop.cart.add(ada, 1)
        self.keys += 1
        self.portal.mood = mood
        try:
            return pay(self.shop, ada, key=f"key-{self.keys}").status
        finally:
            self.portal.mood = "well"

    def start_again(self) -> None:
        self.shop.close()
        self.shop = Shop.open(str(self.path), gateway=self.portal, clock=self.clock)

    def do(self, step: str) -> None:
        verb, _, mood = step.partition(", ")
        match verb:
            case "pay":
                with suppress(ShopError, KeyboardInterrupt):
                    self.buy(mood or "well")
            case "guest":
                self.add_guest()
            case "login":
                self.shop.accounts.login(EMAIL, PASSWORD)
            case "back up":
                self.shop.upkeep.daily_backup()
            case "settle":
                self.shop.checkout.settle()
            case "deliver":
                self.portal.deliver()
            case "start again":
                self.start_again()

    def check(self) -> None:
        """The clock is right: an hour later all is decided and kept, and the shopper can buy."""
        self.start_again()
        self.clock.advance(HOUR)
        self.shop.checkout.settle()
        assert self.shop.checkout.settle() == ()
        assert [self.shop.cart.view(guest).count for guest in self.guests] == [1] * len(self.guests)
        assert self.buy("well") == "placed"
        self.clock.advance(DAY)
        made = self.shop.upkeep.daily_backup()
        assert made is not None and made.path.exists()
        with self.shop._database.read() as connection:
            assert broken(connection, LAWS) == []
        net = {key: amount for key, amount in self.portal.captured.items()
               if f"refund:{key.split(':')[1]}" not in self.portal.refunded}
        placed = {order.number for order in self.shop.back_office.orders("placed", limit=100)}
        assert {self.shop.back_office.get(key.split(":")[1]).number for key in net} == placed


def visit_with(template: Path, steps: list[tuple[float, str]]) -> None:
    """Goes through the steps, each with a clock that is wrong by so much; then the clock is right."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        shutil.copy(template, path)
        visit = Visit(path)
        for skew, step in steps:
            visit.clock.advance(skew)
            # A charge that arrives late is asked about for a day, which a clock that runs behind makes short.
            visit.do("pay, unreached" if step == "pay, delayed" and skew <= -DAY else step)
            visit.clock.advance(60 - skew)
        visit.check()
        visit.shop.close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_a_shop_is_whole_once_its_clock_is_right(template: Path, steps: list[tuple[float, str]]) -> None:
    visit_with(template, steps)


@pytest.mark.soak
@pytest.mark.timeout(0)
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_a_shop_is_whole_after_a_thousand_clocks(template: Path, steps: list[tuple[float, str]]) -> None:
    visit_with(template, steps)
