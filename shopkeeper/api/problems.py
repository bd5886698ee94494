"""Errors as `application/problem+json` (RFC 9457): a code for programs, words for people, nothing internal."""
from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from shopkeeper.errors import ShopError, TooManyAttempts

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[str, int] = {
    "authentication_failed": 401,
    "login_required": 401,
    "session_expired": 401,
    "payment_declined": 402,
    "not_found": 404,
    "method_not_allowed": 405,
    "email_taken": 409,
    "empty_cart": 409,
    "in_flight": 409,
    "invalid_state": 409,
    "out_of_stock": 409,
    "price_changed": 409,
    "cart_changed": 412,
    "body_too_slow": 408,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "idempotency_mismatch": 422,
    "invalid_input": 422,
    "precondition_required": 428,
    "rate_limited": 429,
    "too_many_attempts": 429,
    "internal_error": 500,
    "shop_damaged": 500,
    "database_replaced": 503,
    "database_unavailable": 503,
    "gateway_unavailable": 503,
    "unavailable": 503,
    "malformed_request": 400,
    "missing_idempotency_key": 400,
}
"""What each code is in HTTP. A `ShopError` that is not here is a bug, and a test finds it."""

# What these say names files and servers of this machine: it is for the log.
_INTERNAL = {
    "database_unavailable": "The shop's database cannot be reached now. Try again in a moment.",
    "shop_damaged": "The shop's database is damaged. Its owner has to restore a backup.",
    "database_replaced": "The shop's database was moved. Nothing is saved until its owner puts it back.",
    "gateway_unavailable": "The payment portal cannot be used now. Try again later.",
}


class Refusal(Exception):
    """What HTTP itself refuses, before any service is asked.

    Attributes:
        code: One of `STATUS`.
        message: What is wrong and what to do about it.
        headers: What the answer says besides, such as `Retry-After`.
    """

    def __init__(self, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class Problem(BaseModel):
    """An error. `code` is stable; `detail` is for people; `id` finds it in the log."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{
        "type": "about:blank", "title": "Conflict", "status": 409, "code": "out_of_stock",
        "detail": "Only 2 of Zip Hoodie, L / Slate are left.", "id": "7d1f0c7a1f5b4c0b",
        "details": {"available": 2, "variant_id": 17}}]})

    type: str = Field(description="Always `about:blank`: the code says what kind of problem it is.")
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="What is wrong, for programs: `out_of_stock`.")
    detail: str = Field(description="What is wrong and what to do about it, for people.")
    id: str = Field(description="The request's id, which the log knows, too.")
    details: dict[str, Any] = Field(description="The facts behind it; of `invalid_input`, `fields` says what is wrong"
                                                " by field.")


def new_id() -> str:
    """A name for one request."""
    return uuid4().hex[:16]


def answer(code: str, message: str, request_id: str, *, details: Mapping[str, Any] | None = None,
           headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response that says what is wrong."""
    status = STATUS[code]
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code,
            "detail": message, "id": request_id, "details": dict(details or {})}
    told = dict(headers or {})
    if status == 401:
        told["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, told, media_type=MEDIA_TYPE)


def of_shop_error(error: ShopError, request_id: str) -> JSONResponse:
    """The response for what a service refused."""
    code = error.code
    if code in _INTERNAL:
        again = {"Retry-After": "1"} if STATUS[code] == 503 else {}
        return answer(code, _INTERNAL[code], request_id, headers=again)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyAttempts) else {}
    return answer(code, error.message, request_id, details=error.details, headers=headers)
