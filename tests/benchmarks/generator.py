"""Catalogs of any size for measurements: the same seed gives the same shop and the same shoppers.

As in real shops, some words, colors and categories are far more frequent than others, and most products are made in
some of the possible combinations only.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from itertools import product as combinations
from random import Random
from typing import NamedTuple, TypeVar

from shopkeeper.catalog.model import Query, Sort
from shopkeeper.money import Money
from tests.shelf import Item, Piece

T = TypeVar("T")

LABELS: dict[str, tuple[str, ...]] = {
    "size": ("S", "M", "L", "XL", "XS", "XXL"),
    "color": ("Black", "White", "Navy", "Gray", "Red", "Green", "Sand", "Moss", "Slate", "Rust", "Plum", "Sky"),
    "flavor": ("Cherry", "Lemon", "Cola", "Crème brûlée", "Mint", "Apple", "Peach", "Anise"),
    "weight": ("250 g", "500 g", "100 g", "1 kg"),
    "roast": ("Medium", "Dark", "Light"),
    "grind": ("Whole bean", "Filter", "Espresso", "French press"),
    "eu_size": tuple(str(size) for size in range(36, 48)),
    "length": ("1 m", "2 m", "0.5 m", "3 m", "5 m"),
    "connector": ("USB-C", "Lightning", "Micro-USB"),
}


class Kind(NamedTuple):
    """A kind of product: its category, the nouns in its titles and the options it comes in."""

    slug: str
    nouns: tuple[str, ...]
    options: tuple[str, ...]


_KINDS = (
    Kind("hoodies", ("Hoodie", "Hooded Jacket", "Zip Hoodie"), ("size", "color")),
    Kind("t-shirts", ("Tee", "Shirt", "Polo"), ("size", "color")),
    Kind("hats", ("Hat", "Beanie", "Cap"), ("color", "size")),
    Kind("shoes", ("Sneaker", "Boot", "Sandal"), ("eu_size", "color")),
    Kind("candy", ("Worms", "Drops", "Nougat"), ("flavor", "weight")),
    Kind("coffee", ("Blend", "Café", "Espresso"), ("roast", "grind")),
    Kind("cables", ("Cable", "Charger"), ("length", "connector")),
    Kind("mugs", ("Mug", "Cup"), ("color",)),
    Kind("gift-cards", ("Gift Card",), ()),
)
_BELOW = ("basics", "premium", "kids", "outdoor", "sale", "limited")
_ADJECTIVES = ("Essential", "Classic", "Trail", "Harbor", "Northern", "Quiet", "Golden", "Rainy Day", "Château",
               "Alpine", "Urban", "Little", "Heavy", "Soft", "Bright", "Old Town", "Summer", "Winter", "Kids’")
_PROSE = ("made in portugal from brushed cotton with a soft hand and ribbed cuffs for long days outside warm light"
          " simple strong washable gift friends morning slow roasted river forest copper button pocket keeps its shape")


def items(variants: int, seed: int = 1) -> Iterator[Item]:
    """Products with about that many variants together, four to a product on average."""
    random, made = Random(seed), 0
    while made < variants:
        item = _item(random, _skewed(random, _KINDS))
        made += len(item.pieces)
        yield item


def queries(number: int, seed: int = 2) -> Iterator[Query]:
    """What shoppers ask: half-typed words, categories, up to two options, prices, stock, all sort orders."""
    random = Random(seed)
    sorts: tuple[Sort, ...] = ("relevance", "name", "price", "-price", "newest")
    for _ in range(number):
        kind = _skewed(random, _KINDS)
        chosen = kind.options[: random.choice((0, 0, 1, 2))]
        low, high = random.choice((None, None, 500, 2000)), random.choice((None, None, 6000))
        yield Query(
            text=random.choice(("", _typed(random, kind))),
            category=random.choice((None, None, kind.slug, f"{kind.slug}/{_BELOW[0]}")),
            options={code: {_skewed(random, LABELS[code]) for _ in range(random.choice((1, 2)))} for code in chosen},
            price_min=None if low is None else Money(low, "USD"),
            price_max=None if high is None else Money(high, "USD"),
            in_stock=random.random() < 0.3,
            sort=_skewed(random, sorts),
        )


def misspelt(number: int, seed: int = 3) -> Iterator[Query]:
    """Texts with a slip in a word: two letters swapped, or one missing, doubled or another one."""
    random = Random(seed)
    for _ in range(number):
        words = [*_skewed(random, _ADJECTIVES).split(), *random.choice(_skewed(random, _KINDS).nouns).split()]
        slipped = random.randrange(len(words))
        words[slipped] = _slip(random, words[slipped])
        yield Query(" ".join(words))


def _slip(random: Random, word: str) -> str:
    at = random.randrange(len(word) - 1)
    before, two, after = word[:at], word[at : at + 2], word[at + 2 :]
    return before + random.choice((two[::-1], two[0], two[0] + two, "x" + two[1])) + after


def _item(random: Random, kind: Kind) -> Item:
    price = random.randrange(300, 9000, 50)
    return Item(
        f"{_skewed(random, _ADJECTIVES)} {_skewed(random, _ADJECTIVES)} {random.choice(kind.nouns)}",
        [_piece(random, dict(zip(kind.options, labels, strict=True)), price) for labels in _made(random, kind)],
        category=random.choice((kind.slug, *(f"{kind.slug}/{name}" for name in _BELOW))),
        vendor=f"Maker {random.randrange(40)}",
        kind=kind.slug,
        description=" ".join(random.choices(_PROSE.split(), k=30)),
        live=random.random() < 0.95,
        created=random.randrange(500_000),
    )


def _made(random: Random, kind: Kind) -> Sequence[tuple[str, ...]]:
    """Which combinations there are: a sparse part of some sizes times some colors."""
    axes = [sorted({_skewed(random, LABELS[code]) for _ in range(random.randint(1, 5))}) for code in kind.options]
    grid = list(combinations(*axes))
    return random.sample(grid, max(1, round(len(grid) * random.uniform(0.6, 1.0))))


def _piece(random: Random, options: dict[str, str], price: int) -> Piece:
    return Piece(
        options,
        price + random.choice((0, 0, 0, 100, 250)),
        on_hand=random.choice((None, 0, 1, 3, 10, 40)),
        compare_at=price + 500 if random.random() < 0.1 else None,
        sku=f"SK{random.randrange(10**6)}",
        archived=random.random() < 0.02,
    )


def _typed(random: Random, kind: Kind) -> str:
    """As much of a title as somebody has typed so far."""
    words = [*_skewed(random, _ADJECTIVES).split(), random.choice(kind.nouns)]
    wanted = random.choice((words[:1], words[-1:], words))
    return " ".join(wanted)[: random.randint(1, 20)].lower()


def _skewed(random: Random, choices: Sequence[T]) -> T:
    """One of them: the first twice as often as the second, three times as often as the third, and so on."""
    weights = [1 / rank for rank in range(1, len(choices) + 1)]
    return random.choices(choices, cum_weights=list(accumulate(weights)))[0]
