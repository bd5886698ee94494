"""A cart outlives the program, however that ends."""
from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from shopkeeper import Shop
from tests.factories import add_product
from tests.waiting import PATIENCE

_FILL_AND_DIE = """
import os, signal, sys
from shopkeeper import Shop
shop = Shop.open(sys.argv[1])
shop.cart.add(shop.accounts.resume(sys.argv[2]), int(sys.argv[3]), 2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_cart_outlives_a_killed_program(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.db")
    with Shop.open(path) as shop:
        mug = add_product(shop, "Plain Mug").variants[0].id
        guest = shop.accounts.guest()
    died = subprocess.run([sys.executable, "-c", _FILL_AND_DIE, path, guest.token, str(mug)], check=False,
                          timeout=PATIENCE)
    assert died.returncode == -signal.SIGKILL
    with Shop.open(path) as shop:
        assert [(line.title, line.quantity) for line in shop.cart.view(guest).lines] == [("Plain Mug", 2)]
