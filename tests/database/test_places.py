"""Where a shop can be: in a regular file that is no side file and no backup. All else is refused and stays as it is."""
from __future__ import annotations

import os
import pty
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, Shop
from shopkeeper.commands.command_line import run
from shopkeeper.database.place import check_place
from shopkeeper.database.side_files import SIDE_FILES
from tests.catalogs import simple, write_csv

VERBS = [("init",), ("init", "--sample"), ("import", "mug.csv"), ("restore", "copy.db"), ("orders", "list"),
         ("doctor",), ("backup", "out.db"), ("export", "-"), ("api", "--port", "0"), ()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a catalog to import and a backup to restore; the user's own is apart."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("SHOPKEEPER_DB", raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_csv(folder / "mug.csv", simple("mug"))
    return folder


@pytest.fixture
def backup(folder: Path, shop: Shop) -> Path:
    shop.upkeep.backup(folder / "copy.db")
    return folder / "copy.db"


def refusal(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> str:
    """What a command says that has to fail, in one line."""
    def open_it(shop: Shop | Callable[[], Shop], _state: Path | None) -> int:
        assert callable(shop)
        shop().close()
        return 0

    assert run(["--db", url, *arguments], open_it) == 1, (url, arguments)
    captured = capsys.readouterr()
    return captured.out + captured.err


def identity(path: Path) -> tuple[int, ...]:
    """What must not change about a file that is refused."""
    status = path.lstat()
    return stat.S_IFMT(status.st_mode), status.st_ino, status.st_rdev, status.st_mtime_ns


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))


def make_link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def make_link_to_null(path: Path) -> None:
    path.symlink_to("/dev/null")


def make_link_to_zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing.db")


def make_link_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_link_to_side_file(path: Path) -> None:
    path.symlink_to("shop.db-wal")


def make_pipe_in_the_logs_place(path: Path) -> None:
    os.mkfifo(path.with_name(path.name + "-journal"))


def make_link_in_the_locks_place(path: Path) -> None:
    path.with_name(path.name + "-lock").symlink_to("/dev/null")


MAKERS = [make_pipe, make_socket, make_link_to_pipe, make_link_to_null, make_link_to_zero, make_link_to_nothing,
          make_link_loop, make_link_to_side_file, make_pipe_in_the_logs_place, make_link_in_the_locks_place]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.usefixtures("backup")
def test_no_verb_uses_what_is_no_place_for_a_shop(
    folder: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], None]
) -> None:
    make(folder / "it")
    before = {path.name: identity(path) for path in folder.iterdir()}
    for arguments in VERBS:
        for address in ("it", f"sqlite:///{folder}/it"):
            assert str(folder / "it") in refusal(capsys, address, *arguments)
    assert {path.name: identity(path) for path in folder.iterdir()} == before


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/full"])
def test_a_device_is_refused(capsys: pytest.CaptureFixture[str], device: str) -> None:
    before = identity(Path(device))[:3], sorted(Path(device).parent.glob(f"{Path(device).name}-*"))
    for arguments in VERBS:
        assert "no regular file" in refusal(capsys, device, *arguments)
    assert (identity(Path(device))[:3], sorted(Path(device).parent.glob(f"{Path(device).name}-*"))) == before


@contextmanager
def terminal() -> Iterator[str]:
    """The name of a terminal that nobody reads."""
    master, slave = pty.openpty()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(master)
        os.close(slave)


def test_a_terminal_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal() as name:
        for arguments in VERBS:
            assert "no regular file" in refusal(capsys, name, *arguments)


def test_a_disk_is_refused(folder: Path) -> None:
    try:
        os.mknod(folder / "disk", 0o600 | stat.S_IFBLK, os.makedev(7, 4095))  # a loop device that there is not
    except PermissionError:
        pytest.skip("only root makes devices")
    with pytest.raises(DatabaseUnavailable, match="no regular file"):
        check_place(folder / "disk")


def test_a_shop_named_in_the_environment_or_by_a_program_is_looked_at_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pipe(folder / "it")
    monkeypatch.setenv("SHOPKEEPER_DB", "it")
    for url in (None, "it", str(folder / "it")):
        with pytest.raises(DatabaseUnavailable, match="no regular file"):
            Shop.open(url)


# Side files and backups

@pytest.mark.parametrize("suffix", SIDE_FILES)
@pytest.mark.parametrize("is_open", [True, False])
def test_no_shop_is_made_in_a_side_file(
    folder: Path, capsys: pytest.CaptureFixture[str], backup: Path, suffix: str, is_open: bool
) -> None:
    name = "shop.db"
    if is_open:
        (folder / name).write_bytes(backup.read_bytes())
        (folder / f"{name}{suffix}").touch()
    before = sorted(folder.iterdir())
    for arguments in VERBS:
        assert f"side file of {folder / name}" in refusal(capsys, f"{name}{suffix}", *arguments)
    assert sorted(folder.iterdir()) == before


def test_all_that_lies_beside_a_shop_is_known_as_a_side_file(shop: Shop, shop_file: Path, folder: Path) -> None:
    shop.catalog.import_csv(folder / "mug.csv")
    beside = {path.name.removeprefix("shop.db") for path in shop_file.parent.glob("shop.db?*")}
    assert beside <= {*SIDE_FILES}
    assert "-import-lock" in beside


def test_a_kept_backup_is_examined_but_not_opened(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    made = shop.upkeep.daily_backup()
    assert made is not None
    before = made.path.read_bytes()
    for arguments in (["init"], ["import", "mug.csv"], [], ["orders", "list"]):
        assert "is a backup of" in refusal(capsys, str(made.path), *arguments)
    run(["--db", str(made.path), "doctor"], lambda *_: 7)
    assert made.path.read_bytes() == before
    assert list(made.path.parent.iterdir()) == [made.path]


@pytest.mark.parametrize("remains", ["backup", "log"])
def test_no_new_shop_hides_that_a_file_was_emptied(
    shop: Shop, shop_file: Path, capsys: pytest.CaptureFixture[str], remains: str
) -> None:
    made = shop.upkeep.daily_backup()
    assert made is not None
    shop.close()
    shop_file.write_bytes(b"")
    if remains == "log":
        made.path.unlink()
        shop_file.with_name("shop.db-wal").write_bytes(b"what was not brought in")
    for arguments in (["init"], ["import", "mug.csv"], []):
        assert "is empty, but a shop was in it" in refusal(capsys, str(shop_file), *arguments)
    assert shop_file.read_bytes() == b""
    if remains == "backup":
        assert run(["--db", str(shop_file), "restore", str(made.path)], lambda *_: 7) == 0
    else:
        shop_file.unlink()
        shop_file.with_name("shop.db-wal").unlink()
    Shop.open(str(shop_file)).close()


# Addresses

@pytest.mark.parametrize("address", [
    "", " ", "\t\n", "nul\0.db", "http:/x", "http:x", "http://x/shop.db", "https://x", "HTTP://x", "file:shop.db",
    "file:shop.db?mode=rwc", "file:///shop.db", "sqlite3:///x.db", "sqlight:///x.db", "SQLite:shop.db", "ftp:/x",
    "sqlite:///shop.db?foo=1", "sqlite:///shop.db?mode=memory", "sqlite:///file:shop.db", "sqlite:///", "sqlite://x/y",
    "mysql:///x", "shop.db/", "new/", "new/.", "new/..", "sqlite:///new/", "n" * 244, "n" * 300,
    "/".join(["long"] * 150), "mug.csv/shop.db", ":memory:",
])
def test_an_address_that_names_no_file_is_refused_in_one_line_and_makes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    before = sorted(folder.iterdir())
    for arguments in VERBS:
        assert refusal(capsys, address, *arguments).rstrip("\n").count("\n") <= (12 if arguments == ("doctor",) else 0)
    assert sorted(folder.iterdir()) == before
    assert not (folder.parent / "data").exists()


@pytest.mark.parametrize("address", ["postgresql://", "postgresql://ada:secret@localhost/shop", "postgres://localhost",
                                     "postgresql://ada:secret@host:port/x", "mysql://ada:secret@localhost/shop"])
def test_what_is_accepted_is_named_and_a_password_is_not(
    capsys: pytest.CaptureFixture[str], address: str
) -> None:
    words = refusal(capsys, address, "init")
    assert "Give a path" in words
    assert "secret" not in words


@pytest.mark.parametrize("address", ["10:30.db", "a b.db", "x?y#z%20.db", "n" * 243, "Café.db", "./http:x",
                                     "caf\udce9.db"])
def test_an_unusual_name_is_taken_as_it_is(folder: Path, address: str) -> None:
    Shop.open(address).close()
    assert os.path.normpath(address) in {path.name for path in folder.iterdir()}


def test_a_shop_with_the_longest_name_does_not_keep_another_from_being_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ("n" * 255)).touch()
    assert "There is no shop at" in refusal(capsys, "shp.db", "orders", "list")


def test_a_pipe_is_no_backup_whatever_is_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_pipe(folder / "pipe")
    (folder / "pipe-journal").write_bytes(b"something")
    assert "pipe is no regular file" in refusal(capsys, "shop.db", "restore", "pipe")
