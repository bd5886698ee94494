"""Products over HTTP."""
from __future__ import annotations

import httpx
import pytest

from shopkeeper import Shop
from tests.api.caller import V1, code_of
from tests.factories import set_price


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["items"]]


def test_all_products_are_listed_by_name(api: httpx.Client) -> None:
    answer = api.get(f"{V1}/product/")
    assert titles(answer) == ["Plain Mug", "Zip Hoodie"]
    assert (answer.json()["total"], answer.json()["next_cursor"]) == (2, None)
    assert answer.json()["items"][0]["price_from"] == {"amount": 2000, "currency": "USD"}


def test_a_cursor_leads_to_the_next_page(api: httpx.Client) -> None:
    first = api.get(f"{V1}/product/", params={"limit": 1})
    second = api.get(f"{V1}/product/", params={"limit": 1, "cursor": first.json()["next_cursor"]})
    assert titles(first) + titles(second) == ["Plain Mug", "Zip Hoodie"]
    assert second.json()["next_cursor"] is None


def test_a_query_finds_and_counts(api: httpx.Client) -> None:
    answer = api.get(f"{V1}/product/query", params={"q": "hood", "option.size": ["m"], "in_stock": "true",
                                                    "price_min": 5000, "price_max": 6000, "sort": "-price"})
    assert titles(answer) == ["Zip Hoodie"]
    sizes = next(each for each in answer.json()["facets"] if each["code"] == "size")
    assert [(value["label"], value["count"], value["selected"]) for value in sizes["values"]] == [
        ("S", 1, False), ("M", 1, True)]


def test_a_query_that_finds_nothing_says_what_would(api: httpx.Client) -> None:
    for typed, found, instead in (("zip hodie", [], ["zip hoodie"]), ("oodie", ["Zip Hoodie"], []), ("xyzzy", [], [])):
        answer = api.get(f"{V1}/product/query", params={"q": typed})
        assert (titles(answer), answer.json()["suggestions"]) == (found, instead)


@pytest.mark.parametrize("parameters", [
    {"limit": "0"}, {"limit": "201"}, {"limit": "many"}, {"cursor": "nonsense"}, {"sort": "cheapest"},
    {"price_min": "-1"}, {"price_min": "9" * 30}, {"price_min": "1e3"}, {"in_stock": "perhaps"}, {"colour": "red"},
    {"price_min": "200", "price_max": "100"},
])
def test_what_no_query_can_have_is_told(api: httpx.Client, parameters: dict[str, str]) -> None:
    answer = api.get(f"{V1}/product/query", params=parameters)
    assert code_of(answer) == (422, "invalid_input")
    assert answer.json()["details"]["fields"]


def test_a_product_has_its_variants(api: httpx.Client) -> None:
    answer = api.get(f"{V1}/product/zip-hoodie")
    assert answer.status_code == 200
    assert [variant["options"] for variant in answer.json()["variants"]] == [{"size": "S"}, {"size": "M"}]
    assert code_of(api.get(f"{V1}/product/no-such-thing")) == (404, "not_found")


def test_what_did_not_change_is_not_sent_again(api: httpx.Client, shop: Shop) -> None:
    first = api.get(f"{V1}/product/plain-mug")
    assert first.headers["cache-control"] == "public, max-age=30"
    again = {"If-None-Match": first.headers["etag"]}
    assert [api.get(f"{V1}/product/plain-mug", headers=again).status_code for _ in range(2)] == [304, 304]
    set_price(shop, 1, "21.00")
    changed = api.get(f"{V1}/product/plain-mug", headers=again)
    assert (changed.status_code, changed.json()["variants"][0]["price"]["amount"]) == (200, 2100)
