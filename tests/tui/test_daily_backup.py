"""A shop that is open in a terminal backs itself up once a day, and nobody notices."""
from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tui.app
from shopkeeper import BackupFailed, Shop
from shopkeeper.upkeep.kept import kept
from shopkeeper.upkeep.service import Upkeep
from tests.waiting import PATIENCE
from tui.app import ShopApp
from tui.testing import Shopper


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tui.app, "_SETTLED", 0.01)


def opens(path: Path, *, throw_away: bool = False) -> Callable[[], Shop]:
    return lambda: Shop.open(str(path), throw_away=throw_away)


async def until(fulfilled: Callable[[], bool]) -> None:
    """Waits for what another thread does."""
    end = time.monotonic() + PATIENCE
    while not fulfilled():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_a_shop_that_is_open_backs_itself_up(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    async with ShopApp(opens(path), state_folder=tmp_path).run_test() as pilot:
        await until(lambda: bool(kept(path)))
        await Shopper(pilot).wait()
    assert len(kept(path, "daily")) == 1
    assert not list(tmp_path.glob("backups/.*"))


@pytest.mark.parametrize("throw_away", [True, False])
async def test_a_shop_to_throw_away_or_opened_elsewhere_is_not_backed_up(tmp_path: Path, throw_away: bool) -> None:
    path = tmp_path / "shop.db"
    with Shop.open(str(path)) as elsewhere:
        app = ShopApp(opens(path, throw_away=True) if throw_away else elsewhere, state_folder=tmp_path)
        async with app.run_test() as pilot:
            await Shopper(pilot).wait()
            await app.backend.back_up_daily()
    assert kept(path) == []


async def test_a_backup_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("no folder")
    app = ShopApp(opens(tmp_path / "shop.db"), state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await until(lambda: any("no backup of today" in line for line in shopper.screen_text()))
    assert app.return_code in {None, 0}


async def test_who_leaves_does_not_wait_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def on_a_slow_disk(_upkeep: Upkeep, *, stop: Callable[[], bool]) -> None:
        begun.set()
        end = time.monotonic() + PATIENCE
        while not stop() and time.monotonic() < end:
            ended.wait(0.01)
        if stop():
            ended.set()
            raise BackupFailed("The backup was stopped.")

    monkeypatch.setattr(Upkeep, "daily_backup", on_a_slow_disk)
    async with ShopApp(opens(tmp_path / "shop.db"), state_folder=tmp_path).run_test() as pilot:
        await until(begun.is_set)
        await pilot.press("ctrl+q")
    assert ended.is_set()
