"""An import that is stopped at any moment leaves nothing half done."""
from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.database.engine import Database
from tests.catalogs import catalog_of, contents, simple, write_csv
from tests.conftest import FakeClock
from tests.waiting import PATIENCE

PRODUCTS = 8

# A program of its own: it says how far it is, and goes on at a word; a signal comes instead.
_IMPORT = """
import signal, sys
from shopkeeper import Shop
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background ignores it
def tell(done, total):
    print(done / total, flush=True)
    sys.stdin.readline()
with Shop.open(sys.argv[1]) as shop:
    shop.catalog.import_csv(sys.argv[2], progress=tell)
"""


def rows(title: str) -> list[dict[str, str]]:
    return [simple(f"mug-{n}", Title=title, **{"Option1 Name": "Size", "Option1 Value": f"{title} {n}"})
            for n in range(PRODUCTS)]


def test_an_import_that_is_stopped_at_any_step_changes_nothing(
        database: Database, clock: FakeClock, tmp_path: Path, tried: Callable[[str, int], None]) -> None:
    catalog = catalog_of(database, clock)
    catalog.import_csv(write_csv(tmp_path / "old.csv", *rows("Old")))
    before, new = contents(database), write_csv(tmp_path / "new.csv", *rows("New"))
    steps: list[int] = []
    catalog.import_csv(new, dry_run=True, progress=lambda done, _total: steps.append(done))
    *unfinished, _whole = steps
    for step in unfinished:
        def stop(done: int, _total: int, step: int = step) -> None:
            if done == step:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            catalog.import_csv(new, progress=stop)
        assert contents(database) == before
    assert catalog.import_csv(new).updated == PRODUCTS
    tried("imports that were stopped", len(unfinished))


@pytest.mark.parametrize("part", [0.4, 0.8])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_a_program_that_is_stopped_while_it_imports_changes_nothing(
        part: float, how: signal.Signals, tmp_path: Path, tried: Callable[[str, int], None]) -> None:
    path = tmp_path / "shop.db"
    with Shop.open(str(path)) as shop:
        shop.catalog.import_csv(write_csv(tmp_path / "old.csv", *rows("Old")))
        before = contents(shop._database)
    new = write_csv(tmp_path / "new.csv", *rows("New"))
    with subprocess.Popen([sys.executable, "-c", _IMPORT, path, new], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdin
        assert program.stdout
        while float(program.stdout.readline()) < part:
            program.stdin.write("go\n")
            program.stdin.flush()
        program.send_signal(how)
        assert program.wait(PATIENCE) != 0
    with Shop.open(str(path)) as shop:
        assert contents(shop._database) == before
    tried("imports that were stopped", 1)
