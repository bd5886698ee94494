"""A process that serves some parts of the shop."""
from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from shopkeeper import Shop
from tests.api.caller import code_of
from tests.served import NO_LIMITS, served
from tests.waiting import PATIENCE


def test_a_part_serves_its_own_and_documents_the_whole_shop(shop: Shop, api: httpx.Client) -> None:
    with served(shop, replace(NO_LIMITS, only=("product",))) as address, httpx.Client(
            base_url=address, timeout=PATIENCE) as part:
        assert part.get("/").json()["parts"] == ["product"]
        assert part.get("/ecommerce/v1/product/plain-mug").status_code == 200
        assert code_of(part.get("/ecommerce/v1/cart/user")) == (404, "not_found")
        assert part.get("/openapi.json").json() == api.get("/openapi.json").json()


@pytest.mark.parametrize(("given", "taken"), [
    ("0123456789abcdef", True), ("0123456789abcdef" * 2, True),
    ("0123456789abcdef" * 3, False), ("0123456789ABCDEF", False), ("0123456789abcde\"", False), ("", False),
])
def test_a_proxy_may_have_named_a_request(api: httpx.Client, given: str, taken: bool) -> None:
    told = api.get("/healthz", headers={"X-Request-Id": given}).headers.get_list("x-request-id")
    assert len(told) == 1
    assert (told[0] == given) is taken
