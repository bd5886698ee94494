"""Entity tags (RFC 9110): what did not change is not sent again, and what changed is not overwritten unseen."""
from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import Response

from shopkeeper.api.answers.buying import CartAnswer
from shopkeeper.api.problems import Refusal

_CART_TAG = re.compile(r'"([0-9]{1,18})\.[0-9a-f]{16}"')

PRODUCTS_MAY_BE_KEPT = "public, max-age=30"
"""`Cache-Control` of products: the same for everybody, and stock is told again when something is put into a cart."""

NOT_TO_BE_KEPT = "no-store"
"""`Cache-Control` of everything that is somebody's."""


def answer(request: Request, body: object, *, cache: str, tag_of: str = "", status: int = 200) -> Response:
    """The body as JSON with its entity tag; 304 where the caller has it already. `tag_of` stands before the digest."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{tag_of}{sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": cache}
    if request.method == "GET" and matches(request.headers, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, status, headers, media_type="application/json")


def matches(asked: Headers, tag: str) -> bool:
    """Whether the caller has what this tag names, by `If-None-Match`."""
    known = asked.get("if-none-match", "").strip()
    return known == "*" or (bool(known) and tag in re.split(r"\s*,\s*", known.replace("W/", "")))


def cart_answer(request: Request, cart: CartAnswer) -> Response:
    """A cart, with the tag that `If-Match` takes."""
    return answer(request, cart, cache="private, no-cache", tag_of=f"{cart['version']}.")


async def wanted_version(request: Request) -> int | None:
    """The version of the cart that the caller saw, by `If-Match`; none: whatever it is.

    Raises:
        Refusal: The header is no tag of a cart; or it is missing, and this server asks for it.
    """
    given = request.headers.get("if-match")
    if given is None:
        if request.app.state.options.require_if_match:
            raise Refusal("precondition_required", "Send If-Match with the cart's ETag, so that no change is lost.")
        return None
    if given.strip() == "*":
        return None
    tag = _CART_TAG.fullmatch(given.strip())
    if tag is None:
        raise Refusal("cart_changed", "If-Match is not a tag of this cart. Get the cart, and try again with its ETag.")
    return int(tag[1])


NO_STORE: Mapping[str, str] = {"Cache-Control": NOT_TO_BE_KEPT}
