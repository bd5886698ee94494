"""Browse: search, filters, facets and sort orders in one answer.

The rule by which a product matches, in plain words:

1. Shoppers see the product, and it still comes in at least one variant. Others do not exist here.
2. Every word of the text is found in it (title, vendor, type, categories, tags, option labels, SKUs, description),
   the last word as the beginning of one. Case and accents do not count. A text without a word, such as punctuation
   alone, finds nothing; an empty one, or blanks, everything.
   A word of three letters or more that is so found in no product at all is looked for inside the words of titles:
   `neck` finds the V-Neckline, as long as no product has a neck.
3. It stands in the wanted category or below.
4. **One variant** of it, and no two of them together, is all that is wanted at once: of every chosen option it has
   one of the chosen labels, its price is in the range, and with `in_stock` it can be bought now. Without
   `in_stock`, what is sold out matches too, and is shown as sold out.

An option without labels asks for nothing. A code, a label or a category that this shop does not know is had by no
product. What a facet counts follows from the rule: with this label as the facet's only one, the result has that size.

So each variant *misses* some number of the filters in 4, and a product matches if one of its variants misses none
(`candidates.py`); to take a facet's own choice away is to forgive that one miss (`facets.py`).

Sort orders: `name` by folded title; `price` and `-price` by the lowest price of all variants of the product;
`newest` the latest first; `relevance` by where the words stand (`search.relevance`), and without text by name.
What is equal stands by title, then by id; the newest by id.

Where a word of the text is found in no product, not even inside a title, nothing matches, and `suggestions.py` says
which texts would find something.
"""
from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_, type_coerce

from shopkeeper.catalog import cursors
from shopkeeper.catalog.asked import Asked
from shopkeeper.catalog.availability import live_variant
from shopkeeper.catalog.candidates import HIGHEST_PRICE, chosen, gather, near_variant
from shopkeeper.catalog.cards import cards, options_of
from shopkeeper.catalog.categories import nodes, tree
from shopkeeper.catalog.cursors import Begin
from shopkeeper.catalog.facets import Found, facets, outline
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Query, Sort
from shopkeeper.catalog.search import relevance
from shopkeeper.catalog.tables import product, variant
from shopkeeper.database.types import Int
from shopkeeper.errors import InvalidInput
from shopkeeper.money import Money

MOST_AT_ONCE = 200

Key = list[ColumnElement[Any]]
"""What a product is sorted by, its id last."""

_NO_NUMBER = 2**63  # the first one that the database does not know


def page(connection: Connection, query: Query, limit: int, cursor: str | None, currency: str,
         keeper: Keeper | None = None, *, start: int | None = None, around: int | None = None) -> BrowsePage:
    """At most `limit` products of the result, from where `cursor`, or else `start` and `around`, say.

    All of it is as this transaction sees the shop. `keeper` may have an index, which finds the same as SQL.

    Raises:
        InvalidInput: Query, limit, cursor or position cannot be; the message says which part of it, and what can.
    """
    _check(query, limit, currency)
    begin = _begin(query, cursor, start, around)
    found = keeper.find(connection, query, limit, begin) if keeper else None
    if found is None:
        found = _by_sql(connection, query, limit, begin)
    whole = found.outline
    return BrowsePage(
        products=cards(connection, found.ids, found.options, currency),
        facets=found.facets,
        total=whole.total,
        next_cursor=None if found.last is None else cursors.encode(query, found.last),
        categories=tree(found.categories, whole.in_each),
        in_stock_count=whole.in_stock,
        price_low=None if whole.price_low is None else Money(whole.price_low, currency),
        price_high=None if whole.price_high is None else Money(whole.price_high, currency),
        start=found.start,
        suggestions=found.suggestions,
    )


def _begin(query: Query, cursor: str | None, start: int | None, around: int | None) -> Begin:
    if cursor is None:
        if start is not None and not 0 <= start < _NO_NUMBER:
            raise InvalidInput(fields={"start": f"Positions count from 0: there is none {start}."})
        return Begin(start=start or 0, around=around if around and 0 < around < _NO_NUMBER else None)
    if start is not None or around is not None:
        raise InvalidInput(fields={"start": "Ask for what comes after a cursor or for a position, not for both."})
    return Begin(after=cursors.decode(query, cursor))


def _by_sql(connection: Connection, query: Query, limit: int, begin: Begin) -> Found:
    options = chosen(connection, query.options)
    asked = gather(connection, query, options)
    products, key = _matching(query, asked)
    start = _start(connection, products, key, limit, begin)
    rows = connection.execute(products.order_by(*key).limit(limit + 1).offset(start)).all()
    last = tuple(rows[limit - 1][1:]) if len(rows) > limit else None
    ids = [row[0] for row in rows[:limit]]
    return Found(start, ids, last, outline(connection, query), facets(connection, options), nodes(connection),
                 options_of(connection, ids), _suggested(connection, asked) if asked.unknown else ())


def _suggested(connection: Connection, asked: Asked) -> tuple[str, ...]:
    from shopkeeper.catalog.seen import Seen
    from shopkeeper.catalog.suggestions import suggestions

    return suggestions(asked, Seen(connection))


def _start(connection: Connection, products: Select[Any], key: Key, limit: int, begin: Begin) -> int:
    """The position at which the page begins, of these products in the order of this key."""
    before: ColumnElement[bool] | None = None
    if begin.after is not None:
        before = tuple_(*key) <= begin.after
    elif begin.around is not None:
        its = connection.execute(products.where(product.c.id == begin.around)).first()
        before = None if its is None else tuple_(*key) < tuple(its[1:])
    if before is None:
        return begin.start
    position: int = connection.execute(products.with_only_columns(func.count()).where(before)).scalar_one()
    return position if begin.around is None else position - position % limit


def _matching(query: Query, asked: Asked) -> tuple[Select[Any], Key]:
    """The products that match, each with its sort key; and that key."""
    matching = select(near_variant.c.product_id).where(near_variant.c.misses == 0, near_variant.c.here == 1)
    products = select(product.c.id).where(product.c.id.in_(matching))
    price_from = select(func.min(variant.c.price_minor)).where(
        variant.c.product_id == product.c.id, live_variant).scalar_subquery()
    by_title: Key = [product.c.title_key, product.c.id]
    match query.sort:
        case "price":
            key = [price_from, *by_title]
        case "-price":
            key = [-price_from, *by_title]
        case "newest":
            key = [-type_coerce(product.c.created_at, Int), -product.c.id]
        case "relevance" if asked.plain or asked.inside:
            ranked = relevance(asked)
            products = products.join(ranked, ranked.c.product_id == product.c.id)
            key = [ranked.c.tier, *by_title]
        case _:
            key = by_title
    return products.add_columns(*key), key


def _check(query: Query, limit: int, currency: str) -> None:
    problems: dict[str, str] = {}
    if query.sort not in get_args(Sort):
        problems["sort"] = f"Sort by one of {', '.join(get_args(Sort))}, not {query.sort!r}."
    for name, price in (("price_min", query.price_min), ("price_max", query.price_max)):
        if price is not None and price.currency != currency:
            problems[name] = f"Prices here are in {currency}, not {price.currency}."
        elif price is not None and not 0 <= price.minor <= HIGHEST_PRICE:
            problems[name] = "No price is below zero or that high."
    low, high = query.price_min, query.price_max
    if not problems and low is not None and high is not None and low > high:
        problems["price_min"] = f"From {low} to {high} there is nothing: swap them."
    if not 1 <= limit <= MOST_AT_ONCE:
        problems["limit"] = f"Ask for 1 to {MOST_AT_ONCE} products at once, not {limit}."
    if problems:
        raise InvalidInput(fields=problems)
