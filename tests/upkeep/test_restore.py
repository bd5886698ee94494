"""A backup takes the place of the shop; what was there is set aside, whole."""
from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from shopkeeper import DatabaseUnavailable, PaymentDeclined, RestoreRefused, SessionExpired, Shop
from shopkeeper.database.engine import Database
from shopkeeper.database.lock import held_alone
from shopkeeper.database.migrate import migrate, revisions
from shopkeeper.database.side_files import side_file
from shopkeeper.upkeep.files import sqlite_file
from shopkeeper.upkeep.restore import Restored, restore
from tests.conftest import FakeClock
from tests.factories import PASSWORD
from tests.machine import permissions, umask
from tests.orders.buying import DECLINED, pay
from tests.upkeep.looking import ORDERS, ask, end_of_index, findings, flip_bits, orders_in
from tests.waiting import PATIENCE

OPEN_AND_WAIT = """
import sys
from shopkeeper import Shop
with Shop.open(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""
SELL_AND_DIE = """
import os, signal, sys
from shopkeeper import Shop
from tests.factories import add_account
shop = Shop.open(sys.argv[1])
add_account(shop, "late@example.com")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def backup(file: Path, tmp_path: Path) -> Path:
    """A backup of the shop, after which another order came in."""
    path = tmp_path / "backup.db"
    with Shop.open(str(file), clock=FakeClock()) as shop:
        shop.upkeep.backup(path)
        session = shop.accounts.login("ada@example.com", PASSWORD)
        pay(shop, session, key="later")
    return path


def refusal(file: Path, backup: Path) -> str:
    """What is said instead of restoring; and nothing is changed."""
    before = sorted(file.parent.glob("*[!k]")), file.read_bytes()  # but for -lock
    with pytest.raises(RestoreRefused) as refused:
        restore(str(file), backup)
    assert (sorted(file.parent.glob("*[!k]")), file.read_bytes()) == before
    return refused.value.message


def test_the_shop_is_what_it_was_and_the_other_is_set_aside(file: Path, backup: Path, clock: FakeClock) -> None:
    with umask(0):
        done = restore(str(file), backup, clock=clock)
    assert done == Restored(file, file.with_name("shop.db-replaced-20261122T140500.000000Z"))
    assert done.aside is not None
    assert orders_in(file) == ORDERS
    assert orders_in(done.aside) == [*ORDERS, "SK-000003"]
    assert (permissions(file), permissions(done.aside)) == (0o600, 0o600)
    assert (findings(file), findings(done.aside)) == ([], [])
    assert orders_in(backup) == ORDERS
    assert not list(file.parent.glob(".*"))


def test_a_restored_shop_sells(file: Path, backup: Path, clock: FakeClock) -> None:
    restore(str(file), backup)
    with Shop.open(str(file), clock=clock) as shop:
        session = shop.accounts.login("ada@example.com", PASSWORD)
        assert shop.cart.view(session).count == 1  # as when the backup was made
        assert pay(shop, session, key="again").status == "placed"
    assert findings(file) == []


def test_no_order_gets_a_number_that_another_had_before_the_shop_was_restored(
        file: Path, backup: Path, tmp_path: Path, clock: FakeClock) -> None:
    restore(str(file), backup)
    assert [buy(file, clock), buy(file, clock)] == ["SK-000004", "SK-000005"]  # SK-000003 came after the backup
    restore(str(file), backup)
    assert buy(file, clock) == "SK-000006"
    restore(str(file), backup)
    flip_bits(file, 0, 4096)
    restore(str(file), backup)
    assert int(buy(file, clock).removeprefix("SK-")) > 10_000  # what came before nobody knows
    lost = restore(str(tmp_path / "lost" / "shop.db"), backup).database
    assert buy(lost, clock) == "SK-010003"
    assert findings(lost) == []


def test_neither_number_nor_key_of_what_came_after_the_backup_is_given_again(
        file: Path, backup: Path, clock: FakeClock) -> None:
    decline(file, clock, 3)  # orders SK-000001 to SK-000003, and six ids
    restore(str(file), backup)
    assert (buy(file, clock), keys_in(file)[-1]) == ("SK-000004", "pay:attempt-000007:1")
    decline(file, clock, 2)
    restore(str(file), backup)
    decline(file, clock, 1)
    assert (buy(file, clock), keys_in(file)[-1]) == ("SK-000005", "pay:attempt-000011:1")
    assert findings(file) == []


def decline(file: Path, clock: FakeClock, times: int) -> None:
    """Ada's card is declined so often."""
    with Shop.open(str(file), clock=clock) as shop:
        session = shop.accounts.login("ada@example.com", PASSWORD)
        if not shop.cart.view(session).lines:
            shop.cart.add(session, 1)
        for time in range(times):
            with pytest.raises(PaymentDeclined):
                pay(shop, session, DECLINED, key=f"declined-{clock.time}-{time}")
    clock.advance(1)


def keys_in(file: Path) -> list[object]:
    """The keys of the payments in a shop's file."""
    return ask(file, "SELECT key FROM payment ORDER BY id")


def buy(file: Path, clock: FakeClock) -> str:
    """The number of Ada's next order."""
    with Shop.open(str(file), clock=clock) as shop:
        session = shop.accounts.login("ada@example.com", PASSWORD)
        if not shop.cart.view(session).lines:
            shop.cart.add(session, 1)
        return pay(shop, session, key=f"key-{clock.time}-{shop.orders.history(session).total}").number


def test_a_lost_shop_is_restored_into_nothing(tmp_path: Path, backup: Path, file: Path) -> None:
    with Shop.open(str(tmp_path / "lost" / "shop.db")):  # its log is left behind: not to be taken for the new one's
        shutil.copy(tmp_path / "lost" / "shop.db-wal", tmp_path / "left")
    (tmp_path / "lost" / "shop.db").unlink()
    shutil.move(tmp_path / "left", tmp_path / "lost" / "shop.db-wal")
    done = restore(str(tmp_path / "lost" / "shop.db"), backup)
    assert done.aside is None
    assert orders_in(done.database) == ORDERS
    assert findings(done.database) == []
    new = restore(str(tmp_path / "new" / "folder" / "shop.db"), backup)
    assert orders_in(new.database) == ORDERS
    assert permissions(new.database.parent) == 0o700
    assert file.exists()


def test_what_a_crash_left_in_the_log_is_set_aside_with_the_shop(file: Path, backup: Path) -> None:
    died = subprocess.run([sys.executable, "-c", SELL_AND_DIE, str(file)], check=False, timeout=PATIENCE)
    assert died.returncode == -signal.SIGKILL
    assert side_file(file, "-wal").stat().st_size > 0
    done = restore(str(file), backup)
    assert done.aside is not None
    assert "late@example.com" in ask(done.aside, "SELECT email FROM account")
    assert "late@example.com" not in ask(file, "SELECT email FROM account")
    assert findings(file) == []


def test_a_shop_beyond_reading_is_set_aside_as_it_is(file: Path, backup: Path) -> None:
    flip_bits(file, 0, 4096)  # not even its header is left
    damaged = file.read_bytes()
    done = restore(str(file), backup)
    assert done.aside is not None
    assert done.aside.read_bytes() == damaged
    assert (orders_in(file), findings(file)) == (ORDERS, [])


def test_a_shop_whose_schema_is_not_text_is_set_aside_as_it_is(file: Path, backup: Path) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(b"CREATE TABLE shopper") + 3] = 0xBB
    file.write_bytes(content)
    done = restore(str(file), backup)
    assert done.aside is not None
    assert done.aside.read_bytes() == content
    assert (orders_in(file), findings(file)) == (ORDERS, [])


def test_a_damaged_shop_is_set_aside_with_what_is_left_in_the_log(file: Path, backup: Path) -> None:
    flip_bits(file, end_of_index(file) - 64)
    subprocess.run([sys.executable, "-c", SELL_AND_DIE, str(file)], check=False, timeout=PATIENCE)
    done = restore(str(file), backup)
    assert done.aside is not None
    assert "late@example.com" in ask(done.aside, "SELECT email FROM account")
    assert "damaged" in findings(done.aside)
    assert (orders_in(file), findings(file)) == (ORDERS, [])


def test_tokens_that_were_dead_stay_dead(shop: Shop, file: Path, tmp_path: Path, clock: FakeClock) -> None:
    session, guest = shop.accounts.login("ada@example.com", PASSWORD), shop.accounts.guest()
    shop.cart.add(guest, 1)
    shop.upkeep.backup(tmp_path / "backup.db")
    shop.accounts.logout(session)
    shop.close()
    restore(str(file), tmp_path / "backup.db")
    with Shop.open(str(file), clock=clock) as again:
        with pytest.raises(SessionExpired):
            again.accounts.resume(session.token)
        assert again.cart.view(again.accounts.resume(guest.token)).count == 1


def test_an_older_backup_is_brought_up_to_date(file: Path, tmp_path: Path) -> None:
    older = Database.open(str(tmp_path / "older.db"))
    migrate(older, to="0001")
    older.close()
    with sqlite_file(tmp_path / "older.db") as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    restore(str(file), tmp_path / "older.db")
    assert ask(file, "SELECT version_num FROM alembic_version") == [revisions()[-1]]
    assert ask(tmp_path / "older.db", "SELECT version_num FROM alembic_version") == ["0001"]


def test_while_a_program_has_the_shop_open_it_is_not_replaced(file: Path, backup: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", OPEN_AND_WAIT, str(file)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "open\n"
    with pytest.raises(DatabaseUnavailable, match=r"Another program has .* open"):
        restore(str(file), backup)
    program.kill()  # the lock ends with its process, however that ends
    program.communicate(timeout=PATIENCE)
    restore(str(file), backup)
    assert orders_in(file) == ORDERS


def test_while_another_kind_of_program_has_it_open_it_is_not_replaced(file: Path, backup: Path) -> None:
    Shop.open(str(file)).close()
    with sqlite_file(file) as other:
        other.execute("SELECT count(*) FROM account").fetchone()
        assert "Another program" in refusal(file, backup)


def test_while_it_is_replaced_nobody_opens_it(file: Path) -> None:
    with held_alone(file), pytest.raises(DatabaseUnavailable, match="being replaced by a backup"):
        Shop.open(str(file))
    Shop.open(str(file)).close()


def test_the_shop_itself_a_folder_and_another_programs_database_are_not_replaced(
    file: Path, backup: Path, tmp_path: Path
) -> None:
    assert "is the shop itself" in refusal(file, file)
    with pytest.raises(RestoreRefused, match="is a folder"):
        restore(str(tmp_path), backup)
    with pytest.raises(RestoreRefused, match="pg_restore"):
        restore("postgresql+psycopg://localhost/shop", backup)
    other = tmp_path / "other.db"
    other.touch()
    ask(other, "CREATE TABLE recipe (id INTEGER)")
    assert "not a shop's" in refusal(other, backup)


def test_the_lock_is_the_same_by_whatever_way_one_comes(file: Path, backup: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(file)
    for one, other in ((file, link), (link, file)):
        with Shop.open(str(one)), pytest.raises(DatabaseUnavailable, match="open"):
            restore(str(other), backup)
    done = restore(str(link), backup)
    assert done.database == file
    assert link.is_symlink()
    assert orders_in(link) == ORDERS


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_restore_that_fails_at_the_end_leaves_the_shop_its_one_name(
    file: Path, backup: Path, clock: FakeClock, is_lost: bool
) -> None:
    if is_lost:
        file.unlink()
        side_file(file, "-wal").write_bytes(b"what was written last")
        (file.parent / "shop.db-lock").touch()
    else:
        Shop.open(str(file)).close()
        ask(file, "PRAGMA journal_mode = DELETE")
    before = {path: path.read_bytes() for path in file.parent.iterdir()}

    def lose_new_database() -> datetime:
        for made in file.parent.glob(".shopkeeper-*/*.db"):
            made.unlink()
        return clock()

    with pytest.raises(RestoreRefused, match="cannot be replaced"):
        restore(str(file), backup, clock=lose_new_database)
    assert {path: path.read_bytes() for path in file.parent.iterdir()} == before
    restore(str(file), backup, clock=clock)
    assert orders_in(file) == ORDERS
