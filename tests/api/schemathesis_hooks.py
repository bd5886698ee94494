"""What schemathesis is told beyond its settings: whose token to send, and that headers have to be documented, too."""
from __future__ import annotations

import os
from typing import Any

import requests
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.auths import AuthContext

# What a connection needs, whatever the document says.
_TRANSPORT = {"connection", "content-length", "content-type", "date"}


@schemathesis.auth()
class Token:
    """The token of the test's account; to log out, one that nobody needs."""

    def get(self, _case: Case, context: AuthContext) -> str:
        return "nobodys" if context.operation.path.endswith("/logout") else os.environ["SHOPKEEPER_TOKEN"]

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _arguments: dict[str, Any]) -> None:
    """Puts into the cart what the examples change and buy, and expects what it comes to."""
    if case.operation.definition.raw["operationId"] in ("cart_set_quantity", "payment_pay") and _is_example(case.body):
        cart = requests.post(f"{case.operation.base_url}ecommerce/v1/cart/product", json={"variant_id": 17},
                             headers={"Authorization": f"Bearer {os.environ['SHOPKEEPER_TOKEN']}"}, timeout=120).json()
        if "expected_total" in case.body and "total" in cart:
            case.body["expected_total"] = cart["total"]


def _is_example(body: Any) -> bool:
    return isinstance(body, dict) and (body.get("variant_id") == 17 or "tok_visa" in str(body) or "4242" in str(body))


@schemathesis.check
def headers_are_documented(_context: CheckContext, response: Response, case: Case) -> None:
    """The other way round than schemathesis's own check: what is sent stands in the document."""
    told = case.operation.definition.raw["responses"].get(str(response.status_code))
    if told is not None:
        unknown = set(response.headers) - {name.lower() for name in told.get("headers", {})} - _TRANSPORT
        assert not unknown, f"Not in the document: {', '.join(sorted(unknown))}"
