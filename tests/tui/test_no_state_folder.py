"""Where the terminal's state cannot be written, the shop works for this visit, and says nothing of it."""
from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.factories import add_product
from tests.machine import as_ordinary_user
from tui.app import ShopApp
from tui.shared_session import SharedSession
from tui.state import TerminalState
from tui.testing import Shopper


def fill_cart(shop: Shop, folder: Path) -> int:
    """A new guest's cart of two mugs, whose state is to be kept in `folder`."""
    variant = add_product(shop, "mug").variants[0].id
    session = SharedSession(shop, TerminalState(folder))
    session.resume()
    shop.cart.add(session.or_guest(), variant)
    return shop.cart.add(session.or_guest(), variant).count


def file_in_place(folder: Path) -> None:
    folder.write_text("")


def file_above(folder: Path) -> None:
    folder.parent.rmdir()
    folder.parent.write_text("")


def broken_link(folder: Path) -> None:
    folder.symlink_to(folder.with_name("nowhere"))


def folder_in_place_of_file(folder: Path) -> None:
    (folder / "terminal.json" / "x").mkdir(parents=True)


def folder_in_place_of_new_file(folder: Path) -> None:
    (folder / "terminal.new").mkdir(parents=True)


def folder_in_place_of_lock(folder: Path) -> None:
    (folder / "terminal.lock").mkdir(parents=True)


@pytest.mark.parametrize("spoil", [file_in_place, file_above, broken_link, folder_in_place_of_file,
                                   folder_in_place_of_new_file, folder_in_place_of_lock])
def test_guest_fills_cart_where_state_cannot_be_written(
    shop: Shop, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "above" / "state"
    folder.parent.mkdir()
    spoil(folder)
    assert fill_cart(shop, folder) == 2


def test_guest_fills_cart_where_the_state_folder_is_read_only(open_folder: Path, empty_database: Path) -> None:
    database, state = open_folder / "mine" / "shop.db", open_folder / "state"
    database.parent.mkdir()
    database.parent.chmod(0o777)
    shutil.copy(empty_database, database)
    database.chmod(0o666)
    state.mkdir(mode=0o555)

    def count() -> str:
        with Shop.open(str(database)) as shop:
            return str(fill_cart(shop, state))

    assert as_ordinary_user(count) == "2"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk without room; a folder that is none where it is not allowed to mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=8", "shopkeeper-test", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        disk.rmdir()
        disk.write_text("")
        yield disk
        return
    (disk / "others").write_bytes(bytes(4096))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_guest_fills_cart_where_the_disk_of_the_state_is_full(shop: Shop, full_disk: Path) -> None:
    assert fill_cart(shop, full_disk / "state") == 2


async def test_guest_adds_to_cart_on_the_screen_where_state_cannot_be_written(
    sample_shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    app = ShopApp(sample_shop, state_folder=tmp_path / "file" / "state")
    async with app.run_test(size=(120, 40)) as pilot:
        shopper = Shopper(pilot)
        await shopper.open("Five-Panel Cap")
        await shopper.add_to_cart(quantity=2)
        assert app.cart is not None
        assert app.cart.count == 2
        assert app.report is None
