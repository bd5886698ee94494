"""`/account`: register, log in, log out, guests."""
from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from shopkeeper.api.answers import basics
from shopkeeper.api.bodies import Login, Registration
from shopkeeper.api.conditional import NO_STORE
from shopkeeper.api.context import Sender, SenderOrNobody, TheShop
from shopkeeper.api.document import TOKEN, WITH_OR_WITHOUT_TOKEN, answers, own
from shopkeeper.api.json_bodies import JsonRoute

router = APIRouter(prefix="/ecommerce/v1/account", tags=["account"], route_class=JsonRoute)


@router.post("/register", status_code=201, response_model=basics.SessionAnswer,
             responses=answers("session_expired", "email_taken", more=own(201)), openapi_extra=WITH_OR_WITHOUT_TOKEN)
def register(shop: TheShop, guest: SenderOrNobody, body: Registration) -> Response:
    """Opens an account and logs in. With a guest's token, what is in the guest's cart comes along."""
    held = shop.accounts.register(body.email, body.password, name=body.name, guest=guest)
    return JSONResponse(basics.session(held), 201, NO_STORE)


@router.post("/login", response_model=basics.SessionAnswer, openapi_extra=WITH_OR_WITHOUT_TOKEN,
             responses=answers("session_expired", "authentication_failed", "too_many_attempts", more=own()))
def login(shop: TheShop, guest: SenderOrNobody, body: Login) -> Response:
    """Logs in. With a guest's token, what is in the guest's cart comes along."""
    return JSONResponse(basics.session(shop.accounts.login(body.email, body.password, guest=guest)), 200, NO_STORE)


@router.post("/guest", status_code=201, response_model=basics.SessionAnswer, responses=answers(more=own(201)))
def guest(shop: TheShop) -> Response:
    """A session without an account: it can fill a cart, not pay."""
    return JSONResponse(basics.session(shop.accounts.guest()), 201, NO_STORE)


@router.post("/logout", status_code=204, responses=answers(*TOKEN, more=own(204)))
def logout(shop: TheShop, session: Sender) -> Response:
    """Ends the session: its token is dead everywhere. The cart stays. Ending it again is no error."""
    shop.accounts.logout(session)
    return Response(status_code=204, headers=NO_STORE)
