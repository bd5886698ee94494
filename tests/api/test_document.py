"""The OpenAPI document is true, and enough to build a front end from."""
from __future__ import annotations

import httpx

from tests.api.caller import V1, code_of


def test_an_address_names_all_the_methods_that_it_knows(api: httpx.Client) -> None:
    refused = api.request("DELETE", f"{V1}/cart/product")
    assert code_of(refused) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "PATCH, POST"


def test_an_address_is_written_in_one_way(api: httpx.Client) -> None:
    assert code_of(api.get(f"{V1}/product")) == (404, "not_found")
    assert code_of(api.get(f"{V1}/order/")) == (404, "not_found")
