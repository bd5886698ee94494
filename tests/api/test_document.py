"""The OpenAPI document is true, and enough to build a front end from."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from shopkeeper import Card, Shop
from tests.api.caller import V1, Caller, code_of
from tests.conftest import FakeClock
from tests.factories import add_account
from tests.served import served

HERE = Path(__file__).parent


def test_the_shop_is_as_the_document_says(tmp_path: Path, clock: FakeClock) -> None:
    """schemathesis tries all of it out, in a shop in which the document's examples are true."""
    with Shop.open(str(tmp_path / "shop.db"), clock=clock, sample=True) as shop, served(shop) as address:
        ada = add_account(shop)
        total = shop.cart.add(ada, 1).total
        shop.checkout.place(ada, Card.test("4242 4242 4242 4242"), expected_total=total, idempotency_key="first")
        tried = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
             f"{address}/openapi.json", "--no-color"],
            env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE),
                              "SHOPKEEPER_TOKEN": ada.token},
            cwd=tmp_path, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_an_address_names_all_the_methods_that_it_knows(api: httpx.Client) -> None:
    refused = api.request("DELETE", f"{V1}/cart/product")
    assert code_of(refused) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "PATCH, POST"
    assert api.delete(f"{V1}/product/").headers["allow"] == "GET, HEAD"


def test_head_says_what_get_says_without_the_body(api: httpx.Client, ada: Caller) -> None:
    for path, who in ((f"{V1}/product/", {}), (f"{V1}/product/nothing", {}), ("/healthz", {}), ("/openapi.json", {}),
                      (f"{V1}/cart/user", {"Authorization": f"Bearer {ada.token}"})):
        told, asked = api.get(path, headers=who), api.head(path, headers=who)
        assert asked.status_code == told.status_code
        assert asked.content == b""
        changing = {"date", "x-request-id"}
        assert {name: value for name, value in asked.headers.items() if name not in changing} == {
            name: value for name, value in told.headers.items() if name not in changing}
    assert code_of(api.get(f"{V1}/cart/product")) == (405, "method_not_allowed")
    assert api.head(f"{V1}/cart/product").status_code == 405


def test_an_address_is_written_in_one_way(api: httpx.Client) -> None:
    assert code_of(api.get(f"{V1}/product")) == (404, "not_found")
    assert code_of(api.get(f"{V1}/order/")) == (404, "not_found")
