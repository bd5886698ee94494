"""Random catalogs and random queries, in which words, labels and prices often meet."""
from __future__ import annotations

from hypothesis import strategies as st

from shopkeeper.catalog.model import Query
from shopkeeper.money import Money
from tests.shelf import Item, Piece

# A word as it is written, and as it is compared.
PLAIN = {"Crème": "creme", "Hoodie": "hoodie", "HOOD": "hood", "Zip": "zip", "zipper": "zipper", "Straße": "strasse",
          "Red": "red", "[XL]": "xl", "Blå": "bla", "S": "s", "M": "m", "hats": "hats", "caps": "caps", "mugs": "mugs"}
LABELS = {"size": ("S", "M", "[XL]"), "color": ("Red", "Blå"), "fit": ("Zip",)}
SLUGS = ("", "hats", "hats/caps", "mugs")
_WORDS = st.sampled_from(["Crème", "Hoodie", "HOOD", "Zip", "zipper", "Straße", "Red", "[XL]", "Blå"])
_PRICES = st.sampled_from([0, 100, 200, 300])


@st.composite
def _items(draw: st.DrawFn) -> Item:
    codes = draw(st.lists(st.sampled_from(sorted(LABELS)), max_size=2, unique=True))
    options = st.fixed_dictionaries({code: st.sampled_from(LABELS[code]) for code in codes})
    made = draw(st.lists(options, min_size=1, max_size=4, unique_by=lambda labels: tuple(labels.values())))
    pieces = [
        Piece(labels, draw(_PRICES), draw(st.sampled_from([0, 2, 5, None])), draw(st.sampled_from([None, 150, 250])),
              archived=draw(st.sampled_from([False, False, False, True])))
        for labels in made
    ]
    return Item(
        " ".join(draw(st.lists(_WORDS, min_size=1, max_size=3))), pieces, draw(st.sampled_from(SLUGS)),
        vendor=draw(st.sampled_from(["", "Zip", "Crème"])), tags=draw(st.lists(_WORDS, max_size=1)),
        description=" ".join(draw(st.lists(_WORDS, max_size=2))), live=draw(st.sampled_from([True, True, True, False])),
        created=draw(st.integers(0, 3)),
    )


ITEMS = _items()
SHELVES = st.lists(ITEMS, max_size=7)
_MONEY = st.one_of(st.none(), _PRICES.map(lambda minor: Money(minor, "USD")))


@st.composite
def _queries(draw: st.DrawFn) -> Query:
    low, high = draw(_MONEY), draw(_MONEY)
    if low is not None and high is not None and low > high:
        low, high = high, low
    words = ["creme", "hoo", "ZIP", "zi", "red", "(XL", "strasse", "hats", "s", "*", "bla", "oodie", "ra", "hodie"]
    typed = draw(st.lists(st.sampled_from(words), max_size=2))
    return Query(
        text=" ".join(typed),
        category=draw(st.sampled_from([None, None, "hats", "hats/caps", "nowhere"])),
        options=draw(st.dictionaries(
            st.sampled_from(["size", "SIZE", "color", "fit", "taste"]),
            st.sets(st.sampled_from(["S", "m", "[xl]", "RED", "Blå", "Zip", "huge"]), max_size=2), max_size=2)),
        price_min=low, price_max=high, in_stock=draw(st.booleans()),
        sort=draw(st.sampled_from(["relevance", "name", "price", "-price", "newest"])),
    )


QUERIES = _queries()
