"""What every route asks for: the shop, and who is calling."""
from __future__ import annotations

import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from shopkeeper import LoginRequired, Session
from shopkeeper.api.credentials import read_token
from shopkeeper.api.problems import Refusal
from shopkeeper.shop import Shop

_NOTED_EVERY = 1800.0  # seconds
_MOST_REMEMBERED = 10_000

# It stands in the document, and refuses nothing: what is wrong with a token is told as a problem.
_scheme = HTTPBearer(auto_error=False, description="The `token` of register, login or guest.")


@dataclass
class Visits:
    """Which sessions were noted as used lately: a client that only reads must not be taken for idle."""

    noted: dict[str, float] = field(default_factory=dict)

    def is_due(self, token: str) -> bool:
        """Whether it is time to note that this session is used."""
        key, now = sha256(token.encode()).hexdigest(), time.monotonic()
        if now - self.noted.get(key, -_NOTED_EVERY) < _NOTED_EVERY:
            return False
        if len(self.noted) >= _MOST_REMEMBERED:
            self.noted.clear()
        self.noted[key] = now
        return True


async def the_shop(request: Request) -> Shop:
    """The open shop that is served."""
    return cast(Shop, request.app.state.shop)


async def bearer(request: Request, _documented: Annotated[Any, Depends(_scheme)]) -> str | None:
    """The token of the request; none where it has none.

    Raises:
        SessionExpired: There are several headers, or one that is not `Bearer` and a token.
    """
    return read_token(request.headers)


async def sender(token: Annotated[str | None, Depends(bearer)]) -> Session:
    """Whose token was sent, be it alive or dead: services look into it, here it is only passed on.

    Raises:
        LoginRequired: There is no token.
    """
    if token is None:
        raise LoginRequired("Log in first, or register: send the token as Authorization: Bearer.")
    return Session.of_token(token)


async def caller(request: Request, session: Annotated[Session, Depends(sender)]) -> Session:
    """Who is calling: an account or a guest.

    Raises:
        LoginRequired: There is no token.
        SessionExpired: It is no session's, or not any more.
    """
    shop: Shop = request.app.state.shop
    if request.app.state.visits.is_due(session.token):
        return await run_in_threadpool(shop.accounts.resume, session.token, renew=False)
    return session


async def sender_or_nobody(token: Annotated[str | None, Depends(bearer)]) -> Session | None:
    """As `sender`; none where there is no token."""
    return None if token is None else Session.of_token(token)


async def idempotency_key(request: Request) -> str:
    """The request's own name, by which a retry is told from a new one.

    Raises:
        Refusal: It has none.
    """
    key = request.headers.get("idempotency-key", "").strip()
    if not key or not key.isascii():
        raise Refusal("missing_idempotency_key", "Send one header Idempotency-Key: a new random name for each attempt"
                      " of a person to pay or to cancel, and the same one for each retry.")
    return key


async def at_the_portal(request: Request) -> CapacityLimiter:
    """The threads in which a call may wait for the payment portal, so that nobody else waits for it."""
    return cast(CapacityLimiter, request.app.state.portal)


TheShop = Annotated[Shop, Depends(the_shop)]
Caller = Annotated[Session, Depends(caller)]
Sender = Annotated[Session, Depends(sender)]
SenderOrNobody = Annotated[Session | None, Depends(sender_or_nobody)]
IdempotencyKey = Annotated[str, Depends(idempotency_key)]
PortalThreads = Annotated[CapacityLimiter, Depends(at_the_portal)]
