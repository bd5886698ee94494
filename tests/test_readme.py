"""What the README says is true: its commands and its code are run, in order, on a machine without a shop."""
from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.readme_reader import ROOT, Reader, blocks, new_home
from tui import commands
from tui.commands import Command

README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home where nothing was installed or opened yet; `shopkeeper` is this one."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    return new_home(tmp_path)


def test_every_block_runs_in_order_on_a_machine_without_a_shop(home: Path) -> None:
    reader = Reader(home)
    own = home / ".local" / "share" / "shopkeeper" / "shop.db"
    try:
        for block in blocks(README):
            if "uninstall" in block.text:
                assert reader.stop_server() == 0
                assert own.exists()
            reader.run(block)
    finally:
        reader.stop_server()
    assert reader.commands[:4] == ["pip install -e .", "shopkeeper", "pip install -e '.[dev]'", "pytest"]
    total, count, status = reader.output.split()
    assert (int(total) > 0, count, status) == (True, "2", "placed")
    assert not any(path.is_file() for path in (home / ".local").rglob("*"))
    with Shop.open(str(home / "shop.db")) as shop:
        strings = shop.catalog.product("bright-strings")
        assert [option.label for option in strings.options] == ["Gauge", "Winding"]
        assert strings.variant(gauge="10", winding="Steel").available == 3




@pytest.mark.parametrize(("row", "rooms"), [
    ("everywhere", {""}), ("catalog", {"catalog"}), ("product", {"product"}), ("cart", {"cart"}),
    ("checkout", {"checkout", "field"}), ("receipt", {"receipt"}), ("orders", {"orders", "order"}),
    ("account", {"account"}),
])
def test_keys_in_the_table_do_something_there(row: str, rooms: set[str]) -> None:
    cells = re.findall(rf"^\| {row} \| (.*) \|$", README, re.MULTILINE)
    assert len(cells) == 1
    named = set(re.findall(r"`([^`]+)`", cells[0]))
    known = {"-" if command.key_in_words == "−" else command.key_in_words for command in _commands()
             if command.id.rpartition(".")[0] in rooms}
    assert named <= known


def _commands() -> list[Command]:
    """Every command of the shop."""
    groups = [value for value in vars(commands).values() if isinstance(value, tuple)]
    return [command for group in groups for command in group if isinstance(command, Command)]
