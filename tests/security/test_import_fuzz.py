"""Mangled files: each is taken or refused in plain words, and what is refused changes nothing."""
from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from shopkeeper.clock import system_clock
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import migrate
from tests.catalogs import catalog_of
from tests.security.mangled import TABLE, check, mangled, written

EXAMPLES = 200
ROUNDS: list[bool] = []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with the products that the files are about, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    database = Database.open(str(folder / "shop.db"))
    migrate(database)
    (folder / "products.csv").write_bytes(written(TABLE))
    catalog_of(database, system_clock).import_csv(folder / "products.csv")
    database.close()
    return folder / "shop.db"


# A file that fails is told as it is: to look for a smaller one takes minutes.
@settings(max_examples=EXAMPLES, deadline=None, phases=(Phase.reuse, Phase.generate),
          suppress_health_check=[HealthCheck.too_slow])
@given(numbers=st.data())
def import_something_mangled(template: Path, numbers: st.DataObject) -> None:
    data = mangled(lambda below: numbers.draw(st.integers(0, below - 1)))
    note(repr(data))
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(str(copy(template, folder)))
        try:
            ROUNDS.append(check(database, catalog_of(database, system_clock), data))
        finally:
            database.close()


def test_a_mangled_file_is_taken_or_refused_and_the_laws_hold(
        template: Path, tried: Callable[[str, int], None]) -> None:
    ROUNDS.clear()
    import_something_mangled(template)
    assert 0.1 < sum(ROUNDS) / len(ROUNDS) < 0.9  # both ways are tried
    tried("mangled files", len(ROUNDS))
