"""`/order`: what the caller bought."""
from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import JSONResponse, Response

from shopkeeper.api.answers import buying
from shopkeeper.api.conditional import NO_STORE
from shopkeeper.api.context import Caller, IdempotencyKey, PortalThreads, TheShop
from shopkeeper.api.document import IDEMPOTENT, TOKEN, answers, own
from shopkeeper.api.json_bodies import JsonRoute
from shopkeeper.api.query import Paging, refuse_repeated

router = APIRouter(prefix="/ecommerce/v1/order", tags=["order"], route_class=JsonRoute,
                   dependencies=[Depends(refuse_repeated)])

Number = Annotated[str, Path(max_length=40, examples=["SK-000001"])]


@router.get("", response_model=buying.OrdersAnswer, responses=answers(*TOKEN, more=own()))
def history(shop: TheShop, session: Caller, paging: Annotated[Paging, Query()]) -> Response:
    """The account's orders, newest first."""
    page = shop.orders.history(session, limit=paging.limit, cursor=paging.cursor)
    return JSONResponse(buying.orders(page), 200, NO_STORE)


@router.get("/{number}", response_model=buying.OrderAnswer, responses=answers(*TOKEN, "not_found", more=own()))
def get(shop: TheShop, session: Caller, number: Number) -> Response:
    """One order as it was when bought."""
    return JSONResponse(buying.order(shop.orders.get(session, number)), 200, NO_STORE)


@router.post("/{number}/cancel", response_model=buying.OrderAnswer, openapi_extra=IDEMPOTENT,
             responses=answers(*TOKEN, "not_found", "invalid_state", "missing_idempotency_key", "idempotency_mismatch",
                               more=own()))
async def cancel(
    shop: TheShop, portal: PortalThreads, session: Caller, key: IdempotencyKey, number: Number
) -> Response:
    """Gives the money back and cancels the order, if it was not sent yet. The same key gives the same outcome."""
    order = await run_sync(partial(shop.orders.cancel, session, number, idempotency_key=key), limiter=portal)
    return JSONResponse(buying.order(order), 200, NO_STORE)
