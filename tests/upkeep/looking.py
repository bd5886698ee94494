"""Looking into a shop's file, and damaging it."""
from __future__ import annotations

from pathlib import Path

from shopkeeper.upkeep.doctor import examine
from shopkeeper.upkeep.files import sqlite_file
from tests.conftest import FakeClock

ORDERS = ['SK-000001', 'SK-000002']
"""The numbers of the orders in the shop that these tests begin with."""


def ask(path: Path, question: str) -> list[object]:
    """The first column of what a database answers; what is asked may change it."""
    with sqlite_file(path) as connection:
        return [row[0] for row in connection.execute(question)]


def orders_in(path: Path) -> list[object]:
    """The numbers of the orders in a shop's file."""
    return ask(path, 'SELECT number FROM "order" ORDER BY id')


def findings(path: Path) -> list[str]:
    """The codes of what the doctor finds, at the time at which these tests are."""
    return [each.code for each in examine(str(path), clock=FakeClock()).findings]


def end_of_index(path: Path) -> int:
    """Where the first page of an index ends in a shop's file: its entries are just before."""
    (page,) = ask(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_order_shopper_id_id'")
    (size,) = ask(path, "PRAGMA page_size")
    assert isinstance(page, int)
    assert isinstance(size, int)
    return page * size


def flip_bits(path: Path, at: int, length: int = 64) -> None:
    """Turns bytes over, as a failing disk does."""
    with path.open("r+b") as file:
        file.seek(at)
        turned = bytes(byte ^ 0xFF for byte in file.read(length))
        file.seek(at)
        file.write(turned)
