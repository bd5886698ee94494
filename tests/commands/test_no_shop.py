"""A mistyped address makes no shop: the command says that there is none, and which one may have been meant."""
from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, Query, Shop
from shopkeeper.commands.command_line import run
from tests.catalogs import simple, write_csv

_ALL = Query()
COMMANDS = [
    ("export", "out.csv"), ("export", "-"), ("settings",), ("settings", "tax_rate=8"), ("orders", "list"),
    ("orders", "fulfil", "SK-1"), ("orders", "receipt", "SK-1"), ("orders", "verify"), ("settle",),
    ("stock", "show", "X"), ("stock", "set", "X", "1", "--reason", "counted"), ("ledger",),
    ("ledger", "--export", "out.beancount"), ("backup", "out.db"), ("doctor",), ("portal",), ("portal", "well"),
    ("api", "--port", "0"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, apart from the user's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("SHOPKEEPER_DB", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that has to fail says."""
    assert run(arguments, lambda *_: 7) == 1
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("address", ["--db", "url", "environment", "default"])
def test_command_on_a_missing_shop_makes_none_and_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str,
    arguments: tuple[str, ...],
) -> None:
    named = {"--db": ["--db", "nowhere/shop.db"], "url": ["--db", "sqlite:///nowhere/shop.db"]}.get(address, [])
    if address == "environment":
        monkeypatch.setenv("SHOPKEEPER_DB", "nowhere/shop.db")
    path = tmp_path / "data" / "shopkeeper" / "shop.db" if address == "default" else folder / "nowhere" / "shop.db"
    words = told(capsys, *named, *arguments)
    assert f"There is no shop at {path}." in words
    assert "`shopkeeper import`" in words
    assert "--sample" in words or arguments[0] != "api"
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("spoil", ["empty file", "folder", "empty database"])
@pytest.mark.parametrize("arguments", [("orders", "list"), ("export", "-"), ("api", "--port", "0")])
def test_what_holds_no_shop_is_said_and_stays(
    folder: Path, capsys: pytest.CaptureFixture[str], spoil: str, arguments: tuple[str, ...]
) -> None:
    path = folder / "shop.db"
    if spoil == "folder":
        path.mkdir()
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL" if spoil == "empty database" else "SELECT 1")
        path.touch()
    before = path.is_dir() or path.read_bytes()
    words = told(capsys, "--db", "shop.db", *arguments)
    assert spoil.split()[0] in words
    assert "there is no shop in it" in words
    assert (path.is_dir() or path.read_bytes()) == before


@pytest.mark.parametrize("address", ["sqlite:shop.db", "sqlite:/shop.db", "sqlite://shop.db", "sqlit:///shop.db", "://",
                                     "postgresql:shop", "postgresql://host:port/x", "~nobody-of-this-name/shop.db"])
def test_address_that_means_nothing_is_refused_and_makes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    for arguments in (["orders", "list"], ["init"], ["doctor"]):
        assert told(capsys, "--db", address, *arguments)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("typed", "meant"), [
    ("shp.db", "shop.db"), ("shop.dbb", "shop.db"), ("sohp", "shop.db"), ("other", "shop.db"), (".", "shop.db"),
])
def test_nearest_shop_in_the_folder_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], empty_database: Path, typed: str, meant: str
) -> None:
    shutil.copy(empty_database, folder / "shop.db")
    (folder / "notes.txt").write_text("")
    assert f"Did you mean {folder / meant}?" in told(capsys, "--db", typed, "orders", "list")


def test_similar_name_is_named_before_others(
    folder: Path, capsys: pytest.CaptureFixture[str], empty_database: Path
) -> None:
    for name in ("northwind.db", "southwind.db", "books.db"):
        shutil.copy(empty_database, folder / name)
    assert "northwind.db?" in told(capsys, "--db", "nrothwind.db", "orders", "list")
    assert "books.db?" in told(capsys, "--db", "sqlite:///boks.db", "orders", "list")


def test_shop_at_the_default_place_is_named_where_the_folder_has_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["init"], lambda *_: 7) == 0
    assert f"Did you mean {tmp_path}/data/shopkeeper/shop.db?" in told(capsys, "--db", "shp.db", "orders", "list")
    monkeypatch.setenv("SHOPKEEPER_DB", "shp.db")
    assert f"Did you mean {tmp_path}/data/shopkeeper/shop.db?" in told(capsys, "orders", "list")


def test_opened_from_python_a_missing_shop_is_refused_on_request(folder: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="There is no shop"):
        Shop.open("shop.db", create=False)
    assert list(folder.iterdir()) == []


# What makes a shop

def test_init_makes_an_empty_shop_once(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("is made. It is empty", "already. Nothing was changed"):
        assert run(["--db", "shop.db", "init"], lambda *_: 7) == 0
        assert words in capsys.readouterr().out
    with Shop.open("shop.db", create=False) as shop:
        assert shop.catalog.is_empty()


def test_init_with_the_sample_catalog_fills_a_shop_without_products_only(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, words in (("a.db", "is made, with the sample"), ("b.db", "is filled, with the sample")):
        assert words == "is made, with the sample" or run(["--db", name, "init"], lambda *_: 7) == 0
        assert run(["--db", name, "init", "--sample"], lambda *_: 7) == 0
        assert words in capsys.readouterr().out
    with Shop.open("a.db") as shop:
        count = shop.catalog.browse(_ALL).total
        assert count > 50
    run(["--db", "c.db", "import", str(write_csv(folder / "mug.csv", simple("mug")))], lambda *_: 7)
    assert run(["--db", "c.db", "init", "--sample"], lambda *_: 7) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    with Shop.open("c.db") as shop:
        assert shop.catalog.browse(_ALL).total == 1


def test_import_and_restore_make_a_shop(folder: Path) -> None:
    file = write_csv(folder / "mug.csv", simple("mug"))
    assert run(["--db", "a.db", "import", str(file)], lambda *_: 7) == 0
    assert run(["--db", "a.db", "backup", "backup.db"], lambda *_: 7) == 0
    assert run(["--db", "b.db", "restore", "backup.db"], lambda *_: 7) == 0
    with Shop.open("b.db", create=False) as shop:
        assert shop.catalog.browse(_ALL).total == 1
