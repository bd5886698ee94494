"""The contract's table and its errors: each row and each code is answered over a socket."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from shopkeeper import DatabaseUnavailable, Shop, ShopDamaged
from shopkeeper.api import limits
from shopkeeper.api.app import Options
from shopkeeper.api.problems import STATUS
from shopkeeper.errors import GatewayUnavailable
from tests.api.caller import CARD, DECLINED, V1, Caller, code_of
from tests.api.raw import exchange, request
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product, set_price, set_stock
from tests.portals import Portal
from tests.served import served
from tests.waiting import PATIENCE

MUG, RARE, DEAR = 1, 2, 3  # variants


@dataclass
class Scene:
    """Somebody new with a token, and what stands behind the scene."""

    ada: Caller
    email: str
    shop: Shop
    portal: Portal
    patch: pytest.MonkeyPatch

    @property
    def client(self) -> httpx.Client:
        return self.ada.client

    def post(self, path: str, **body: object) -> httpx.Response:
        return self.client.post(V1 + path, json=body)

    def fill(self, variant_id: int = MUG) -> Caller:
        assert self.ada.add(variant_id).status_code == 200
        return self.ada

    def order(self) -> str:
        return str(self.fill().pay("order").json()["number"])

    def raising(self, error: Exception) -> Callable[..., None]:
        def broken(*_: object, **__: object) -> None:
            raise error

        return broken


@pytest.fixture(scope="module")
def portal() -> Portal:
    return Portal()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, portal: Portal) -> Iterator[Shop]:
    with Shop.open(str(tmp_path_factory.mktemp("table") / "shop.db"), gateway=portal, clock=FakeClock()) as shop:
        for title in ("Plain Mug", "Rare Mug", "Dear Mug"):
            add_product(shop, title, stock=100)
        yield shop


@pytest.fixture(scope="module")
def address(shop: Shop) -> Iterator[str]:
    with served(shop) as address:
        yield address


@pytest.fixture
def scene(shop: Shop, portal: Portal, address: str, monkeypatch: pytest.MonkeyPatch,
          request: pytest.FixtureRequest) -> Iterator[Scene]:
    email = f"ada-{abs(hash(request.node.name))}@example.com"
    portal.mood, portal.meanwhile = "well", lambda: None
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield Scene(Caller(client, add_account(shop, email).token), email, shop, portal, monkeypatch)


def price_changed(scene: Scene) -> httpx.Response:
    total = scene.fill(DEAR).cart()["total"]
    set_price(scene.shop, DEAR, "21.00")
    return scene.ada.pay(expected_total=total)


def out_of_stock(scene: Scene) -> httpx.Response:
    scene.fill(RARE)
    set_stock(scene.shop, RARE, 0)
    return scene.ada.pay()


def in_flight(scene: Scene) -> httpx.Response:
    total, answers = scene.fill().cart()["total"], []
    scene.portal.meanwhile = lambda: answers.append(scene.ada.pay(expected_total=total))
    scene.ada.pay(expected_total=total)
    assert answers[0].headers["retry-after"] == "1"
    return answers[0]


def reused(scene: Scene) -> httpx.Response:
    total = scene.fill().cart()["total"]
    scene.ada.pay(expected_total=total)
    return scene.ada.pay(expected_total=total, payment=DECLINED)


def changed_cart(scene: Scene) -> httpx.Response:
    tag = scene.ada.call("GET", "/cart/user").headers["etag"]
    return scene.fill().call("PATCH", "/cart/product", {"variant_id": MUG, "quantity": 2}, If_Match=tag)


def guessed(scene: Scene) -> httpx.Response:
    answers = [scene.post("/account/login", email=scene.email, password="another one") for _ in range(7)]
    assert int(answers[-1].headers["retry-after"]) > 0
    return answers[-1]


def asked_too_often(scene: Scene) -> httpx.Response:
    with served(scene.shop, Options(rate_per_token=0, rate_per_address=1)) as address:
        answers = [httpx.get(f"{address}/", timeout=PATIENCE) for _ in range(11)]
    assert int(answers[-1].headers["retry-after"]) > 0
    return answers[-1]


def without_if_match(scene: Scene) -> httpx.Response:
    with served(scene.shop, Options(require_if_match=True)) as address:
        scene.client.base_url = address
        return scene.ada.add(MUG)


def slow_body(scene: Scene) -> httpx.Response:
    scene.patch.setattr(limits, "SLOWEST_BODY", 0.1)
    answer = exchange(str(scene.client.base_url), request("POST", f"{V1}/account/login", body=b"{", length=2))
    return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def unreadable_database(scene: Scene) -> httpx.Response:
    scene.patch.setattr(scene.shop.cart, "view", scene.raising(DatabaseUnavailable("/srv/shop.db is locked")))
    answer = scene.ada.call("GET", "/cart/user")
    assert "/srv" not in answer.text
    assert answer.headers["retry-after"] == "1"
    return answer


def moved_database(scene: Scene) -> httpx.Response:
    file = Path(str(scene.shop._database.path))
    file.rename(file.with_name("elsewhere.db"))
    answer = scene.ada.call("GET", "/cart/user")
    file.with_name("elsewhere.db").rename(file)
    assert str(file) not in answer.text
    return answer


def damaged_order(scene: Scene) -> httpx.Response:
    scene.patch.setattr(scene.shop.orders, "get", scene.raising(ShopDamaged("order_line SK-000001 is damaged")))
    answer = scene.ada.call("GET", "/order/SK-000001")
    assert "order_line" not in answer.text
    return answer


def no_portal(scene: Scene) -> httpx.Response:
    scene.portal.meanwhile = scene.raising(GatewayUnavailable("sk_live_1 is no key"))
    answer = scene.fill().pay()
    assert "sk_live" not in answer.text
    return answer


def too_much_to_do(scene: Scene) -> httpx.Response:
    scene.patch.setattr(limits, "MOST_AT_ONCE", 0)
    return scene.client.get(f"{V1}/product/")


def broken_inside(scene: Scene) -> httpx.Response:
    scene.patch.setattr(scene.shop.cart, "view", scene.raising(KeyError("who knows")))
    answer = scene.ada.call("GET", "/cart/user")
    assert "who knows" not in answer.text
    return answer


def twice_cancelled(scene: Scene) -> httpx.Response:
    number = scene.order()
    scene.ada.call("POST", f"/order/{number}/cancel", Idempotency_Key="c-1")
    return scene.ada.call("POST", f"/order/{number}/cancel", Idempotency_Key="c-2")


CODES: dict[tuple[str, int], Callable[[Scene], httpx.Response]] = {
    ("authentication_failed", 401): lambda scene: scene.post(
        "/account/login", email=scene.email, password="another one"),
    ("login_required", 401): lambda scene: scene.client.get(f"{V1}/cart/user"),
    ("session_expired", 401): lambda scene: Caller(scene.client, "nobodys").call("GET", "/cart/user"),
    ("payment_declined", 402): lambda scene: scene.fill().pay(payment=DECLINED),
    ("not_found", 404): lambda scene: scene.ada.call("GET", "/order/SK-999999"),
    ("method_not_allowed", 405): lambda scene: scene.client.delete(f"{V1}/product/"),
    ("email_taken", 409): lambda scene: scene.post(
        "/account/register", email=scene.email, password=PASSWORD, name="Ada"),
    ("empty_cart", 409): lambda scene: scene.ada.pay(),
    ("in_flight", 409): in_flight,
    ("invalid_state", 409): twice_cancelled,
    ("out_of_stock", 409): out_of_stock,
    ("price_changed", 409): price_changed,
    ("cart_changed", 412): changed_cart,
    ("body_too_slow", 408): slow_body,
    ("body_too_large", 413): lambda scene: scene.post("/account/login", email="x" * 70_000),
    ("unsupported_media_type", 415): lambda scene: scene.client.post(
        f"{V1}/account/login", data={"email": scene.email}),
    ("idempotency_mismatch", 422): reused,
    ("invalid_input", 422): lambda scene: scene.ada.call("POST", "/cart/product", {"variant_id": "1"}),
    ("precondition_required", 428): without_if_match,
    ("rate_limited", 429): asked_too_often,
    ("too_many_attempts", 429): guessed,
    ("internal_error", 500): broken_inside,
    ("database_unavailable", 503): unreadable_database,
    ("database_replaced", 503): moved_database,
    ("shop_damaged", 500): damaged_order,
    ("gateway_unavailable", 503): no_portal,
    ("unavailable", 503): too_much_to_do,
    ("malformed_request", 400): lambda scene: scene.client.post(
        f"{V1}/account/login", content=b"{", headers={"Content-Type": "application/json"}),
    ("missing_idempotency_key", 400): lambda scene: scene.ada.call(
        "POST", "/payment/", {"expected_total": {"amount": 1, "currency": "USD"}, "payment": CARD}),
}


@pytest.mark.parametrize(("code", "status"), CODES)
def test_every_code_is_answered(scene: Scene, code: str, status: int) -> None:
    assert code_of(CODES[code, status](scene)) == (status, code)


def test_there_is_no_other_code() -> None:
    assert dict(CODES.keys()) == STATUS


# Section 4 of the contract, row by row: what each call answers.
TABLE: dict[str, tuple[int, ...]] = {
    "POST /account/register": (201,), "POST /account/login": (200, 401, 429), "POST /account/logout": (204,),
    "GET /product/": (200,), "GET /product/query": (200,), "GET /product/{handle}": (200, 404),
    "POST /cart/product": (200,), "GET /cart/user": (200,), "PATCH /cart/product": (200,),
    "POST /cart/product/remove": (200,), "POST /payment/": (201, 402, 409, 422), "GET /order": (200,),
    "GET /order/{number}": (200, 404), "POST /order/{number}/cancel": (200,),
}


def test_every_row_of_the_table_is_answered(scene: Scene) -> None:
    ada, seen = scene.ada, dict[str, list[httpx.Response]]()

    def call(row: str, body: object = None, **named: str) -> dict[str, Any]:
        method, path = row.split(" ")
        answer = ada.call(method, path.format(**named), body, **({"Idempotency_Key": "c"} if "cancel" in row else {}))
        seen.setdefault(row, []).append(answer)
        return dict(answer.json()) if answer.content else {}

    account = {"email": f"eve-{scene.email}", "password": PASSWORD}
    call("POST /account/register", {**account, "name": "Eve"})
    ada.token = call("POST /account/login", account)["token"]
    assert call("GET /product/")["total"] == 3
    assert call("GET /product/query")["facets"] == []
    mug = call("GET /product/{handle}", handle="plain-mug")["variants"][0]["id"]
    assert call("GET /product/{handle}", handle="nothing")["code"] == "not_found"
    assert call("POST /cart/product", {"variant_id": mug, "quantity": 2})["count"] == 2
    assert call("PATCH /cart/product", {"variant_id": mug, "quantity": 3})["count"] == 3
    assert call("POST /cart/product/remove", {"variant_id": mug})["count"] == 0
    seen["POST /payment/"] = [ada.pay("0")]
    ada.add(mug)
    assert call("GET /cart/user")["total"] == {"amount": 2000, "currency": "USD"}
    assert seen["GET /cart/user"][0].headers["etag"]
    total = ada.cart()["total"]
    seen["POST /payment/"] += [ada.pay("1", DECLINED), ada.pay("2"), ada.pay("2", DECLINED, expected_total=total)]
    number = call("GET /order")["items"][0]["number"]
    assert call("GET /order/{number}", number=number)["status"] == "placed"
    assert call("GET /order/{number}", number="SK-999999")["code"] == "not_found"
    assert call("POST /order/{number}/cancel", number=number)["status"] == "cancelled"
    for _ in range(7):
        call("POST /account/login", {**account, "password": "another one"})
    call("POST /account/logout")
    assert {row: tuple(sorted({answer.status_code for answer in answers})) for row, answers in seen.items()} == TABLE


def test_the_document_tells_the_table(scene: Scene) -> None:
    paths = scene.client.get("/openapi.json").json()["paths"]
    for row, statuses in TABLE.items():
        method, path = row.split(" ")
        assert {str(status) for status in statuses} <= set(paths[V1 + path][method.lower()]["responses"]), row
    assert [scene.client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
