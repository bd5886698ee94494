"""Mangled files without end, led by what they reach in the code: for an hour at a desk, not for CI.

    pip install atheris
    python -m tests.security.fuzz_import -max_total_time=600 -len_control=0 [a folder of inputs to begin with]

It ends at the first file that is neither taken nor refused as it should be, and keeps the input in a file crash-…; the
same command with that file as its argument does it again.
"""
from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import copy

import atheris  # not among the shop's dependencies: its users install it

with atheris.instrument_imports(include=["shopkeeper.catalog", "shopkeeper.text", "shopkeeper.money", "csv", "json"]):
    from shopkeeper.catalog import csv_export, csv_import  # noqa: F401  the shop imports them late
    from shopkeeper.clock import system_clock
    from shopkeeper.database.engine import Database
    from shopkeeper.database.migrate import migrate
    from tests.catalogs import catalog_of
    from tests.security.mangled import TABLE, check, mangled, written

INPUTS_A_SHOP = 50


class Fuzzer:
    """Gives one input after the other to a shop, and now and then opens a new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inputs = 0
        self.taken = 0
        self._template = folder / "template.db"
        self._database = Database.open(str(self._template))
        migrate(self._database)
        (folder / "products.csv").write_bytes(written(TABLE))
        catalog_of(self._database, system_clock).import_csv(folder / "products.csv")

    def __call__(self, data: bytes) -> None:
        if self._inputs % INPUTS_A_SHOP == 0:
            self._database.close()
            self._database = Database.open(str(copy(self._template, self._folder / "shop.db")))
        self._inputs += 1
        self.taken += check(self._database, catalog_of(self._database, system_clock), _file(data))
        if self._inputs % 1_000 == 0:
            sys.stderr.write(f"{self._inputs:,} files, {self.taken:,} taken\n")


def _file(data: bytes) -> bytes:
    numbers = atheris.FuzzedDataProvider(data)
    if numbers.ConsumeIntInRange(0, 9) == 0:
        return bytes(numbers.ConsumeBytes(len(data)))
    return mangled(lambda below: int(numbers.ConsumeIntInRange(0, below - 1)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        atheris.Setup(sys.argv, Fuzzer(Path(name)))
        atheris.Fuzz()
