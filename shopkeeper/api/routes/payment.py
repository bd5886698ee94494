"""`/payment`: buys what is in the cart."""
from __future__ import annotations

from functools import partial

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from shopkeeper.api.answers import buying
from shopkeeper.api.bodies import Purchase
from shopkeeper.api.conditional import NO_STORE
from shopkeeper.api.context import Caller, IdempotencyKey, PortalThreads, TheShop
from shopkeeper.api.document import IDEMPOTENT, PURCHASE, PURCHASED, answers
from shopkeeper.api.json_bodies import JsonRoute
from shopkeeper.api.problems import Refusal

router = APIRouter(prefix="/ecommerce/v1/payment", tags=["payment"], route_class=JsonRoute)


@router.post("/", status_code=201, response_model=buying.OrderAnswer, openapi_extra=IDEMPOTENT,
             responses=answers(*PURCHASE, more=PURCHASED))
async def pay(shop: TheShop, portal: PortalThreads, session: Caller, key: IdempotencyKey, body: Purchase) -> Response:
    """Buys what is in the cart, if it comes to `expected_total`. The same key gives the same outcome.

    201: the order is placed. 202: it is written and awaits its payment, for the portal has not answered yet; ask again
    with the same key, or look at the order. Nobody is charged twice.
    """
    place = partial(shop.checkout.place, session, body.payment.means(), expected_total=body.expected_total.money(),
                    idempotency_key=key, address=body.address.address() if body.address else None)
    order = await run_sync(place, limiter=portal)
    if order.payment.state == "submitting":
        raise Refusal("in_flight", "This payment is under way in another request. Ask again with the same key.",
                      headers={"Retry-After": "1"})
    status = 202 if order.status == "awaiting_payment" else 201
    location = {"Location": f"/ecommerce/v1/order/{order.number}"}
    return JSONResponse(buying.order(order), status, {**NO_STORE, **location})
