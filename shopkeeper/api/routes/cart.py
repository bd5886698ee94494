"""`/cart`: the caller's cart, seen and changed."""
from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shopkeeper.api.answers import buying
from shopkeeper.api.bodies import ToAdd, ToRemove, ToSet
from shopkeeper.api.conditional import cart_answer, wanted_version
from shopkeeper.api.context import Caller, TheShop
from shopkeeper.api.document import CACHED, CART_CHANGES, IF_MATCH, IF_NONE_MATCH, TAGGED, TOKEN, answers
from shopkeeper.api.json_bodies import JsonRoute

router = APIRouter(prefix="/ecommerce/v1/cart", tags=["cart"], route_class=JsonRoute)

IfMatch = Annotated[int | None, Depends(wanted_version)]


@router.get("/user", response_model=buying.CartAnswer, responses=answers(*TOKEN, more=CACHED),
            openapi_extra=IF_NONE_MATCH)
def view(request: Request, shop: TheShop, session: Caller) -> Response:
    """The cart as it is now."""
    return cart_answer(request, buying.cart(shop.cart.view(session)))


@router.post("/product", response_model=buying.CartAnswer, responses=answers(*CART_CHANGES, more=TAGGED),
            openapi_extra=IF_MATCH)
def add(request: Request, shop: TheShop, session: Caller, version: IfMatch, body: ToAdd) -> Response:
    """Adds so many more of a variant."""
    return cart_answer(request, buying.cart(
        shop.cart.add(session, body.variant_id, body.quantity, if_version=version)))


@router.patch("/product", response_model=buying.CartAnswer, responses=answers(*CART_CHANGES, more=TAGGED),
            openapi_extra=IF_MATCH)
def set_quantity(request: Request, shop: TheShop, session: Caller, version: IfMatch, body: ToSet) -> Response:
    """Sets how many of a variant that is in the cart; 0 removes it."""
    return cart_answer(request, buying.cart(
        shop.cart.set_quantity(session, body.variant_id, body.quantity, if_version=version)))


@router.post("/product/remove", response_model=buying.CartAnswer, responses=answers(*CART_CHANGES, more=TAGGED),
            openapi_extra=IF_MATCH)
def remove(request: Request, shop: TheShop, session: Caller, version: IfMatch, body: ToRemove) -> Response:
    """Removes a variant; removing what is not there is no error."""
    return cart_answer(request, buying.cart(shop.cart.remove(session, body.variant_id, if_version=version)))
