"""`/product`: lists, queries with facets, and single products."""
from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from shopkeeper import Query as Wanted
from shopkeeper.api.answers import catalog
from shopkeeper.api.conditional import PRODUCTS_MAY_BE_KEPT, answer
from shopkeeper.api.context import TheShop
from shopkeeper.api.document import CACHED, IF_NONE_MATCH, QUERY, answers
from shopkeeper.api.query import Paging, Search, refuse_repeated, wanted

router = APIRouter(prefix="/ecommerce/v1/product", tags=["product"], dependencies=[Depends(refuse_repeated)])

Handle = Annotated[str, Path(max_length=500, examples=["zip-hoodie"])]


@router.get("/", response_model=catalog.CardsAnswer, responses=answers(more=CACHED),
            openapi_extra=IF_NONE_MATCH)
def products(request: Request, shop: TheShop, paging: Annotated[Paging, Query()]) -> Response:
    """All products, by name."""
    page = shop.catalog.browse(Wanted(sort="name"), limit=paging.limit, cursor=paging.cursor)
    return answer(request, catalog.cards(page), cache=PRODUCTS_MAY_BE_KEPT)


@router.get("/query", response_model=catalog.FoundAnswer, responses=answers(more=CACHED), openapi_extra=QUERY)
def query(request: Request, shop: TheShop, search: Annotated[Search, Query()]) -> Response:
    """What matches a query, with facets.

    A product matches if **one purchasable variant** of it satisfies every chosen option, the price range and the stock
    filter at once. Inside an option the labels are alternatives; all options must be satisfied. A facet's counts say
    how large the result would be with that label as its only one.
    """
    page = shop.catalog.browse(wanted(search, request.query_params, shop.settings), limit=search.limit,
                               cursor=search.cursor)
    return answer(request, catalog.found(page), cache=PRODUCTS_MAY_BE_KEPT)


@router.get("/{handle}", response_model=catalog.ProductAnswer, openapi_extra=IF_NONE_MATCH,
            responses=answers("not_found", more=CACHED))
def product(request: Request, shop: TheShop, handle: Handle) -> Response:
    """One product with all its variants."""
    return answer(request, catalog.product(shop.catalog.product(handle)), cache=PRODUCTS_MAY_BE_KEPT)
