"""Every argument and option of every command takes or refuses odd names and texts, and never crashes on one."""
from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from shopkeeper.commands.command_line import command, run
from tests.in_parts import SCRIPT
from tests.waiting import PATIENCE

_NO_FILES = ["", ".", "/", "..", "\0", "new/", "folder/.", "x" * 300, "loop", "dangling", "folder"]
_ODD_FILES = [" ", "\udcff", "\u202e", "-\udcff"]

_GIVEN = {  # what the other parameters of the same command say
    "sku": "MUG", "count": "3", "reason": "counted", "number": "SK-000001", "numbers": "SK-000001",
    "files": "mug.csv", "mood": "well", "file": "out",
}


def _leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, child in group.commands.items():
        if isinstance(child, click.Group):
            yield from _leaves(child, (*path, name))
        else:
            yield (*path, name), child


def _parameters() -> Iterator[tuple[tuple[str, ...], click.Parameter]]:
    assert isinstance(command, click.Group)
    for path, leaf in _leaves(command):
        yield from ((path, one) for one in leaf.params if not (isinstance(one, click.Option) and one.is_flag))


def _argv(path: tuple[str, ...], tried: click.Parameter, value: str, port: str) -> list[str]:
    """The command with this value, and good ones where others are needed."""
    leaf: click.Command = command
    for name in path:
        assert isinstance(leaf, click.Group)
        leaf = leaf.commands[name]
    options, arguments = [], []
    for one in leaf.params:
        said = value if one is tried else port if one.name == "port" else _GIVEN.get(str(one.name), "")
        if isinstance(one, click.Option):
            options += [f"{one.opts[0]}={said}"] if one is tried or one.required or one.name == "port" else []
        elif one is tried or one.required:
            arguments.append(said)
    return [*path, *options, "--", *arguments]


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a shop, a folder, and links that lead nowhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "mug.csv").write_text("Handle,Title,Variant SKU,Variant Price\nmug,Mug,MUG,5\n", "utf-8")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "shop.db").write_bytes(empty_database.read_bytes())
    assert run(["--db", "shop.db", "import", "mug.csv"], lambda *_: 7) == 0
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[str]:
    """A port that is in use: where nothing else is refused, nothing is served either."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.mark.parametrize(("path", "parameter"), [pytest.param(path, one, id=" ".join([*path, str(one.name)]))
                                                 for path, one in _parameters()])
def test_odd_value_is_refused_or_taken_and_never_a_crash(
    folder: Path, capsys: pytest.CaptureFixture[str], taken_port: str, path: tuple[str, ...],
    parameter: click.Parameter
) -> None:
    capsys.readouterr()
    for value in (*_NO_FILES, *_ODD_FILES):
        code = run(["--db", "shop.db", *_argv(path, parameter, value, taken_port)], lambda *_: 7)
        said = capsys.readouterr()
        refused = value == "" or (value in _NO_FILES and parameter.type.name == "file")
        assert code in ((1, 2) if refused else (0, 1, 2)), (value, said)
        assert code == 0 or said.err or said.out, value
    assert (folder / "loop").is_symlink()
    assert not (folder / "nothing").exists()
    assert not (folder / "new").exists()
    assert list((folder / "folder").iterdir()) == []


@pytest.mark.parametrize("verb", [("orders", "list"), ("init",), ("doctor",), ("restore", "mug.csv"),
                                  ("backup", "out"), ("import", "mug.csv"), ("api", "--sample"), ()])
def test_empty_address_of_the_shop_is_refused_by_every_command(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    for address in ("", " "):
        assert run(["--db", address, *verb], _open) == 1
        said = capsys.readouterr()
        assert "is empty" in said.err + said.out
    assert not (folder / "data").exists()


def test_empty_variable_of_the_environment_names_no_shop(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("SHOPKEEPER_DB", "")
    assert run(["orders", "list"], lambda *_: 7) == 1
    assert f"There is no shop at {folder}/data/shopkeeper/shop.db" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--db", "--folder", "--port", "--rate"])
def test_shop_in_parts_refuses_an_empty_value(tmp_path: Path, option: str) -> None:
    script = [SCRIPT, "status", "--folder", tmp_path, option, ""]
    ended = subprocess.run(script, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stderr) == (1, f"shop-in-parts: {option} needs a value.\n")


def _open(shop: object, _folder: Path | None) -> int:
    if callable(shop):
        shop()
    return 0


@pytest.mark.usefixtures("folder")
def test_port_in_use_is_said_and_nothing_is_served(
    capsys: pytest.CaptureFixture[str], taken_port: str
) -> None:
    capsys.readouterr()
    assert run(["--db", "shop.db", "api", "--port", taken_port], lambda *_: 7) == 1
    assert capsys.readouterr().err == f"Port {taken_port} of 127.0.0.1 is in use. Choose another one by --port.\n"
