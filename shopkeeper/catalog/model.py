"""What is sold, as callers see it."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from shopkeeper.errors import InvalidInput, NotFound, Problem
from shopkeeper.money import Money

Sort = Literal["relevance", "name", "price", "-price", "newest"]
AttributeType = Literal["text", "number", "boolean", "choice", "color"]

Progress = Callable[[int, int], None]
"""Told how much of a file is done: bytes read or rows written so far, and of how many."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option; `hex` (`#rrggbb`) where it is a color."""

    label: str
    hex: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """An attribute that tells a product's variants apart, with the choices this product has, in order."""

    code: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Specification:
    """An attribute that only describes; `value` is written for people, unit included: `92 °C`."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its name or address. Nothing is ever fetched."""

    source: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the tree. `slug` is its path (`apparel/hoodies`); `count` the products in it and below."""

    slug: str
    name: str
    count: int
    children: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """What is put into a cart. `options` maps an attribute's code to a label, in the product's order.

    `available` is how many can be bought now; `None` where there is no limit.
    """

    id: int
    sku: str
    options: Mapping[str, str]
    price: Money
    compare_at: Money | None
    available: int | None
    requires_shipping: bool = True
    image: str = ""

    @property
    def purchasable(self) -> bool:
        """Whether at least one can be bought now."""
        return self.available is None or self.available > 0


@dataclass(frozen=True, slots=True)
class Product:
    """A product with all there is to choose and to know. `categories` is the path from the root."""

    handle: str
    title: str
    description: str
    vendor: str
    product_type: str
    categories: tuple[Category, ...]
    specs: tuple[Specification, ...]
    options: tuple[Option, ...]
    variants: tuple[Variant, ...]
    images: tuple[Image, ...]
    tags: tuple[str, ...] = ()

    def variant(self, **options: str) -> Variant:
        """The one variant with these labels, by attribute code, in any case: `variant(size="m")`.

        Raises:
            InvalidInput: More than one variant has them: choose more.
            NotFound: None has them.
        """
        wanted = {code: label.casefold() for code, label in options.items()}
        matches = [v for v in self.variants if _has(v, wanted)]
        named = ", ".join(options.values())
        if not matches:
            raise NotFound(f"{self.title} is not made in {named}.")
        if len(matches) > 1:
            open_options = ", ".join(o.label for o in self.options if o.code not in options)
            raise InvalidInput(f"{self.title} comes in several variants: choose {open_options}.")
        return matches[0]


def _has(variant: Variant, wanted: Mapping[str, str]) -> bool:
    return all(variant.options.get(code, "").casefold() == label for code, label in wanted.items())


@dataclass(frozen=True, slots=True)
class Sellable:
    """A variant with what a cart says of it.

    `options` and `available` are as in `Variant`; `live` says whether shoppers can see and buy it at all.
    """

    id: int
    handle: str
    title: str
    sku: str
    options: Mapping[str, str]
    price: Money
    available: int | None
    requires_shipping: bool
    live: bool


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list. Prices span all its variants.

    `compare_at` is the former price where the cheapest variant is on sale; `available` how many of all
    variants together can be bought, `None` where there is no limit.
    """

    id: int
    handle: str
    title: str
    vendor: str
    price_from: Money
    price_to: Money
    in_stock: bool
    options: tuple[Option, ...]
    image: str
    compare_at: Money | None = None
    available: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted. `options` maps an attribute's code to the set of labels, in any case.

    `category` is a slug and includes what is below it. The rule by which a product matches stands in
    `shopkeeper.catalog.browse`.
    """

    text: str = ""
    category: str | None = None
    options: Mapping[str, Set[str]] = field(default_factory=dict)
    price_min: Money | None = None
    price_max: Money | None = None
    in_stock: bool = False
    sort: Sort = "relevance"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A choice and the size the result would have with it, the facet's other choices taken away."""

    label: str
    count: int
    selected: bool
    hex: str | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """An option and its choices within the query's text and category."""

    code: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class BrowsePage:
    """One page of a result, and what the whole result looks like.

    `start` is the position of its first product in the result, from 0.
    `categories` is the tree with counts as the query would have them in each category; `in_stock_count`
    the size with the stock filter on; `price_low` and `price_high` span the matching variants, the price filter
    taken away. Where the query's text has words that are found nowhere, `suggestions` are at most three texts that find
    something, the nearest first.
    """

    products: tuple[ProductCard, ...]
    facets: tuple[Facet, ...]
    total: int
    next_cursor: str | None
    categories: tuple[Category, ...] = ()
    in_stock_count: int = 0
    price_low: Money | None = None
    price_high: Money | None = None
    start: int = 0
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, counted in products: `created + updated + unchanged + skipped = products`.

    `problems` name what was not taken as it stood in the file, such as a negative quantity.
    """

    products: int
    variants: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    problems: tuple[Problem, ...] = ()


def called(title: str, options: Mapping[str, str]) -> str:
    """A variant's name for people: `Zip Hoodie, L / Slate`."""
    return f"{title}, {' / '.join(options.values())}" if options else title
