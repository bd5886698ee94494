"""Read who is calling from a request's headers: the only place that does."""
from __future__ import annotations

from starlette.datastructures import Headers

from shopkeeper import SessionExpired

MAX_TOKEN_LENGTH = 200


def read_token(headers: Headers) -> str | None:
    """Return the bearer token; None without an `Authorization` header.

    Raises:
        SessionExpired: There are several headers, or one that is not `Bearer` and a token.
    """
    values = headers.getlist("authorization")
    if not values:
        return None
    scheme, _, token = values[0].partition(" ")
    token = token.strip()
    if (len(values) > 1 or scheme.lower() != "bearer" or not 1 <= len(token) <= MAX_TOKEN_LENGTH
            or not token.isascii()):
        raise SessionExpired("Send one header: Authorization: Bearer, a blank, and the token of a login.")
    return token
