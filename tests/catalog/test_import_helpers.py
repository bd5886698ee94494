"""A large import has helpers on every processor: whatever becomes of them, it says and does the same as without."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shopkeeper import ImportFailed, Shop
from shopkeeper.catalog import csv_helpers, csv_parse, csv_sheet
from shopkeeper.catalog.csv_names import Names
from tests.catalogs import contents, simple, write_csv
from tests.waiting import wait_until

ROWS = [simple(f"mug-{n}", **{"Type": f"Kind {n % 3}", "Tags": "new, blue", "Body (HTML)": "<p>Holds tea.</p>",
                              "Image Src": f"https://example.com/{n}.png", "Variant SKU": f"M-{n}"}) for n in range(9)]
WRONG = [*ROWS[:2], simple("dear", **{"Variant Price": "much"}), *ROWS[2:], simple("late", **{"Variant Price": ""})]

_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a gate in the background ignores it, and so would this
from shopkeeper import Shop
from shopkeeper.catalog import csv_helpers, csv_sheet
csv_sheet._BATCH, csv_helpers._LARGE, csv_helpers._processors = 2, 1, lambda: 2
def tell(done, total):
    print(done / total, flush=True)
    sys.stdin.readline()
with Shop.open(sys.argv[1]) as shop:
    shop.catalog.import_csv(sys.argv[2], progress=tell)
"""


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_sheet, "_BATCH", 2)
    monkeypatch.setattr(csv_helpers, "_LARGE", 1)
    monkeypatch.setattr(csv_helpers, "_processors", lambda: 2)


@pytest.fixture
def shop(shop_file: Path) -> Iterator[Shop]:
    with Shop.open(str(shop_file)) as shop:
        yield shop


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop into which the same was brought by one processor."""
    with Shop.open(str(tmp_path / "alone.db")) as shop:
        with monkeypatch.context() as patched:
            patched.setattr(csv_helpers, "_processors", lambda: 1)
            patched.setattr(csv_helpers, "_helper", None)
            shop.catalog.import_csv(write_csv(tmp_path / "file.csv", *ROWS))
        yield shop


def exported(shop: Shop, path: Path) -> bytes:
    shop.catalog.export_csv(path)
    return path.read_bytes()


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, this program does none of the work that is the helpers'."""
    def work(*_: object, **__: object) -> None:
        raise AssertionError("a helper did not do it")

    monkeypatch.setattr(csv_parse, "products", work)
    monkeypatch.setattr(Names, "wanted", work)


@pytest.mark.usefixtures("alone", "no_work")
def test_helpers_check_and_prepare_all_of_it(shop: Shop, alone: Shop, tmp_path: Path) -> None:
    assert shop.catalog.import_csv(tmp_path / "file.csv").created == 9
    assert exported(shop, tmp_path / "a.csv") == exported(alone, tmp_path / "b.csv")


@pytest.mark.usefixtures("no_work")
def test_what_is_wrong_is_told_in_the_order_of_the_lines(shop: Shop, tmp_path: Path) -> None:
    before = contents(shop._database)
    with pytest.raises(ImportFailed) as refused:
        shop.catalog.import_csv(write_csv(tmp_path / "wrong.csv", *WRONG))
    assert [(each.line, each.handle) for each in refused.value.problems] == [(4, "dear"), (12, "late")]
    assert contents(shop._database) == before


@pytest.mark.parametrize("work", ["csv_check.check", "csv_prepare.prepare"])
def test_a_helper_that_is_gone_is_not_missed(
        work: str, shop: Shop, alone: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, name = work.partition(".")
    monkeypatch.setattr(csv_helpers, "_PROGRAM", f"""
import os
from shopkeeper.catalog import {module}
{module}.{name} = lambda *_, **__: os._exit(1)
{csv_helpers._PROGRAM}""")
    assert shop.catalog.import_csv(tmp_path / "file.csv").created == 9
    assert exported(shop, tmp_path / "a.csv") == exported(alone, tmp_path / "b.csv")


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('Good morning')"])
def test_what_does_not_answer_as_a_helper_is_not_waited_for(
        program: str, shop: Shop, alone: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_helpers, "_PROGRAM", program)
    assert shop.catalog.import_csv(tmp_path / "file.csv").created == 9
    assert exported(shop, tmp_path / "a.csv") == exported(alone, tmp_path / "b.csv")


def test_where_no_program_can_be_started_one_does_all(
        shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert shop.catalog.import_csv(write_csv(tmp_path / "file.csv", *ROWS)).created == 9


@pytest.mark.parametrize("rows", [ROWS, WRONG], ids=["taken", "refused"])
def test_helpers_end_with_their_work(rows: list[dict[str, str]], shop: Shop, tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    try:
        shop.catalog.import_csv(write_csv(tmp_path / "file.csv", *rows))
    except ImportFailed:
        assert rows is WRONG
    assert set(psutil.Process().children()) == before


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_helpers_end_with_an_import_that_is_stopped(how: signal.Signals, shop: Shop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "file.csv", *ROWS)
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, tmp_path / "shop.db", file], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as program:
        assert program.stdin
        assert program.stdout
        # It waits for a word after each line: whoever is to help is there by then.
        while program.stdout.readline() and not (helpers := psutil.Process(program.pid).children()):
            program.stdin.write("go\n")
            program.stdin.flush()
        os.killpg(program.pid, how)
        _, told = program.communicate()
    assert len(helpers) == 2
    wait_until(lambda: not any(each.is_running() for each in helpers), "a helper goes on")
    assert told.count("KeyboardInterrupt") == (how is signal.SIGINT)
    assert shop.catalog.import_csv(file).created == 9
