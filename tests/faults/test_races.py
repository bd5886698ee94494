"""Four and sixteen processes at once: nothing is oversold or paid twice, and nobody is turned away by a lock."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from shopkeeper.database.engine import Database
from tests.faults.forks import Forks
from tests.faults.rush import Market, bring_in, buy_in_turn, market, pay_or_cancel, press_pay, take_turns
from tests.faults.scenes import A_MINUTE_LATER, clock_at
from tests.laws import settled
from tests.orders.buying import stock_of

Tried = Callable[[str, int], None]
T = TypeVar("T")

TURNS = 1600

pytestmark = pytest.mark.parametrize("processes", [4, 16])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


def test_the_last_units_are_sold_once(forks: Forks, path: Path, processes: int, tried: Tried) -> None:
    crowd = market(path, processes, stock=processes - 1)
    told = at_once(forks, *(partial(buy_in_turn, crowd, who, 6) for who in range(processes)))
    outcomes = Counter(word for words in told for word in words)
    assert set(outcomes) == {"placed", "out_of_stock"}
    assert outcomes["placed"] == 3 * (processes - 1)
    assert stock_left(crowd) == {(0, 0)}
    tried("purchases in a race", outcomes.total())


def test_pay_pressed_by_all_with_one_key_is_one_order(
    forks: Forks, path: Path, processes: int, tried: Tried
) -> None:
    crowd = market(path, processes, stock=100)
    told = at_once(forks, *(partial(press_pay, crowd, who, 6) for who in range(processes)))
    for number, words in enumerate(zip(*told, strict=True), start=1):
        assert set(words) == {f"SK-{number:06} placed"}
    with settled(path, clock_at(A_MINUTE_LATER)) as shop:
        assert shop.orders.history(crowd.shoppers[0]).total == 6
        assert stock_of(shop, crowd.variants[-1]) == (94, 0)
    tried("purchases in a race", 6 * processes)


def test_an_order_that_is_cancelled_while_it_is_paid_is_paid_and_refunded_once(
    forks: Forks, path: Path, processes: int, tried: Tried
) -> None:
    crowd = market(path, processes, stock=5)
    told = at_once(forks, *(partial(pay_or_cancel, crowd, who, 6) for who in range(processes)))
    for number, words in enumerate(zip(*told, strict=True), start=1):
        order = f"SK-{number:06}"
        assert set(words[1::2]) == {f"{order} cancelled"}
        assert set(words) <= {f"{order} {status}" for status in ("placed", "cancelled")}
    assert stock_left(crowd) == {(5, 0)}
    tried("purchases in a race", 6 * processes)


def test_what_is_bought_while_products_are_brought_in_is_paid_as_it_was_shown(
    forks: Forks, path: Path, processes: int, tried: Tried
) -> None:
    crowd = market(path, processes, stock=50)
    told = at_once(forks, *(partial(bring_in, crowd, who, 10) if who % 4 == 0 else partial(buy_in_turn, crowd, who, 21)
                            for who in range(processes)))
    owners, shoppers = told[::4], [words for who, words in enumerate(told) if who % 4]
    assert {word for words in owners for word in words} == {"imported 2"}
    outcomes = Counter(word for words in shoppers for word in words)
    assert set(outcomes) <= {"placed", "out_of_stock", "price_changed"}
    assert outcomes["placed"]
    with settled(path, clock_at(A_MINUTE_LATER)) as shop:
        assert sum(shop.orders.history(shopper).total for shopper in crowd.shoppers) == outcomes["placed"]
    tried("purchases in a race", outcomes.total())


def test_nobody_who_waits_to_write_is_left_waiting(forks: Forks, path: Path, processes: int) -> None:
    with closing(Database.open(str(path))) as database, database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (count INTEGER NOT NULL) STRICT")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    turns = at_once(forks, *[partial(take_turns, path, TURNS)] * processes)
    assert sum(turns) == TURNS
    assert min(turns) >= TURNS / processes / 10


def at_once(forks: Forks, *tasks: Callable[[], T]) -> list[T]:
    """What each process was told; none of them died."""
    ended = forks.run(*tasks)
    assert {one.exitcode for one in ended} == {0}
    return [one.answer for one in ended]


def stock_left(crowd: Market) -> set[tuple[int, int]]:
    """How many of the variants are on hand and reserved, once all is settled and the laws hold."""
    with settled(crowd.path, clock_at(A_MINUTE_LATER)) as shop:
        return {stock_of(shop, variant_id) for variant_id in crowd.variants}
