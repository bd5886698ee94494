"""What the OpenAPI document says beyond what types say: errors, headers, parameters that the catalog names."""
from __future__ import annotations

from typing import Any

from shopkeeper.api.answers.buying import OrderAnswer
from shopkeeper.api.problems import MEDIA_TYPE, STATUS, Problem

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_ALWAYS = {
    "X-Request-Id": {"description": "The request's id, which the log knows, too.", "schema": {"type": "string"}},
    "X-Content-Type-Options": {"description": "`nosniff`", "schema": {"type": "string"}}}
_RETRY_AFTER = {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}
_LOCATION = {"description": "The order's address.", "schema": {"type": "string"}}
_CACHE = {"description": "How long it may be kept, and by whom.", "schema": {"type": "string"}}
_ETAG = {"description": "What `If-None-Match` and, for carts, `If-Match` take.", "schema": {"type": "string"}}


def problems(*codes: str) -> Responses:
    """The responses for these codes, by status."""
    found: Responses = {}
    for code in codes:
        status = STATUS[code]
        known = found.setdefault(status, _problem())
        known["description"] = f"{known['description']}, `{code}`".lstrip(", ")
        if status in (429, 503) or code == "in_flight":
            known["headers"]["Retry-After"] = _RETRY_AFTER
        if status == 401:
            known["headers"]["WWW-Authenticate"] = {"schema": {"type": "string"}, "description": "`Bearer`"}
    return found


def answers(*codes: str, more: Responses | None = None) -> Responses:
    """What a call can be answered with: these codes, what any call can be answered with, and what `more` tells."""
    return {**(more or {}), **problems(*dict.fromkeys((*codes, *_ANYWHERE)))}


def own(status: int = 200) -> Responses:
    """An answer that is somebody's own: nothing on the way may keep it."""
    return {status: {"headers": {"Cache-Control": _CACHE}}}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document as FastAPI makes it, with the shape of every error and the headers of every answer."""
    schemas = document["components"].setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for methods in document["paths"].values():
        for told in methods.values():
            for status, response in told["responses"].items():
                response.setdefault("headers", {}).update(_ALWAYS)
                if status == "422":  # FastAPI's own shape of it is never sent
                    response["content"].pop("application/json", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _problem() -> dict[str, Any]:
    return {"description": "", "content": {MEDIA_TYPE: {"schema": _PROBLEM}}, "headers": {}}


DATABASE = ("internal_error", "database_unavailable", "database_replaced", "shop_damaged")
"""What a call can be answered with that reads the database."""

_ANYWHERE = ("malformed_request", "session_expired", "body_too_slow", "body_too_large", "unsupported_media_type",
             "invalid_input", "rate_limited", *DATABASE, "unavailable")

TOKEN = ("login_required", "session_expired")
"""What a call can be answered with that needs a token."""

CART_CHANGES = (*TOKEN, "not_found", "out_of_stock", "cart_changed", "precondition_required")
"""What changing a cart can be answered with. `If-Match` is asked for only where a server is started so."""

PURCHASE = (*TOKEN, "missing_idempotency_key", "payment_declined", "empty_cart", "price_changed", "out_of_stock",
            "invalid_state", "in_flight", "idempotency_mismatch")
"""What a payment can be answered with."""

TAGGED: Responses = {200: {"headers": {"ETag": _ETAG, "Cache-Control": _CACHE}}}
"""An answer with an entity tag."""

CACHED: Responses = {**TAGGED, 304: {
    "description": "It is still what `If-None-Match` names.", "headers": {"ETag": _ETAG, "Cache-Control": _CACHE}}}
"""An answer that need not be sent again."""

PURCHASED: Responses = {
    201: {"headers": {"Location": _LOCATION, "Cache-Control": _CACHE}},
    202: {"headers": {"Location": _LOCATION, "Cache-Control": _CACHE}, "model": OrderAnswer,
          "description": "Written, and awaiting its payment: the portal has not answered yet."}}
"""An order, paid or awaiting its payment."""

IDEMPOTENT: dict[str, Any] = {"parameters": [{
    "name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 1,
                                                                           "maxLength": 200},
    "description": "A name of the caller's own for this request: the same one for each retry.",
    "example": "0b9a5f0e-8a4b-4d6e-9c59-6d9f6f1f2d6b"}]}

IF_MATCH: dict[str, Any] = {"parameters": [{
    "name": "If-Match", "in": "header", "required": False,
    "schema": {"type": "string", "pattern": r'^("[0-9]{1,18}\.[0-9a-f]{16}"|\*)$'},
    "description": "The `ETag` of the cart that the caller saw: refused if it is another by now.",
    "example": "*"}]}

IF_NONE_MATCH: dict[str, Any] = {"parameters": [{
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The `ETag` of what the caller has: not sent again if it is the same.",
    "example": '"d2c1b0a9f8e7d6c5"'}]}

WITH_OR_WITHOUT_TOKEN: dict[str, Any] = {"security": [{}, {"HTTPBearer": []}]}

QUERY: dict[str, Any] = {"parameters": [*IF_NONE_MATCH["parameters"], {
    "name": "option.size", "in": "query", "required": False,
    "schema": {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 20}, "explode": True,
    "description": "`option.<code>=<label>` for any option that `facets` name; repeatable.",
    "example": ["M"]}]}
