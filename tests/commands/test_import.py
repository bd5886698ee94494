"""What `shopkeeper import` shows on a terminal while a file comes in."""
from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from shopkeeper import Query, Shop
from shopkeeper.catalog.index import build, keeper
from shopkeeper.catalog.tables import variant
from shopkeeper.commands.catalog import _pace
from tests.catalogs import simple, write_csv
from tests.command import Command


@pytest.mark.parametrize(("done", "seconds", "said"), [
    (0, 5.0, ""), (400, 0.5, ""), (500, 2.0, "250 lines/s, 0:18 left"), (2_500, 1.0, "2,500 lines/s, 0:01 left"),
    (50, 10.0, "5 lines/s, 16:30 left"), (5_000, 10.0, "500 lines/s, 0:00 left"),
])
def test_rate_and_time_left_are_told_after_a_second(done: int, seconds: float, said: str) -> None:
    assert _pace(done, 5_000, seconds) == said


@pytest.fixture
def command(shop_file: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(shop_file, capsys)


def test_who_browses_a_large_shop_after_an_import_finds_its_index_made(
        command: Command, shop_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_IS_LARGE", select(variant.c.id).limit(1))
    assert command("import", write_csv(tmp_path / "file.csv", simple("mug"), simple("cup"))) == 0
    assert "Making the search index" in command.err
    monkeypatch.setattr(build, "build", None)
    with Shop.open(str(shop_file)) as shop:
        assert shop.catalog.browse(Query("mug")).total == 1
        assert shop.catalog._keeper._held is not None


def test_a_small_shop_and_a_dry_run_need_no_index(
        command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper.Keeper, "make", None)
    file = write_csv(tmp_path / "file.csv", simple("mug"))
    assert command("import", file) == 0
    monkeypatch.setattr(keeper, "_IS_LARGE", select(variant.c.id).limit(1))
    assert command("import", "--dry-run", file) == 0
    assert "index" not in command.err
