"""`ctrl+c` at a command: it ends without a word, however early."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

INTERRUPTED_IMPORT = """
import os, runpy, signal, sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
module = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupt())
signal.signal(signal.SIGINT, {handler})
runpy.run_module("shopkeeper", run_name="__main__")
"""
"""The command, interrupted at the import of a module."""


def interrupt(shop: Path, module: str, handler: str = "signal.default_int_handler") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT.format(handler=handler), module, "--db", shop, "settings"],
        capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("module", ["shopkeeper.cli", "shopkeeper.money", "click", "sqlalchemy", "shopkeeper.shop"])
def test_an_interrupt_while_a_command_starts_ends_it_without_a_word(shop_file: Path, module: str) -> None:
    ended = interrupt(shop_file, module)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_command_that_ignores_interrupts_goes_on(shop_file: Path) -> None:
    ended = interrupt(shop_file, "click", "signal.SIG_IGN")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "currency=USD" in ended.stdout
