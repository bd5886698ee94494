"""What is searched for, and which page of it, as parameters of an address."""
from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams

from shopkeeper import InvalidInput, Money, Query, Sort
from shopkeeper.numbers import parse_whole
from shopkeeper.settings import Settings

_OPTION = "option."
_MOST_LABELS = 500
_LARGEST = 2**53 - 1  # the largest number that every reader of JSON takes for what it is (RFC 8259, 6)


def _whole(given: object) -> object:
    try:
        return parse_whole(given, 0, _LARGEST) if isinstance(given, str) else given
    except ValueError as error:
        raise PydanticCustomError("whole_number", "{problem}", {"problem": f"{error}."}) from error


Whole = Annotated[int, BeforeValidator(_whole)]
Price = Annotated[Whole | None, Field(ge=0, description="In minor units of the shop's currency.", examples=[2000])]


class Paging(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[Whole, Field(ge=1, le=200, description="How many at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=2000, description="The `next_cursor` of the page before.")] = None


class Search(Paging):
    """The parameters of a query, besides `option.<code>`."""

    model_config = ConfigDict(extra="ignore")  # options are asked for by their codes: see `wanted`

    q: Annotated[str, Field(max_length=1000, description="Words; the last may be the beginning of one. One that no"
                            " product has is looked for inside the words of titles.", examples=["hood"])] = ""
    category: Annotated[str | None, Field(max_length=500, description="A slug; includes what is below it.",
                                          examples=["apparel/hoodies"])] = None
    price_min: Price = None
    price_max: Price = None
    in_stock: Annotated[bool, Field(description="Only what can be bought now.")] = False
    sort: Sort = "relevance"


async def refuse_repeated(request: Request) -> None:
    """Refuse a parameter that stands twice, where one of its values would be dropped in silence.

    Raises:
        InvalidInput: Another parameter than `option.<code>` is repeated.
    """
    counts = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [name for name, count in counts.items() if count > 1 and not name.startswith(_OPTION)]
    if repeated:
        raise InvalidInput(fields={f"query.{name}": "Send this parameter once." for name in repeated[:5]})


def wanted(search: Search, parameters: QueryParams, settings: Settings) -> Query:
    """The query of these parameters.

    Raises:
        InvalidInput: There is one that no query has.
    """
    options: dict[str, set[str]] = {}
    unknown = [name for name in parameters if name not in Search.model_fields and not name.startswith(_OPTION)]
    if unknown or len(parameters.multi_items()) > _MOST_LABELS:
        raise InvalidInput(fields={f"query.{name}": f"There is no such parameter. There are"
                                   f" {', '.join(Search.model_fields)} and option.<code>." for name in unknown[:5]}
                           or {"query": f"A query has at most {_MOST_LABELS} parameters."})
    for name, label in parameters.multi_items():
        if name.startswith(_OPTION):
            options.setdefault(name.removeprefix(_OPTION), set()).add(label)
    currency = settings.currency if search.price_min is not None or search.price_max is not None else ""
    return Query(search.q, search.category, options, _money(search.price_min, currency),
                 _money(search.price_max, currency), search.in_stock, search.sort)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
