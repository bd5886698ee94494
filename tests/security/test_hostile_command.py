"""The command in processes of its own, on a shop full of hostile strings: its very bytes steer no terminal."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.orders.receipt import receipt
from tests.catalogs import simple, write_csv
from tests.security import hostile
from tests.security.hostile_shop import SKU, add_hostile_account, buy, fill, fill_cart
from tests.waiting import PATIENCE

Tried = Callable[[str, int], None]
Shopkeeper = Callable[..., tuple[int, str, str]]

EVIL = "".join([hostile.ANSI[0], hostile.ANSI[11], hostile.OSC_52[0], hostile.BIDI[0], "\u200b\x9b31m"])
BYTES = os.fsdecode(b"\xff\xfe\x1b[31m")  # an argument that is no UTF-8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop, in which everything was bought once."""
    folder = tmp_path_factory.mktemp("hostile")
    with Shop.open(str(folder / "shop.db")) as shop:
        fill(shop)
        ada = add_hostile_account(shop)
        fill_cart(shop, ada)
        buy(shop, ada)
    return folder


@pytest.fixture
def shopkeeper(folder: Path) -> Shopkeeper:
    """Runs the command; the exit code and what it printed, which must be harmless."""
    def run(*arguments: str | Path, debugging: bool = False) -> tuple[int, str, str]:
        environment = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "200"}
        done = subprocess.run([sys.executable, "-m", "shopkeeper", "--db", str(folder / "shop.db"),
                               *map(str, arguments)], capture_output=True, env=environment, timeout=PATIENCE,
                              check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        for line in (out + err).split("\n"):
            assert not hostile.steers(line), (arguments, line)
            assert hostile.tallest(line) <= 4
        assert ("Traceback" in err) is debugging
        assert "is broken" not in err
        return done.returncode, out, err

    return run


def test_every_hostile_product_can_be_read_in_the_stock(shopkeeper: Shopkeeper, tried: Tried) -> None:
    code, out, _ = shopkeeper("stock", "show", SKU)
    assert code == 0
    shown = hostile.seen(out)
    assert [text for text in hostile.STORABLE if f"{SKU.casefold()}{hostile.seen(text)}:" not in shown] == []
    tried("hostile strings printed by the command", len(hostile.STORABLE))


def test_json_stays_json_and_says_what_there_is(shopkeeper: Shopkeeper) -> None:
    _, out, _ = shopkeeper("stock", "show", SKU, "--json")
    names = [json.loads(line)["name"] for line in out.splitlines()]
    assert names == list(hostile.STORABLE)
    for arguments in (["orders", "list"], ["settings"], ["ledger"], ["doctor"], ["portal"]):
        _, out, _ = shopkeeper(*arguments, "--json")
        json.loads(out)


@pytest.mark.parametrize("markdown", [False, True])
def test_a_receipt_that_is_saved_steers_nothing(markdown: bool, folder: Path) -> None:
    with Shop.open(str(folder / "shop.db")) as shop:
        lines = receipt(shop.back_office.get("SK-000001"), markdown=markdown).split("\n")
    assert [line for line in lines if hostile.steers(line) or hostile.tallest(line) > 4] == []


def test_receipts_can_be_read_and_steer_nothing(shopkeeper: Shopkeeper, folder: Path) -> None:
    for style in ([], ["--markdown"]):
        code, out, _ = shopkeeper("orders", "receipt", "SK-000001", *style)
        assert code == 0
        seen = hostile.seen(out.replace("\\", ""))
        for text in hostile.STORABLE:
            assert hostile.seen(text.replace("\\", ""))[:20] in seen
        assert hostile.EMOJI[0].split()[0] in out
        path = folder / f"receipt {EVIL}"
        path.write_text(out, "utf-8")
        code, out, err = shopkeeper("orders", "verify", path)
        assert (code, err) == (0, "")
        assert "as it was given" in out


@pytest.mark.parametrize("arguments", [
    ("orders", "list"), ("orders", "verify"), ("settings",), ("ledger",), ("doctor",), ("portal",), ("settle",),
    ("ledger", "--export", "{folder}/ledger {evil}"), ("export", "{folder}/out {evil}.csv"),
    ("backup", "{folder}/backup {evil}.db"), ("import", "{folder}/in {evil}.csv"),
    ("import", "--json", "{folder}/in {evil}.csv"), ("orders", "fulfil", "SK-000001"),
], ids=" ".join)
def test_what_is_done_is_told_harmlessly(arguments: tuple[str, ...], shopkeeper: Shopkeeper, folder: Path) -> None:
    counted = {"Variant Inventory Tracker": "x", "Variant Inventory Qty": "-1"}
    write_csv(folder / f"in {EVIL}.csv", simple(EVIL, **counted))
    code, out, _ = shopkeeper(*(each.format(folder=folder, evil=EVIL) for each in arguments))
    assert code == 0
    assert out


@pytest.mark.parametrize(("arguments", "code"), [
    (("{evil}",), 2), (("doctor", "{evil}"), 2), (("--{evil}",), 2),
    (("settings", "--{evil}"), 2), (("settings", "{evil}"), 1),
    (("settings", "{evil}=x"), 1), (("settings", "tax_rate={evil}"), 1), (("settings", "name={evil}"), 1),
    (("settings", "name={bytes}"), 1), (("portal", "{evil}"), 2), (("orders", "list", "--status", "{evil}"), 2),
    (("orders", "list", "--limit", "{evil}"), 2), (("orders", "receipt", "{evil}"), 1),
    (("orders", "fulfil", "{bytes}"), 1), (("orders", "verify", "/nowhere/{evil}"), 1),
    (("stock", "show", "{evil}"), 1),
    (("stock", "show", "{bytes}"), 1), (("stock", "set", SKU, "1", "--reason", "{evil}"), 1),
    (("stock", "set", "{evil}", "{evil}", "--reason", "x"), 2), (("import", "/nowhere/{evil}.csv"), 1),
    (("import", "/nowhere/{evil}.toml"), 1), (("restore", "/nowhere/{bytes}"), 1), (("export", "/nowhere/{evil}"), 1),
], ids=str)
def test_what_is_refused_is_told_harmlessly(arguments: tuple[str, ...], code: int, shopkeeper: Shopkeeper) -> None:
    given = [each.format(evil=EVIL, bytes=BYTES) for each in arguments]
    done, out, err = shopkeeper(*given)
    assert (done, out) == (code, "")
    assert err


def test_nor_does_a_traceback_steer_the_terminal(shopkeeper: Shopkeeper) -> None:
    code, _, err = shopkeeper("--debug", "import", f"/nowhere/{EVIL}", debugging=True)
    assert code == 1
    assert "ImportFailed" in err
