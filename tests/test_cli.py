"""The `shopkeeper` command: what it prints, where, and with which exit code."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop, cli
from tests.command import Command
from tests.waiting import PATIENCE

HEADER = "Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\n"
MUG = HEADER + "mug,Plain Mug,20.00,,\n"
BROKEN = HEADER + "mug,Plain Mug,20.00,,\ncap,Cap,,,\nhat,Hat,much,,\n"


@pytest.fixture
def mug(tmp_path: Path) -> Path:
    return write(tmp_path / "mug.csv", MUG)


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


# import

def test_an_import_tells_what_it_did(command: Command, mug: Path) -> None:
    assert command("import", mug) == 0
    assert command.out == (f"{mug}: 1 product with 1 variant.\n"
                           "  1 created, 0 updated, 0 left alone, 0 skipped.\n")
    assert command.err == ""  # no bar where there is no terminal
    assert command("import", mug) == 0
    assert "0 created, 0 updated, 1 left alone" in command.out


def test_a_dry_run_says_what_would_be_and_changes_nothing(command: Command, mug: Path) -> None:
    for _ in range(2):
        assert command("import", "--dry-run", mug) == 0
        assert "Would be: 1 created" in command.out


def test_stock_can_be_counted_where_the_file_does_not_say_so(command: Command, tmp_path: Path) -> None:
    assert command("import", "--assume-tracked", write(tmp_path / "mug.csv", MUG.replace("20.00,,", "20.00,,3"))) == 0
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        assert shop.catalog.product("mug").variants[0].available == 3


def test_a_refused_file_names_its_lines_on_stderr(command: Command, tmp_path: Path, mug: Path) -> None:
    broken = write(tmp_path / "broken.csv", BROKEN)
    assert command("import", broken, mug) == 1
    assert command.out == ""
    first, second, *rest = command.err.splitlines()
    assert first.startswith(f"{broken}:3: cap: ")
    assert second.startswith(f"{broken}:4: hat: ")
    assert rest == [f"{broken} was refused; nothing of it was imported.", f"Not looked at: {mug}."]


def test_files_before_a_refused_one_have_landed(command: Command, tmp_path: Path, mug: Path) -> None:
    assert command("import", mug, tmp_path / "missing.csv") == 1
    assert "1 created" in command.out
    assert "missing.csv" in command.err
    assert command("import", mug) == 0
    assert "1 left alone" in command.out


def test_an_attributes_file_is_read_as_one(command: Command, tmp_path: Path) -> None:
    assert command("import", write(tmp_path / "attributes.toml", "")) in {0, 1}
    assert "attributes.toml" in command.out + command.err
    assert command("import", write(tmp_path / "broken.TOML", "= no")) == 1
    assert "TOML" in command.err


def test_a_dry_run_of_an_attributes_file_is_wrong_usage(command: Command, tmp_path: Path) -> None:
    assert command("import", "--dry-run", write(tmp_path / "attributes.toml", "")) == 2


def test_an_import_is_printed_as_json_a_line_for_each_file(command: Command, tmp_path: Path, mug: Path) -> None:
    cap = write(tmp_path / "cap.csv", HEADER + "cap,Cap,9,shopify,-1\n")
    assert command("import", "--json", mug, cap) == 0
    first, second = map(json.loads, command.out.splitlines())
    assert first == {"file": str(mug), "products": 1, "variants": 1, "created": 1, "updated": 0, "unchanged": 0,
                     "skipped": 0, "problems": []}
    assert second["problems"][0].keys() == {"line", "handle", "message"}


def test_a_hostile_file_cannot_steer_the_terminal(command: Command, tmp_path: Path) -> None:
    hostile = "\x1b]0;pwned\x07\x9b31m\u202emug"
    file = write(tmp_path / "a\x1b[31mb.csv", HEADER + f"{hostile},{hostile},{hostile},,\n")
    assert command("import", file) == 1
    assert "pwned" in command.err
    assert not any(character in command.out + command.err for character in "\x1b\x07\x9b\u202e")


# export

def test_what_export_writes_is_what_import_reads(command: Command, tmp_path: Path, mug: Path) -> None:
    command("import", mug)
    assert command("export", tmp_path / "all.csv") == 0
    assert "all.csv" in command.out
    assert command("import", tmp_path / "all.csv") == 0
    assert "1 left alone" in command.out


def test_an_export_to_nowhere_is_refused(command: Command, tmp_path: Path) -> None:
    assert command("export", tmp_path / "no folder" / "all.csv") == 1
    assert "all.csv" in command.err


# settings

def test_settings_are_shown_as_they_can_be_given(command: Command) -> None:
    assert command("settings") == 0
    shown = command.out.splitlines()
    assert "shipping_free_from=never" in shown
    assert command("settings", *shown) == 0
    assert command.out.splitlines() == shown


def test_settings_are_changed_and_shown(command: Command) -> None:
    assert command("settings", "name=Ada’s = Café", "tax_rate=8.25", "shipping_free_from=50") == 0
    assert {"name=Ada’s = Café", "tax_rate=8.25", "shipping_free_from=50.00"} <= set(command.out.splitlines())


def test_settings_are_printed_as_json(command: Command) -> None:
    command("settings", "tax_rate=8.25", "shipping_flat=4.90")
    assert command("settings", "--json") == 0
    assert json.loads(command.out) == {
        "name": "Shopkeeper", "currency": "USD", "tax_rate": "8.25", "prices_include_tax": False,
        "shipping_flat": {"amount": 490, "currency": "USD"}, "shipping_free_from": None}


def test_every_wrong_setting_has_its_line_on_stderr(command: Command) -> None:
    assert command("settings", "color=red", "tax_rate=x") == 1
    assert command.out == ""
    assert len(command.err.splitlines()) == 2


def test_a_setting_without_a_value_is_wrong_usage(command: Command) -> None:
    for change in ("tax_rate", "shipping_free_from=", "shipping_free_from= "):  # of a variable that is not set
        assert command("settings", "shipping_free_from=50", change) == 2
        assert "tax_rate=8.25" in command.err
    assert command("settings") == 0
    assert "shipping_free_from=never" in command.out.splitlines()


# Opening the shop

def test_no_command_opens_the_shop_in_the_terminal(command: Command) -> None:
    assert command() == 7
    assert [folder for _, folder in command.opened] == [None]


def test_nothing_of_a_demo_is_left(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (tmp_path / "shop.db").read_bytes()
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert command("demo") == 7
    (_, state), = command.opened
    assert state is not None
    assert state.is_relative_to(folder)
    assert list(folder.iterdir()) == []
    assert (tmp_path / "shop.db").read_bytes() == before


@pytest.mark.parametrize(("arguments", "url"), [
    ([], None), (["--db", "a.db"], "a.db"), (["--db=sqlite:///a=b.db"], "sqlite:///a=b.db"),
])
def test_the_plain_command_goes_straight_to_the_terminal(monkeypatch: pytest.MonkeyPatch, arguments: list[str],
                                                         url: str | None) -> None:
    opened: list[str | None] = []

    def open_terminal(shop: Callable[[], object]) -> int:
        shop()
        return 0

    monkeypatch.setattr(cli, "open_terminal", open_terminal)
    monkeypatch.setattr(cli, "_open", opened.append)
    monkeypatch.setattr(sys, "argv", ["shopkeeper", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert opened == [url]


# Errors

def test_errors_are_told_without_a_traceback(command: Command, tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("Dear Ada," * 1000)
    assert command("settings") == 1
    assert "not a shop's database" in command.err
    assert "Traceback" not in command.err


@pytest.mark.parametrize("arguments", [
    ["nonsense"], ["import"], ["export"], ["--nonsense"], ["settings", "--nonsense"],
])
def test_wrong_usage_ends_with_2(command: Command, arguments: list[str]) -> None:
    assert command(*arguments) == 2
    assert "Usage" in command.err
    assert command.out == ""


def test_help_is_no_error(command: Command) -> None:
    assert command("--help") == 0
    for name in ("import", "export", "settings", "demo", "SHOPKEEPER_DB"):
        assert name in command.out


# In a process of its own

def process(*arguments: str, shop: Path, stdout: int = subprocess.PIPE, **environment: str
            ) -> subprocess.CompletedProcess[str]:
    names = {name: value for name, value in os.environ.items() if name != "TEXTUAL_DRIVER"}
    return subprocess.run([sys.executable, "-m", "shopkeeper", *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False,
                          env=names | {"SHOPKEEPER_DB": str(shop)} | environment)


@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_without_a_terminal_the_shop_is_not_opened(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = process(*arguments, shop=tmp_path / "shop.db")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "needs a terminal" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_shop_is_the_one_in_the_environment(tmp_path: Path) -> None:
    ended = process("init", shop=tmp_path / "mine.db")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "mine.db").exists()


def test_debug_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    ended = process("--debug", "settings", shop=tmp_path)  # a folder
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
    assert "is a folder" in ended.stderr


def test_a_fault_of_the_program_itself_is_told_without_a_traceback() -> None:
    broken = ("import sys, shopkeeper.commands.command_line as commands; from shopkeeper import cli;"
              " commands.run = lambda *given: {}['no such key']; sys.argv[1:] = ['settings']; cli.main()")
    ended = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True, timeout=PATIENCE,
                           check=False)
    assert ended.returncode == 70
    assert "broken (KeyError)" in ended.stderr
    assert "Report " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_terminal_that_cannot_show_a_letter_shows_another(shop_file: Path) -> None:
    ended = process("settings", "name=Ada’s ☕", shop=shop_file, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "name=Ada?s ?" in ended.stdout


def test_a_closed_pipe_ends_it_quietly(shop_file: Path) -> None:
    readable, writable = os.pipe()
    os.close(readable)
    ended = process("settings", shop=shop_file, stdout=writable)
    os.close(writable)
    assert ended.returncode in {0, 1}
    assert ended.stderr == ""


def test_the_way_to_the_first_paint_imports_neither_click_nor_sqlalchemy() -> None:
    ask = ("import sys, shopkeeper.cli, tui.app; print([name for name in ('click', 'sqlalchemy', 'alembic', 'babel',"
           " 'argon2', 'zxcvbn') if name in sys.modules])")
    ended = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert ended.stdout.strip() == "[]"
