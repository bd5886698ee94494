"""That a login's time does not tell whether there is such an account: as a ratio."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import delete

from shopkeeper import AuthenticationFailed, Session, Shop
from shopkeeper.accounts.tables import login_failure
from tests.factories import add_account

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("default_hash_parameters")]

ROUNDS = 40


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        yield shop


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop)


def test_a_known_and_an_unknown_email_take_the_same_time(shop: Shop, ada: Session) -> None:
    times: dict[str, list[float]] = {"ada@example.com": [], "nobody@example.com": []}
    for _ in range(ROUNDS):
        for email, taken in times.items():  # in turns, for the machine has other things to do
            with shop._database.write() as connection:
                connection.execute(delete(login_failure))
            taken.append(timed(lambda: refused(shop, email)))  # noqa: B023 (called at once)
    known, unknown = (median(taken) for taken in times.values())
    print(f"a failed login: {known * 1000:.1f} ms of a known email, {unknown * 1000:.1f} ms of an unknown one,"
          f" {unknown / known:.3f} of it")
    assert 0.8 <= unknown / known <= 1.2
    assert ada


def refused(shop: Shop, email: str) -> None:
    with pytest.raises(AuthenticationFailed):
        shop.accounts.login(email, "wrong horse battery staple")


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
