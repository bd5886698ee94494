"""The Postman collection: newman runs it from top to bottom, and its own tests say whether the shop did well."""
from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import Shop
from shopkeeper.config import data_folder
from tests.served import served

HERE = Path(__file__).parent
NPM = Path(sysconfig.get_path("scripts")) / "npm"
COLLECTION = data_folder() / "postman" / "shopkeeper.postman_collection.json"
ENVIRONMENT = data_folder() / "postman" / "shopkeeper.postman_environment.json"


def test_the_collection_finds_the_shop_as_it_should_be(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    report = tmp_path / "report.json"
    with Shop.open(str(tmp_path / "shop.db"), sample=True) as shop, served(shop) as address:
        run = subprocess.run(
            [newman(pytestconfig), "run", COLLECTION, "--environment", ENVIRONMENT, "--env-var", f"baseUrl={address}",
             "--reporters", "cli,json", "--reporter-json-export", report, "--color", "off"],
            capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    stats = json.loads(report.read_text("utf-8"))["run"]["stats"]
    assert stats["requests"]["total"] >= sum(len(folder["item"]) for folder in collection()["item"])
    assert stats["assertions"]["total"] > 3 * stats["requests"]["total"]


def test_every_request_of_the_collection_is_tested() -> None:
    for folder in collection()["item"]:
        for item in folder["item"]:
            script = "\n".join(line for event in item["event"] for line in event["script"]["exec"])
            assert "pm.response.to.have.status" in script, item["name"]


def collection() -> dict[str, Any]:
    return dict(json.loads(COLLECTION.read_text("utf-8")))


def newman(config: pytest.Config) -> Path:
    """The program, which npm installs into a cache where it is missing or another."""
    assert config.cache is not None
    home, wanted, lock = config.cache.mkdir("newman"), HERE / "newman", "package-lock.json"
    installed = home / "made.json"
    if not installed.exists() or installed.read_bytes() != (wanted / lock).read_bytes():
        shutil.copytree(wanted, home, dirs_exist_ok=True)
        subprocess.run([NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=home, check=True,
                       capture_output=True)
        shutil.copy(wanted / lock, installed)
    return home / "node_modules" / ".bin" / "newman"
