"""`-`, `/dev/stdout` and `/dev/stdin`: what the command writes to a pipe and reads from one."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shopkeeper.output_files import is_stdout
from tests.waiting import PATIENCE

HEADER = b"Handle,Title,Variant Price\n"
MUG = HEADER + b"mug,Plain Mug,20.00\n"
SHOPKEEPER = (sys.executable, "-m", "shopkeeper")


def run(folder: Path, *arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command on the shop in a folder, which is the current one, too."""
    names = {name: value for name, value in os.environ.items() if name != "TEXTUAL_DRIVER"}
    return subprocess.run(
        [*SHOPKEEPER, *map(str, arguments)], input=given, capture_output=True, timeout=PATIENCE, check=False,
        cwd=folder, env=names | {"SHOPKEEPER_DB": str(folder / "shop.db")})


@pytest.fixture
def folder(shop_file: Path) -> Path:
    return shop_file.parent


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "//dev/fd/1"])
@pytest.mark.parametrize(("arguments", "begins"), [
    (("export",), b"Handle,"), (("ledger", "--export"), b'option "title"'), (("backup",), b"SQLite format 3\0"),
])
def test_output_goes_to_standard_output_alone(
    folder: Path, name: str, arguments: tuple[str, ...], begins: bytes
) -> None:
    before = {path.name for path in folder.iterdir()}
    ended = run(folder, *arguments, name)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(begins)
    assert b" is in " not in ended.stdout
    assert {path.name for path in folder.iterdir()} - before <= {"shop.db-lock"}


@pytest.mark.parametrize("name", [
    "-", "/dev/stdout", "/dev/fd/1", "//dev/stdout", "/dev/./stdout", "///dev//fd/1", "/proc/self/fd/1",
    "//proc/self/./fd/1", "/proc/thread-self/fd/1", "/dev/../dev/stdout", "../" * 20 + "dev/stdout", "devices/stdout",
    "devices/fd/1",
])
def test_every_spelling_of_standard_output_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "devices").symlink_to("/dev")
    assert is_stdout(Path(name))


@pytest.mark.parametrize("name", ["stdout", "dev/stdout", "/dev/null", "/proc/1/fd/1", "/dev/fd", "/dev/stdoutx", "x\0",
                                  "/dev/fd/2"])
def test_other_names_are_not_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert not is_stdout(Path(name))


def test_output_into_a_redirected_file_is_appended_where_the_shell_said_so(folder: Path) -> None:
    (folder / "out").write_bytes(b"before\n")
    with (folder / "out").open("ab") as out:
        subprocess.run([*SHOPKEEPER, "--db", folder / "shop.db", "export", "/dev/stdout"], stdout=out, check=True)
    assert (folder / "out").read_bytes().startswith(b"before\nHandle,")


def test_a_backup_on_standard_output_is_a_whole_one(folder: Path) -> None:
    run(folder, "import", "-", given=MUG)
    (folder / "copy.db").write_bytes(run(folder, "backup", "-").stdout)
    ended = run(folder, "--db", folder / "copy.db", "export", "-")
    assert b"Plain Mug" in ended.stdout


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
def test_products_are_imported_from_standard_input(folder: Path, name: str) -> None:
    ended = run(folder, "import", name, given=MUG)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(f"{name}: 1 product with 1 variant.".encode())
    assert b"Plain Mug" in run(folder, "export", "-").stdout


def test_a_refusal_of_standard_input_names_its_lines(folder: Path) -> None:
    ended = run(folder, "import", "-", given=HEADER + b"mug,Plain Mug,much\n")
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"-:2: mug: ")


def test_nothing_on_standard_input_is_no_product_file(folder: Path) -> None:
    ended = run(folder, "import", "-")
    assert ended.returncode == 1
    assert b"- was refused" in ended.stderr


def test_a_closed_standard_input_is_said(folder: Path) -> None:
    command = f"exec {' '.join(SHOPKEEPER)} --db {folder}/shop.db import - <&-"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"standard input cannot be read: it is closed.\n- was refused;"
                                                   b" nothing of it was imported.\n")


def test_a_receipt_is_verified_from_standard_input_and_a_pipe_does_not_make_it_wait(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name in ("-", "pipe", "/dev/zero"):
        ended = run(folder, "orders", "verify", name, given=b"no receipt")
        assert ended.returncode == 1
        assert name.encode() in ended.stderr


def test_json_and_an_export_cannot_share_standard_output(folder: Path) -> None:
    assert run(folder, "ledger", "--json", "--export", "-").returncode == 2


def test_a_link_to_standard_output_is_named_as_one(folder: Path) -> None:
    (folder / "link").symlink_to("/dev/stdout")
    ended = run(folder, "export", "link")
    assert ended.returncode == 1
    assert b"link is a link to the stream /dev/stdout. Name that itself." in ended.stderr
    assert (folder / "link").is_symlink()
