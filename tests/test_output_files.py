"""Every way to write what a person named: a file whole or not at all, a stream as it comes, all else refused."""
from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from shopkeeper import BackupFailed, InvalidInput, Session, Shop
from tests.factories import add_account, add_product
from tests.machine import as_ordinary_user, permissions, umask
from tests.orders.buying import pay

LETTER = "Dear Ada,"


BEGINNINGS = {"catalog": b"Handle,", "ledger": b"option ", "receipt": b"Receipt", "own data": b"{",
              "backup": b"SQLite format 3\0"}
PRIVATE = {"own data", "backup"}


class Writer:
    """One of the verbs that write a file, on a shop with an order."""

    def __init__(self, name: str, shop: Shop, session: Session) -> None:
        verbs: dict[str, Callable[[Path], object]] = {
            "catalog": shop.catalog.export_csv,
            "ledger": lambda path: shop.ledger.export(path, title="Shop"),
            "receipt": lambda path: shop.orders.save_receipt(session, shop.back_office.orders()[0].number, path),
            "own data": lambda path: shop.privacy.export_to(session, path),
            "backup": shop.upkeep.backup,
        }
        self.shop = shop
        self.is_private = name in PRIVATE
        self.write = verbs[name]
        self.begins = BEGINNINGS[name]

    def refusal(self, path: Path) -> str:
        with pytest.raises((InvalidInput, BackupFailed)) as refused:
            self.write(path)
        return refused.value.message

    def has_written(self, path: Path) -> bool:
        return path.read_bytes().startswith(self.begins)


@pytest.fixture(scope="module")
def shop_with_order(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A closed shop, to be copied; and the token of who ordered there."""
    path = tmp_path_factory.mktemp("ordered") / "shop.db"
    with Shop.open(str(path)) as shop:
        session = add_account(shop)
        shop.cart.add(session, add_product(shop, "mug").variants[0].id)
        pay(shop, session)
    return path, session.token


@pytest.fixture(params=BEGINNINGS)
def writer(request: pytest.FixtureRequest, tmp_path: Path, shop_with_order: tuple[Path, str]) -> Iterator[Writer]:
    template, token = shop_with_order
    with Shop.open(str(shutil.copy(template, tmp_path / "shop.db"))) as shop:
        yield Writer(request.param, shop, shop.accounts.resume(token))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where to write: apart from the shop."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_new_file_is_written_and_nothing_else_is_left(writer: Writer, folder: Path) -> None:
    with umask(0o022):
        writer.write(folder / "new")
    assert writer.has_written(folder / "new")
    assert permissions(folder / "new") == (0o600 if writer.is_private else 0o644)
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_file_with_the_longest_name_is_written(writer: Writer, folder: Path) -> None:
    writer.write(folder / ("n" * 255))
    assert writer.has_written(folder / ("n" * 255))


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_replaced_file_keeps_its_permissions_unless_private(
    writer: Writer, folder: Path, mode: int
) -> None:
    old = folder / "old"
    old.write_text(LETTER)
    old.chmod(mode)
    with umask(0):
        writer.write(old)
    assert writer.has_written(old)
    assert permissions(old) == (0o600 if writer.is_private else mode)


def test_link_to_a_file_is_followed_and_stays_a_link(writer: Writer, folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "file").write_text(LETTER)
    (folder / "link").symlink_to("real/file")
    (folder / "link to link").symlink_to(folder / "link")
    writer.write(folder / "link to link")
    assert writer.has_written(folder / "real" / "file")
    assert (folder / "link").readlink() == Path("real/file")
    assert sorted(path.name for path in folder.rglob("*")) == ["file", "link", "link to link", "real"]


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def make_link_loop(path: Path) -> None:
    path.symlink_to(path)


def make_link_to_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def make_link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def make_link_to_device(path: Path) -> None:
    path.symlink_to("/dev/null")


def make_pipe_without_reader(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))


def make_block_device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | stat.S_IFBLK, os.makedev(7, 4095))  # a loop device that there is not
    except PermissionError:
        path.mkdir()  # only root makes devices


MAKERS = [make_folder, make_link_to_nothing, make_link_loop, make_link_to_folder, make_link_to_pipe,
          make_link_to_device, make_pipe_without_reader, make_socket, make_block_device]


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_no_place_for_a_file_is_refused_and_stays(
    writer: Writer, folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "it")
    before = {path.name: path.lstat() for path in folder.iterdir()}
    assert str(folder / "it") in writer.refusal(folder / "it")
    after = {path.name: path.lstat() for path in folder.iterdir()}
    assert {name: (stat.S_IFMT(it.st_mode), it.st_ino, it.st_rdev) for name, it in after.items()} == {
        name: (stat.S_IFMT(it.st_mode), it.st_ino, it.st_rdev) for name, it in before.items()}


@pytest.mark.parametrize("path", ["nowhere/file", "a file/file", "n" * 256, "nul\0"])
def test_impossible_name_is_refused(writer: Writer, folder: Path, path: str) -> None:
    (folder / "a file").write_text(LETTER)
    writer.refusal(folder / path)
    assert [each.name for each in folder.iterdir()] == ["a file"]


def test_character_device_is_written_to_and_stays(writer: Writer, folder: Path) -> None:
    device = folder / "device"
    try:
        os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(1, 3))  # as /dev/null
    except PermissionError:
        pytest.skip("only root makes devices")
    writer.write(device)
    assert stat.S_ISCHR(device.stat().st_mode)
    assert [path.name for path in folder.iterdir()] == ["device"]


def test_pipe_gives_its_reader_the_whole_file(writer: Writer, folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    with reader_of(pipe) as read:
        writer.write(pipe)
    assert read()[0].startswith(writer.begins)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@contextmanager
def reader_of(pipe: Path) -> Iterator[Callable[[], list[bytes]]]:
    """Reads a pipe to its end; what it read is known after the block."""
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    content: list[bytes] = []
    opened = os.open(pipe, os.O_WRONLY)  # until the shop has it, too

    def read() -> None:
        with os.fdopen(descriptor, "rb") as file:
            content.append(file.read())

    thread = Thread(target=read)
    thread.start()
    try:
        yield lambda: content
    finally:
        os.close(opened)
        thread.join()


def test_descriptor_of_a_shell_is_written_to(writer: Writer, folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    with reader_of(pipe) as read:
        writable = os.open(pipe, os.O_WRONLY)
        writer.write(Path(f"/dev/fd/{writable}"))
        os.close(writable)
    assert read()[0].startswith(writer.begins)


@pytest.mark.parametrize("file", ["shop.db", "shop.db-wal", "shop.db-shm", "shop.db-lock", "shop.db-import-lock"])
def test_the_shop_itself_is_not_replaced(writer: Writer, tmp_path: Path, file: str) -> None:
    (tmp_path / file).touch()  # some are there only at times
    before = (tmp_path / file).read_bytes()
    writer.refusal(tmp_path / file)
    (tmp_path / "link").symlink_to(tmp_path / file)
    writer.refusal(tmp_path / "link")
    assert (tmp_path / file).read_bytes() == before
    writer.shop.settings.change(name="Northwind")


def test_a_backup_is_replaced_by_nothing_but_a_backup(writer: Writer, folder: Path) -> None:
    backup = folder / "monday.db"
    writer.shop.upkeep.backup(backup)
    if writer.begins == BEGINNINGS["backup"]:
        writer.write(backup)
    else:
        assert "is a database" in writer.refusal(backup)
    assert backup.read_bytes().startswith(BEGINNINGS["backup"])


def test_file_is_kept_whole_where_the_disk_is_full(writer: Writer, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "shopkeeper-test", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        (disk / "old").write_text(LETTER)
        told = writer.refusal(disk / "old")
        assert (disk / "old").read_text() == LETTER
        assert "disk" in told
        assert "Make room" in told
        assert [path.name for path in disk.iterdir() if path.name.startswith(".")] == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_what_may_not_be_written_is_said(open_folder: Path, closed: str) -> None:
    from shopkeeper.output_files import write_file

    file = open_folder / "folder" / "file"
    file.parent.mkdir()
    file.write_text(LETTER)
    file.chmod(0o444 if closed == "file" else 0o666)
    file.parent.chmod(0o777 if closed == "file" else 0o555)

    def say() -> str:
        with pytest.raises(InvalidInput) as refused, write_file(file) as text:
            text.write("new")
        return refused.value.message

    assert {"file": "write-protected", "folder": "Permission denied"}[closed] in as_ordinary_user(say)
    assert file.read_text() == LETTER
