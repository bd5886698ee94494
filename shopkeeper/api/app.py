"""The application: which parts are served, and how errors are told."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Match

from shopkeeper.api.access_log import AccessLog
from shopkeeper.api.context import Visits
from shopkeeper.api.document import completed
from shopkeeper.api.head import HeadAsGet
from shopkeeper.api.kept import KeptAnswers
from shopkeeper.api.limits import Limits
from shopkeeper.api.parts import PARTS, ROUTERS, Part
from shopkeeper.api.problems import Refusal, answer, of_shop_error
from shopkeeper.api.routes import service
from shopkeeper.api.strict_headers import StrictHeaders
from shopkeeper.errors import ShopError
from shopkeeper.shop import Shop

_RECONCILING: frozenset[Part] = frozenset({"order", "payment"})
_METHODS = ("GET", "PATCH", "POST")
_THREADS = 12  # services at once: no more than the database has connections to give
_AT_THE_PORTAL = 64  # payments at once: most of the time they wait for the portal, and need no connection


@dataclass(frozen=True)
class Options:
    """How the shop is served. Rates are requests a minute in each process; 0: as many as one likes."""

    only: tuple[Part, ...] = PARTS
    rate_per_token: int = 1200
    rate_per_address: int = 6000
    cors: tuple[str, ...] = ()
    require_if_match: bool = False
    reconcile_interval_seconds: float = 10.0


def create_app(shop: Shop, options: Options | None = None) -> FastAPI:
    """Serves an open shop. Who opened it closes it."""
    options = options or Options()
    app = FastAPI(
        title="Shopkeeper", version=version("shopkeeper"), docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, lifespan=_lifespan,
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}",
        description="A shop over HTTP. Errors are application/problem+json, amounts are minor units.")
    app.state.shop, app.state.options, app.state.visits = shop, options, Visits()
    app.include_router(service.router)
    for part in options.only:
        app.include_router(ROUTERS[part])
    _tell_errors(app)
    app.add_middleware(KeptAnswers, shop=shop)
    app.add_middleware(HeadAsGet)
    app.add_middleware(StrictHeaders)
    app.add_middleware(Limits, per_token=options.rate_per_token, per_address=options.rate_per_address)
    if options.cors:  # outside of what is kept for all, and of refusals, which a website may read, too
        app.add_middleware(CORSMiddleware, allow_origins=list(options.cors), allow_methods=["*"],
                           allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match",
                                          "If-None-Match"],
                           expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"])
    app.add_middleware(AccessLog)
    _complete_document(app)
    if set(options.only) != set(PARTS):  # who calls sees one shop, whoever serves its parts
        app.openapi = create_app(shop, replace(options, only=PARTS)).openapi  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    app.state.portal = anyio.CapacityLimiter(_AT_THE_PORTAL)
    if not _RECONCILING.isdisjoint(app.state.options.only):
        app.state.shop.start_reconciling(app.state.options.reconcile_interval_seconds)
    try:
        yield
    finally:
        app.state.shop.stop_reconciling()


def _tell_errors(app: FastAPI) -> None:
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
        ShopError: _shop_error, Refusal: _refusal, RequestValidationError: _invalid, HTTPException: _http_error}
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _shop_error(request: Request, error: ShopError) -> Response:
    return of_shop_error(error, request.state.id)


async def _refusal(request: Request, error: Refusal) -> Response:
    return answer(error.code, error.message, request.state.id, headers=error.headers)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    problems = error.errors()
    if any(each["loc"] == ("body",) and each["type"] != "missing" for each in problems) and not _is_json(request):
        return answer("unsupported_media_type", "Send the body as application/json.", request.state.id)
    if any(each["type"] == "json_invalid" for each in problems):
        return answer("malformed_request", "The body is not JSON: in UTF-8, each name once, no NaN.", request.state.id)
    fields = {".".join(str(part) for part in each["loc"]): str(each["msg"]) for each in problems}
    return answer("invalid_input", "Some of what was sent cannot be accepted.", request.state.id,
                  details={"fields": fields})


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        return answer("not_found", "There is nothing at this address.", request.state.id)
    if error.status_code == 405:
        return answer("method_not_allowed", "This address does not know this method.", request.state.id,
                      headers={"Allow": ", ".join(_allowed(request))})
    return answer("malformed_request", "The request cannot be read.", request.state.id)


def _allowed(request: Request) -> list[str]:
    # Starlette names those of one route; where several share an address, all of them are meant (RFC 9110, 10.2.1).
    known = [method for method in _METHODS if any(
        route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)]
    return [*known, "HEAD"] if "GET" in known else known


def _complete_document(app: FastAPI) -> None:
    made = app.openapi
    app.openapi = lambda: completed(made())  # type: ignore[method-assign]
