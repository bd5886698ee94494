"""What the README says is true: its commands and its code are run."""
from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shopkeeper import Shop
from tests.served import served

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def block(heading: str, language: str) -> str:
    """The first code block in this language below a heading."""
    section = README.split(f"# {heading}\n", 1)[1]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def commands(text: str) -> list[list[str]]:
    """The words of each line, without what stands behind a `#`."""
    return [words for line in text.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a product export in it, to stand in."""
    shutil.copy(ROOT / "data" / "catalog.csv", tmp_path / "products_export.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_two_commands_stand_in_the_readme() -> None:
    assert block("Install and run", "sh").strip() == "pip install -e . && shopkeeper"
    assert block("Install and test", "sh").strip() == "pip install -e '.[dev]' && pytest"


def test_the_demo_portal_is_told_how_to_behave(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for program, *arguments in commands(block("Shop", "sh")):
        assert program == "shopkeeper"
        subprocess.run([sys.executable, "-m", "shopkeeper", *arguments], stdin=subprocess.DEVNULL, check=True)
    told = capfd.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == ["lose-answer", "lose-answer", "well"]
    assert (folder / "shop.db").exists()


def test_the_owners_commands_run(folder: Path) -> None:
    needing_a_terminal: tuple[list[str], ...] = ([], ["demo"])
    for program, *arguments in commands(block("Keep a shop", "sh")):
        assert program == "shopkeeper"
        done = subprocess.run([sys.executable, "-m", "shopkeeper", *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        opens_a_screen = [word for word in arguments if word not in ("--db", "shop.db")] in needing_a_terminal
        assert done.returncode == (2 if opens_a_screen else 0), done.stderr
    assert (folder / "catalog.csv").stat().st_size > 10_000


def test_a_new_kind_of_product_is_a_few_lines_of_data(folder: Path) -> None:
    (folder / "strings.csv").write_text(block("New kinds of products", "csv"), "utf-8")
    with Shop.open("strings.db") as shop:
        shop.catalog.import_csv("strings.csv")
        strings = shop.catalog.product("bright-strings")
        assert [option.label for option in strings.options] == ["Gauge", "Winding"]
        assert strings.variant(gauge="10", winding="Steel").available == 3


@pytest.mark.usefixtures("folder")
def test_the_code_buys_a_hoodie() -> None:
    names: dict[str, object] = {}
    exec(block("Use it from Python", "python"), names)  # noqa: S102 (our own README)
    assert str(getattr(names["order"], "number")) == "SK-000001"  # noqa: B009 (of no type that is known here)


def test_the_walk_with_curl_buys_two_hoodies(folder: Path) -> None:
    walk = block("Build a front end on it: the shop over HTTP", "bash")
    with Shop.open(str(folder / "shop.db"), sample=True) as shop, served(shop) as address:
        told = subprocess.run(["bash", "-euo", "pipefail", "-c", walk], env=os.environ | {"API": address}, check=True,
                              capture_output=True, text=True)
    assert told.stdout.split()[1:] == ["2", "placed"]
    assert int(told.stdout.split()[0]) > 0
