"""Whatever becomes of attempts to pay, the numbers of orders follow each other and stay as they were seen."""
from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shopkeeper import InvalidState, Session, Shop, ShopError
from shopkeeper.upkeep.laws import broken_laws
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.laws import broken
from tests.orders.buying import DECLINED, GOOD, pay
from tests.portals import Portal

EXAMPLES = 40
SOAK = 100

SHOPPERS = ("ada", "bob", "cleo")
MOODS = ("well", "well", "late", "lost", "silent", "unreached", "delayed", "dying")

NUMBERS = """SELECT id, number FROM "order" WHERE number LIKE 'SK-%'"""
# Those that have a number are those that were placed, or that a shopper saw waiting.
ILL_NUMBERED = """SELECT count(*) FROM "order" WHERE (number LIKE 'SK-%') <> (placed_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM order_step WHERE order_id = "order".id AND order_step.status = 'awaiting_payment'))"""
MISNAMED = """SELECT count(*) FROM "order" WHERE number NOT LIKE 'SK-%'
    AND number <> 'attempt-' || substr(CAST(1000000 + id AS TEXT), 2)"""

purchases = st.tuples(st.just("pay"), st.sampled_from(SHOPPERS), st.sampled_from(MOODS), st.booleans())
others = st.tuples(st.sampled_from(["look", "retry", "settle", "wait", "deliver", "open again"]),
                   st.sampled_from(SHOPPERS), st.sampled_from(["well", "well", "silent"]), st.booleans())
steps = st.lists(purchases | others, min_size=3, max_size=20)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Session]]:
    """A shop to copy: one thing to buy, three accounts."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), gateway=Portal(), clock=FakeClock()) as shop:
        add_product(shop, "Pencil", stock=None)
        sessions = {name: add_account(shop, f"{name}@example.com") for name in SHOPPERS}
        with shop._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, sessions


class Visit:
    """Three accounts buy in one shop. `numbers` are those that were given, by the ids of their orders."""

    def __init__(self, path: Path, sessions: dict[str, Session]) -> None:
        self.path, self.sessions = path, sessions
        self.clock, self.portal = FakeClock(), Portal()
        self.numbers: dict[int, str] = {}
        self.requests: dict[str, list[tuple[str, bool]]] = {name: [] for name in SHOPPERS}
        self.seen: dict[tuple[str, str], str] = {}
        self.shop = self.open()

    def open(self) -> Shop:
        return Shop.open(str(self.path), gateway=self.portal, clock=self.clock)

    def take(self, step: str, who: str, mood: str, declined: bool) -> None:
        self.portal.mood = mood
        match step:
            case "pay":
                self.requests[who].append((f"key-{len(self.requests[who])}", declined))
                self.pay(who, *self.requests[who][-1])
            case "retry" if self.requests[who]:
                self.pay(who, *self.requests[who][0 if declined else -1])
            case "look":
                shown = self.shop.orders.history(self.sessions[who]).items
                assert all(order.number.startswith("SK-") for order in shown)
            case "settle":
                self.shop.checkout.settle()
            case "wait":
                self.clock.advance(61)
            case "deliver":
                self.portal.deliver()
            case "open again":
                self.shop.close()
                self.shop = self.open()
        self.check()

    def pay(self, who: str, key: str, declined: bool) -> None:
        session = self.sessions[who]
        if not self.shop.cart.view(session).lines:
            self.shop.cart.add(session, 1)
        total = self.shop.cart.view(session).total
        try:
            with suppress(KeyboardInterrupt):
                number = pay(self.shop, session, DECLINED if declined else GOOD, key=key, total=total).number
                assert number.startswith("SK-")
                assert self.seen.setdefault((who, key), number) == number
        except InvalidState as refused:
            assert "order SK-" in refused.message
        except ShopError:
            pass

    def check(self) -> None:
        """Those that are new follow the last; those that were given are as they were."""
        with self.shop._database.read() as connection:
            numbers = {row.id: row.number for row in connection.execute(text(NUMBERS))}
            assert broken(connection, {"ILL_NUMBERED": ILL_NUMBERED, "MISNAMED": MISNAMED}) == []
            assert broken_laws(connection) == []
        assert numbers.items() >= self.numbers.items()
        assert sorted(numbers.values()) == [f"SK-{value:06d}" for value in range(1, len(numbers) + 1)]
        assert set(self.seen.values()) <= set(numbers.values())
        self.numbers = numbers


def visit(template: tuple[Path, dict[str, Session]], taken: list[tuple[str, str, str, bool]]) -> None:
    path, sessions = template
    with TemporaryDirectory() as folder:
        visited = Visit(Path(shutil.copy(path, folder)), sessions)
        try:
            for step in taken:
                visited.take(*step)
        finally:
            visited.shop.close()


def hunt(template: tuple[Path, dict[str, Session]], examples: int, tried: Callable[[str, int], None]) -> None:
    @settings(max_examples=examples, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    @given(steps)
    def visits(taken: list[tuple[str, str, str, bool]]) -> None:
        visit(template, taken)
        tried("steps of buyers", len(taken))

    visits()


def test_numbers_of_orders_follow_each_other_and_stay(
    template: tuple[Path, dict[str, Session]], tried: Callable[[str, int], None]
) -> None:
    hunt(template, EXAMPLES, tried)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_numbers_of_orders_follow_each_other_and_stay_in_the_long_run(
    template: tuple[Path, dict[str, Session]], tried: Callable[[str, int], None]
) -> None:
    hunt(template, EXAMPLES * SOAK, tried)
