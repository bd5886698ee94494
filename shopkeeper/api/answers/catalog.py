"""Products as JSON."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import BrowsePage, Category, Facet, Product, ProductCard, Variant
from shopkeeper.api.answers.basics import MoneyAnswer, money, money_or_none

Cursor = Annotated[str | None, Field(description="Asks for the next page; null at the end.")]
Suggestions = Annotated[list[str], Field(description="Where words of `q` are found nowhere: at most three texts that"
                                                     " find something, the nearest first.")]
Available = Annotated[int | None, Field(description="How many can be bought; null where there is no limit.")]


class CardOption(TypedDict):
    """An option and the labels of its choices."""

    code: str
    label: str
    choices: list[str]


class CardAnswer(TypedDict):
    """A product in a list. Prices span all its variants."""

    id: int
    handle: str
    title: str
    vendor: str
    price_from: MoneyAnswer
    price_to: MoneyAnswer
    compare_at: MoneyAnswer | None
    in_stock: bool
    available: Available
    options: list[CardOption]
    image: str


class CardsAnswer(TypedDict):
    """A page of products."""

    items: list[CardAnswer]
    total: int
    next_cursor: Cursor


class FacetValueAnswer(TypedDict):
    """A choice, and the size the result would have with it."""

    label: str
    count: int
    selected: bool
    hex: str | None


class FacetAnswer(TypedDict):
    """An option and its choices within the query."""

    code: str
    label: str
    values: list[FacetValueAnswer]


class CategoryAnswer(TypedDict):
    """A place in the tree, and how many products it would have."""

    slug: str
    name: str
    count: int
    children: list[CategoryAnswer]


class FoundAnswer(CardsAnswer):
    """A page of what matches a query, and what the whole result looks like."""

    facets: list[FacetAnswer]
    categories: list[CategoryAnswer]
    in_stock_count: int
    price_low: MoneyAnswer | None
    price_high: MoneyAnswer | None
    suggestions: Suggestions


class ChoiceAnswer(TypedDict):
    """One value of an option; `hex` where it is a color."""

    label: str
    hex: str | None


class OptionAnswer(TypedDict):
    """An option with the choices that a product has."""

    code: str
    label: str
    choices: list[ChoiceAnswer]


class SpecAnswer(TypedDict):
    """What only describes a product."""

    code: str
    label: str
    value: str


class VariantAnswer(TypedDict):
    """What is put into a cart, by its `id`. `options` maps an option's code to a label."""

    id: int
    sku: str
    options: dict[str, str]
    price: MoneyAnswer
    compare_at: MoneyAnswer | None
    available: Available
    requires_shipping: bool


class PathAnswer(TypedDict):
    """A category on the way from the root."""

    slug: str
    name: str


class ImageAnswer(TypedDict):
    """A picture by its name or address."""

    source: str
    alt: str


class ProductAnswer(TypedDict):
    """A product with all there is to choose and to know."""

    handle: str
    title: str
    description: str
    vendor: str
    product_type: str
    tags: list[str]
    categories: list[PathAnswer]
    specs: list[SpecAnswer]
    options: list[OptionAnswer]
    variants: list[VariantAnswer]
    images: list[ImageAnswer]


def cards(page: BrowsePage) -> CardsAnswer:
    """A page of products."""
    return {"items": [_card(each) for each in page.products], "total": page.total, "next_cursor": page.next_cursor}


def found(page: BrowsePage) -> FoundAnswer:
    """A page of products with its facets."""
    return {
        **cards(page), "facets": [_facet(each) for each in page.facets], "categories": _categories(page.categories),
        "in_stock_count": page.in_stock_count, "price_low": money_or_none(page.price_low),
        "price_high": money_or_none(page.price_high), "suggestions": list(page.suggestions),
    }


def product(shown: Product) -> ProductAnswer:
    """A product, whole."""
    return {
        "handle": shown.handle, "title": shown.title, "description": shown.description, "vendor": shown.vendor,
        "product_type": shown.product_type, "tags": list(shown.tags),
        "categories": [{"slug": each.slug, "name": each.name} for each in shown.categories],
        "specs": [{"code": each.code, "label": each.label, "value": each.value} for each in shown.specs],
        "options": [{"code": each.code, "label": each.label,
                     "choices": [{"label": choice.label, "hex": choice.hex} for choice in each.choices]}
                    for each in shown.options],
        "variants": [_variant(each) for each in shown.variants],
        "images": [{"source": each.source, "alt": each.alt} for each in shown.images],
    }


def _card(shown: ProductCard) -> CardAnswer:
    return {
        "id": shown.id, "handle": shown.handle, "title": shown.title, "vendor": shown.vendor,
        "price_from": money(shown.price_from), "price_to": money(shown.price_to),
        "compare_at": money_or_none(shown.compare_at), "in_stock": shown.in_stock, "available": shown.available,
        "options": [{"code": each.code, "label": each.label, "choices": [choice.label for choice in each.choices]}
                    for each in shown.options],
        "image": shown.image,
    }


def _facet(shown: Facet) -> FacetAnswer:
    return {"code": shown.code, "label": shown.label, "values": [
        {"label": each.label, "count": each.count, "selected": each.selected, "hex": each.hex}
        for each in shown.values]}


def _categories(tree: Iterable[Category]) -> list[CategoryAnswer]:
    return [{"slug": each.slug, "name": each.name, "count": each.count, "children": _categories(each.children)}
            for each in tree]


def _variant(shown: Variant) -> VariantAnswer:
    return {"id": shown.id, "sku": shown.sku, "options": dict(shown.options), "price": money(shown.price),
            "compare_at": money_or_none(shown.compare_at), "available": shown.available,
            "requires_shipping": shown.requires_shipping}
