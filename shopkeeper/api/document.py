"""What the OpenAPI document says beyond what types say: errors, headers, parameters that the catalog names."""
from __future__ import annotations

from typing import Any

from shopkeeper.api.answers.buying import OrderAnswer
from shopkeeper.api.problems import MEDIA_TYPE, STATUS

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_REQUEST_ID = {"description": "The request's id, which the log knows, too.", "schema": {"type": "string"}}
_RETRY_AFTER = {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}
_ETAG = {"description": "What `If-None-Match` and, for carts, `If-Match` take.", "schema": {"type": "string"}}


def problems(*codes: str) -> Responses:
    """The responses for these codes, by status."""
    found: Responses = {}
    for code in codes:
        status = STATUS[code]
        known = found.setdefault(status, _problem())
        known["description"] = f"{known['description']}, `{code}`".lstrip(", ")
        if status in (429, 503):
            known["headers"]["Retry-After"] = _RETRY_AFTER
        if status == 401:
            known["headers"]["WWW-Authenticate"] = {"schema": {"type": "string"}, "description": "`Bearer`"}
    return found


def joined(*several: Responses) -> Responses:
    """All of these responses; of the same status, all codes are named."""
    found: Responses = {}
    for responses in several:
        for status, told in responses.items():
            before = found.get(status, {})
            words = [each["description"] for each in (before, told) if each.get("description")]
            found[status] = before | told | ({"description": ", ".join(dict.fromkeys(words))} if words else {})
    return found


def cached() -> Responses:
    """What a GET that may be kept answers besides."""
    return {200: {"headers": {"ETag": _ETAG, "Cache-Control": {"schema": {"type": "string"}, "description":
                                                                "How long it may be kept."}}},
            304: {"description": "It is still what `If-None-Match` names."}}


def _problem() -> dict[str, Any]:
    return {"description": "", "content": {MEDIA_TYPE: {"schema": _PROBLEM}}, "headers": {"X-Request-Id": _REQUEST_ID}}


ANYWHERE = problems("malformed_request", "session_expired", "body_too_slow", "body_too_large",
                    "unsupported_media_type", "invalid_input", "rate_limited", "internal_error",
                    "database_unavailable")
"""What any call can be answered with."""

WITH_TAG: Responses = {200: {"headers": {"ETag": _ETAG}}, 304: cached()[304]}

CART_CHANGES: Responses = joined(
    {200: {"headers": {"ETag": _ETAG}}}, problems("not_found", "out_of_stock", "cart_changed", "precondition_required"))
"""What changing a cart can be answered with. `If-Match` is asked for only where a server is started so."""

PURCHASE_ANSWERS: Responses = joined(
    {201: {"headers": {"Location": {"schema": {"type": "string"}, "description": "The order's address."}}},
     202: {"model": OrderAnswer, "description": "Written, and awaiting its payment: the portal has not answered yet."}},
    problems("malformed_request", "missing_idempotency_key", "login_required", "session_expired", "payment_declined",
             "empty_cart", "price_changed", "out_of_stock", "invalid_state", "in_flight", "invalid_input",
             "idempotency_mismatch"))

IDEMPOTENT: dict[str, Any] = {"parameters": [{
    "name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 1,
                                                                           "maxLength": 200},
    "description": "A name of the caller's own for this request: the same one for each retry.",
    "example": "0b9a5f0e-8a4b-4d6e-9c59-6d9f6f1f2d6b"}]}

WITH_OR_WITHOUT_TOKEN: dict[str, Any] = {"security": [{}, {"HTTPBearer": []}]}

OPTION_PARAMETER: dict[str, Any] = {"parameters": [{
    "name": "option.size", "in": "query", "required": False,
    "schema": {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 20}, "explode": True,
    "description": "`option.<code>=<label>` for any option that `facets` name; repeatable.",
    "example": ["M"]}]}
