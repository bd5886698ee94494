"""Killed at any step of a restore, the shop is the old one or the new one, whole; and it can be restored again."""
from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.upkeep.restore import restore
from tests.factories import add_account
from tests.upkeep.looking import ORDERS, ask, findings, orders_in

STEPS = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "open"}
"""What Python tells before it does it, and what may change a folder."""

EARLY, LATE = "early@example.com", "late@example.com"
NEWCOMERS = "SELECT email FROM account WHERE email <> 'ada@example.com'"
OUTCOMES = {2: "old", 1: "old without its log", 0: "new"}


def killed_at(step: int, shop: Path, backup: Path) -> bool:
    """Restores in a child that kills itself before its n-th step; whether it came so far."""
    child = os.fork()
    if child == 0:
        steps = 0

        def die(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            if event in STEPS and str(shop.parent) in str(arguments[:2]):
                steps += 1
                if steps == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        restore(str(shop), backup)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.fixture
def crashed(tmp_path: Path, template: Path) -> Path:
    """A folder with a shop, as a crash left it: the newest account is in the log only; and a backup of before."""
    folder = tmp_path / "open"
    folder.mkdir(mode=0o700)
    shutil.copy(template, folder / "shop.db")
    (folder / "shop.db").chmod(0o600)
    with Shop.open(str(folder / "shop.db")) as shop:
        shop.upkeep.backup(folder / "backup.db")
        add_account(shop, EARLY)
    with Shop.open(str(folder / "shop.db")) as shop:
        add_account(shop, LATE)
        shutil.copytree(folder, tmp_path / "crashed")
    return tmp_path / "crashed"


def test_a_restore_that_is_killed_at_any_step_leaves_a_whole_shop(
    tmp_path: Path, crashed: Path, tried: Callable[[str, int], None]
) -> None:
    outcomes: list[str] = []
    for step in count(1):
        folder = tmp_path / str(step)
        shutil.copytree(crashed, folder)
        backup, shop = folder / "backup.db", folder / "shop.db"
        if not killed_at(step, shop, backup):
            break
        outcomes.append(OUTCOMES[len(ask(shop, NEWCOMERS))])
        assert orders_in(shop) == ORDERS
        assert set(findings(shop)) <= {"two_names"}  # it was about to get its new one
        restore(str(shop), backup)
        assert ask(shop, NEWCOMERS) == []
        assert findings(shop) == []
    assert set(outcomes) == {"old", "new"}
    assert outcomes == sorted(outcomes, reverse=True)  # first the old one, then the new one
    tried("kills of a restore", len(outcomes))
